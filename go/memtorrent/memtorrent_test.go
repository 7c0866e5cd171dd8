package memtorrent_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
	"github.com/memtorrent/memtorrent/go/memtorrent"
)

const pieceLength = 256 << 10

// options are those of a client that talks to one peer on 127.0.0.1.
func options(budget int64, port int) memtorrent.Options {
	return memtorrent.Options{
		Budget: budget, Listen: "127.0.0.1:0", Peers: []string{fmt.Sprintf("127.0.0.1:%d", port)},
		NoDHT: true, NoLocalDiscovery: true, NoPortMapping: true,
		Settings: func(settings lt.SettingsPack) { settings.SetBool("allow_multiple_connections_per_ip", true) },
	}
}

func open(t *testing.T, source string, o memtorrent.Options) *memtorrent.Torrent {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), loopback.Patience)
	defer cancel()
	torrent, err := memtorrent.Open(ctx, source, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := torrent.Close(); err != nil {
			t.Error(err)
		}
	})
	return torrent
}

func newReader(t *testing.T, torrent *memtorrent.Torrent) io.ReadSeekCloser {
	t.Helper()
	reader, err := torrent.Largest().NewReader(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	})
	return reader
}

// readAt reads and compares.
func readAt(t *testing.T, film *loopback.Film, reader io.ReadSeeker, offset, length int64) {
	t.Helper()
	if _, err := reader.Seek(offset, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	data := make([]byte, length)
	if _, err := io.ReadFull(reader, data); err != nil {
		t.Fatal(err)
	}
	if wrong := film.FirstWrongByte(offset, data); wrong >= 0 {
		t.Fatalf("byte %d is wrong", offset+int64(wrong))
	}
}

func TestReadsAFilmThatIsLargerThanTheBudget(t *testing.T) {
	film := loopback.NewFilm(t, "film", 48<<20+777, pieceLength, lt.CreateTorrentV1Only)
	torrent := open(t, film.Torrent, options(8<<20, loopback.Seed(t, film)))
	reader := newReader(t, torrent)
	readAt(t, film, reader, 0, film.Size)
	if n, err := reader.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
	for _, offset := range []int64{0, film.Size - 1000, 20 << 20, 5<<20 + 3, 40 << 20} {
		readAt(t, film, reader, offset, 1000)
	}
	stats := torrent.Stats()
	if stats.PeakBytes > 8<<20 || stats.BudgetBytes != 8<<20 || stats.TorrentBytes == 0 || stats.Peers != 1 {
		t.Errorf("stats: %+v", stats)
	}
}

func TestOpensMagnetLinksAndURLs(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	seed := loopback.Seed(t, film)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, film.Torrent)
	}))
	defer server.Close()
	params := loopback.Params(t, film, "")
	magnet := "magnet:?xt=urn:btih:" + params.GetInfoHash().String()
	lt.DeleteAddTorrentParams(params)
	for _, source := range []string{magnet, server.URL + "/film.torrent"} {
		torrent := open(t, source, options(8<<20, seed))
		if torrent.Name() != "film" || magnet != "magnet:?xt=urn:btih:"+torrent.InfoHash() {
			t.Errorf("%s is %s, %s", source, torrent.Name(), torrent.InfoHash())
		}
		readAt(t, film, newReader(t, torrent), 0, film.Size)
	}
}

func TestServesHTTP(t *testing.T) {
	film := loopback.NewFilm(t, "film.mkv", 16<<20, pieceLength, lt.CreateTorrentV1Only)
	torrent := open(t, film.Torrent, options(6<<20, loopback.Seed(t, film)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reader, err := torrent.Largest().NewReader(r.Context())
		if err != nil {
			t.Error(err)
			return
		}
		defer reader.Close()
		http.ServeContent(w, r, torrent.Largest().Path(), time.Time{}, reader)
	}))
	defer server.Close()
	request, err := http.NewRequest(http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Range", "bytes=5000000-7999999")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusPartialContent || len(body) != 3000000 ||
		film.FirstWrongByte(5000000, body) >= 0 {
		t.Errorf("%s, %d bytes, %v", response.Status, len(body), err)
	}
	if kind := response.Header.Get("Content-Type"); kind != "video/x-matroska" && kind != "application/octet-stream" {
		t.Log("content type: ", kind)
	}
}

