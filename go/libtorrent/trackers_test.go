package libtorrent_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// tracker is what a torrent's only tracker looks like now.
type tracker struct {
	updating, working bool
	message           string
}

func onlyTracker(t *testing.T, torrent lt.TorrentHandle) tracker {
	t.Helper()
	trackers := torrent.Trackers()
	defer lt.DeleteStdVectorAnnounceEntry(trackers)
	if trackers.Size() != 1 {
		t.Fatalf("%d trackers", trackers.Size())
	}
	entry := trackers.Get(0)
	return tracker{entry.GetUpdating(), entry.IsWorking(), entry.GetMessage()}
}

func TestATrackerWorksUntilItFails(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	for works, answer := range map[bool]string{
		true: "d8:intervali1800e5:peers0:e", false: "d14:failure reason7:go awaye",
	} {
		answer := answer
		asked := make(chan struct{}, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, answer)
			select {
			case asked <- struct{}{}:
			default: // it was asked before
			}
		}))
		defer server.Close()
		m := newMemoryTorrent(t, loopback.NewSession(t), film, 4)
		entry := lt.NewAnnounceEntry(server.URL + "/announce")
		if !entry.IsWorking() {
			t.Error("a tracker fails that nobody has asked")
		}
		m.handle.AddTracker(entry)
		lt.DeleteAnnounceEntry(entry)
		m.handle.ForceReannounce()
		select {
		case <-asked:
		case <-time.After(loopback.Patience):
			t.Fatal("the tracker is not asked")
		}
		loopback.Until(t, "the answer", func() bool { return !onlyTracker(t, m.handle).updating })
		if now := onlyTracker(t, m.handle); now.working != works || (now.message == "") != works {
			t.Errorf("%s: %+v", answer, now)
		}
	}
}
