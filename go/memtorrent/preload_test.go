package memtorrent_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
	"github.com/memtorrent/memtorrent/go/memtorrent"
)

// What a player shows while its film does not play yet: how far a preload is, and what a reader waits for.

func TestPreloadSaysHowFarItIs(t *testing.T) {
	film := loopback.NewFilm(t, "film", 32<<20, pieceLength, lt.CreateTorrentV1Only)
	seed := loopback.NewSession(t)
	loopback.Add(t, seed, loopback.Params(t, film, film.Folder))
	torrent := open(t, film.Torrent, options(8<<20, seed.ListenPort()))
	ctx, cancel := context.WithTimeout(context.Background(), loopback.Patience)
	defer cancel()
	var last memtorrent.Progress
	if err := torrent.Largest().Preload(ctx, 2<<20, func(now memtorrent.Progress) {
		if now.Done < last.Done || now.Done > now.Total {
			t.Errorf("%+v after %+v", now, last)
		}
		last = now
	}); err != nil {
		t.Fatal(err)
	}
	if last.Done != last.Total || last.Total != 3<<20 {
		t.Errorf("at the end: %+v", last)
	}
	// It stays until somebody reads, and nobody else has it any more.
	seed.Pause()
	loopback.Until(t, "nobody is connected", func() bool { return torrent.Stats().Peers == 0 })
	reader, err := torrent.Largest().NewReader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	readAt(t, film, reader, 0, 2<<20)
	readAt(t, film, reader, film.Size-1<<20, 1<<20)
}

func TestAPreloadLargerThanTheBudgetEnds(t *testing.T) {
	film := loopback.NewFilm(t, "film", 16<<20, pieceLength, lt.CreateTorrentV1Only)
	torrent := open(t, film.Torrent, options(4<<20, loopback.Seed(t, film)))
	ctx, cancel := context.WithTimeout(context.Background(), loopback.Patience)
	defer cancel()
	if err := torrent.Largest().Preload(ctx, 1<<40, nil); err != nil {
		t.Fatal(err)
	}
}

func TestAPreloadEndsWithItsContextAndWithItsTorrent(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	torrent := open(t, film.Torrent, options(8<<20, 1)) // nobody is there
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if err := torrent.Largest().Preload(ctx, 1<<20, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	ended := make(chan error)
	go func() { ended <- torrent.Largest().Preload(context.Background(), 1<<20, nil) }()
	time.Sleep(200 * time.Millisecond)
	if err := torrent.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, memtorrent.ErrClosed) {
		t.Error(err)
	}
}

func TestAReaderThatWaitsSaysForWhat(t *testing.T) {
	film := loopback.NewFilm(t, "film", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	torrent := open(t, film.Torrent, options(8<<20, 1)) // nobody is there
	if err := torrent.Largest().SetDuration(4 * time.Second); err != nil {
		t.Error(err)
	}
	if readers := torrent.Readers(); len(readers) != 0 {
		t.Errorf("nobody has read: %+v", readers)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	reader, err := torrent.Largest().NewReader(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if n, err := reader.Read(make([]byte, 1)); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d, %v", n, err)
		}
	}()
	var waiting memtorrent.ReaderStats
	loopback.Until(t, "the reason", func() bool {
		readers := torrent.Readers()
		if len(readers) != 1 {
			return false
		}
		waiting = readers[0]
		return strings.Contains(waiting.WaitsFor, "no peer is connected")
	})
	if waiting.File != torrent.Largest() || waiting.DrainRate != 1<<20 || waiting.BufferedBytes != 0 {
		t.Errorf("%+v", waiting)
	}
	cancel()
	<-ended
}