func TestAReadEndsWithItsContext(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	torrent := open(t, film.Torrent, options(8<<20, 1)) // nobody has it
	ctx, cancel := context.WithCancel(context.Background())
	reader, err := torrent.Largest().NewReader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	if n, err := reader.Read(make([]byte, 10)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", n, err)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if _, err := reader.Read(make([]byte, 10)); !errors.Is(err, memtorrent.ErrClosed) {
		t.Error(err)
	}
}

func TestClosingEndsReads(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	for name, end := range map[string]func(*memtorrent.Torrent, io.Closer) error{
		"the reader":  func(_ *memtorrent.Torrent, reader io.Closer) error { return reader.Close() },
		"the torrent": func(torrent *memtorrent.Torrent, _ io.Closer) error { return torrent.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			torrent := open(t, film.Torrent, options(8<<20, 1))
			reader := newReader(t, torrent)
			failed := make(chan error)
			go func() {
				_, err := reader.Read(make([]byte, 10))
				failed <- err
			}()
			time.Sleep(50 * time.Millisecond)
			if err := end(torrent, reader); err != nil {
				t.Error(err)
			}
			select {
			case err := <-failed:
				if !errors.Is(err, memtorrent.ErrClosed) {
					t.Error(err)
				}
			case <-time.After(loopback.Patience):
				t.Fatal("the read goes on")
			}
		})
	}
}

func TestATorrentIsOpenedOnce(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	client, err := memtorrent.NewClient(options(8<<20, loopback.Seed(t, film)))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), loopback.Patience)
	defer cancel()
	torrent, err := client.Open(ctx, film.Torrent)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Open(ctx, film.Torrent); err == nil {
		t.Error("it was opened twice")
	}
	readAt(t, film, newReader(t, torrent), 0, film.Size) // the first goes on
}

