package libtorrent_test

import (
	"testing"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

func TestAnIndexOutOfRangeOfAVectorIsAZeroValueAndChangesNothing(t *testing.T) {
	bytes := lt.NewStdVectorChar(int64(2))
	defer lt.DeleteStdVectorChar(bytes)
	numbers := vectorOf(1, 2)
	defer lt.DeleteStdVectorInt(numbers)
	strings := lt.NewStdVectorString()
	defer lt.DeleteStdVectorString(strings)
	strings.Add("one")
	strings.Add("two")
	tracker := lt.NewAnnounceEntry("udp://127.0.0.1:1")
	defer lt.DeleteAnnounceEntry(tracker)
	trackers := lt.NewStdVectorAnnounceEntry()
	defer lt.DeleteStdVectorAnnounceEntry(trackers)
	trackers.Add(tracker)
	trackers.Add(tracker)
	parts := lt.NewStdVectorPartialPieceInfo(int64(2))
	defer lt.DeleteStdVectorPartialPieceInfo(parts)
	torrents := lt.NewStdVectorTorrentHandle(int64(2))
	defer lt.DeleteStdVectorTorrentHandle(torrents)
	alerts := lt.NewStdVectorAlerts(int64(2))
	defer lt.DeleteStdVectorAlerts(alerts)

	for _, i := range []int{-1, 2, 1 << 30} {
		bytes.Set(i, 7)
		numbers.Set(i, 7)
		strings.Set(i, "seven")
		trackers.Set(i, tracker)
		parts.Set(i, parts.Get(0))
		torrents.Set(i, torrents.Get(0))
		if bytes.Get(i) != 0 || numbers.Get(i) != 0 || strings.Get(i) != "" || trackers.Get(i).GetUrl() != "" ||
			parts.Get(i).GetBlocksInPiece() != 0 || torrents.Get(i).IsValid() || alerts.Get(i).Swigcptr() != 0 {
			t.Errorf("there is something at %d", i)
		}
	}
	for _, size := range []int64{bytes.Size(), numbers.Size(), strings.Size(), trackers.Size(), parts.Size(),
		torrents.Size(), alerts.Size()} {
		if size != 2 {
			t.Errorf("a vector has %d elements now", size)
		}
	}
	if numbers.Get(0) != 1 || numbers.Get(1) != 2 || strings.Get(1) != "two" || trackers.Get(1).GetUrl() != tracker.GetUrl() {
		t.Error("an element changed")
	}
}

func TestPrioritiesOfATorrentThatIsGoneCanBeChanged(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	session := loopback.NewSession(t)
	m := newMemoryTorrent(t, session, film, 4)
	if err := session.RemoveTorrent(m.handle); err != nil {
		t.Fatal(err)
	}
	loopback.Until(t, "the torrent's end", func() bool { return !m.handle.IsValid() })
	priorities := m.handle.PiecePriorities()
	defer lt.DeleteStdVectorInt(priorities)
	priorities.Set(3, 7)
	m.handle.PrioritizePieces(priorities)
	if priorities.Size() != 0 || priorities.Get(3) != 0 {
		t.Error("a torrent that is gone has priorities")
	}
}

func TestASizeBelowZeroMakesAnEmptyVector(t *testing.T) {
	numbers := lt.NewStdVectorInt(int64(-1))
	defer lt.DeleteStdVectorInt(numbers)
	numbers.Reserve(-1)
	if !numbers.IsEmpty() {
		t.Errorf("it has %d elements", numbers.Size())
	}
}