func TestAClientThatWasClosedGivesErrClosed(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	client, err := memtorrent.NewClient(options(8<<20, 1))
	if err != nil {
		t.Fatal(err)
	}
	torrent, err := client.Open(context.Background(), film.Torrent)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < 2; i++ {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := client.Open(context.Background(), film.Torrent); !errors.Is(err, memtorrent.ErrClosed) {
		t.Error(err)
	}
	client.SetBudget(4 << 20)
	if err := torrent.Close(); err != nil {
		t.Error(err)
	}
}

func TestAClientIsClosedUnderCallsFromManyGoroutines(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	for round := 0; round < 10; round++ {
		client, err := memtorrent.NewClient(options(8<<20, 1))
		if err != nil {
			t.Fatal(err)
		}
		var begun, all sync.WaitGroup
		for worker := 0; worker < 4; worker++ {
			begun.Add(1)
			all.Add(1)
			go func() {
				defer all.Done()
				begun.Done()
				for {
					client.SetBudget(8 << 20)
					torrent, err := client.Open(context.Background(), film.Torrent) // only one has it open at a time
					if errors.Is(err, memtorrent.ErrClosed) {
						return
					}
					if err == nil {
						_ = torrent.Stats()
						if err := torrent.Close(); err != nil {
							t.Error(err)
						}
					}
				}
			}()
		}
		begun.Wait()
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		all.Wait()
	}
}

func TestSeekingInWhatWasClosedGivesErrClosed(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	torrent := open(t, film.Torrent, options(8<<20, 1))
	reader, other := newReader(t, torrent), newReader(t, torrent)
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if _, err := reader.Seek(0, io.SeekStart); !errors.Is(err, memtorrent.ErrClosed) {
		t.Error(err)
	}
	if at, err := other.Seek(7, io.SeekStart); err != nil || at != 7 {
		t.Errorf("another reader is at %d, %v", at, err)
	}
	if err := torrent.Close(); err != nil {
		t.Error(err)
	}
	if _, err := other.Seek(0, io.SeekStart); !errors.Is(err, memtorrent.ErrClosed) {
		t.Error(err)
	}
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, 1<<20, lt.CreateTorrentV1Only)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	nowhere := "magnet:?xt=urn:btih:0123456789012345678901234567890123456789"
	if _, err := memtorrent.Open(ctx, nowhere, options(8<<20, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, err := memtorrent.Open(context.Background(), "/no/such.torrent", options(8<<20, 1)); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := memtorrent.Open(context.Background(), "magnet:?nothing", options(8<<20, 1)); err == nil {
		t.Error("that was no magnet link")
	}
	if _, err := memtorrent.Open(context.Background(), film.Torrent, options(1<<20, 1)); err == nil {
		t.Error("the budget is one piece")
	}
	reader := newReader(t, open(t, film.Torrent, options(8<<20, 1)))
	if _, err := reader.Seek(-1, io.SeekStart); err == nil {
		t.Error("that was before the start")
	}
	if _, err := reader.Seek(0, 7); err == nil {
		t.Error("there is no such whence")
	}
	if at, err := reader.Seek(10, io.SeekEnd); err != nil || at != film.Size+10 {
		t.Errorf("%d, %v", at, err)
	}
	if n, err := reader.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("beyond the end: %d, %v", n, err)
	}
}

func TestNothingIsLeftOfWhatWasClosed(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	o := options(8<<20, loopback.Seed(t, film))
	round := func() {
		torrent, err := memtorrent.Open(context.Background(), film.Torrent, o)
		if err != nil {
			t.Fatal(err)
		}
		reader, err := torrent.Largest().NewReader(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		readAt(t, film, reader, 1<<20, 1000)
		_ = reader.Close()
		if err := torrent.Close(); err != nil {
			t.Error(err)
		}
		if torrent.Stats() != (memtorrent.Stats{}) {
			t.Error("a closed torrent has stats")
		}
		if _, err := torrent.Largest().NewReader(context.Background()); !errors.Is(err, memtorrent.ErrClosed) {
			t.Error(err)
		}
	}
	round()
	goroutines := runtime.NumGoroutine()
	for i := 0; i < 10; i++ {
		round()
	}
	loopback.Until(t, "as few goroutines as before", func() bool { return runtime.NumGoroutine() <= goroutines })
}

func TestTorrentsOfOneClientShareItsBudget(t *testing.T) {
	one := loopback.NewFilm(t, "one", 16<<20, pieceLength, lt.CreateTorrentV1Only)
	two := loopback.NewFilm(t, "two", 16<<20, pieceLength, lt.CreateTorrentV1Only)
	client, err := memtorrent.NewClient(options(8<<20, loopback.Seed(t, one, two)))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	done := make(chan error)
	for _, film := range []*loopback.Film{one, two} {
		torrent, err := client.Open(context.Background(), film.Torrent)
		if err != nil {
			t.Fatal(err)
		}
		defer torrent.Close()
		go func(film *loopback.Film) {
			reader, err := torrent.Largest().NewReader(context.Background())
			if err != nil {
				done <- err
				return
			}
			defer reader.Close()
			content, err := io.ReadAll(reader)
			if err == nil && (int64(len(content)) != film.Size || film.FirstWrongByte(0, content) >= 0) {
				err = errors.New("other bytes")
			}
			if torrent.Stats().PeakBytes > 8<<20 {
				err = errors.New("more than the budget")
			}
			done <- err
		}(film)
	}
	for i := 0; i < 2; i++ {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	client.SetBudget(4 << 20)
}
