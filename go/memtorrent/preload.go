package memtorrent

import (
	"context"
	"errors"
	"fmt"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// Progress says how far a preload has come.
type Progress struct {
	// Done of Total bytes are there. Total counts whole pieces, and no more than the file's share of the budget holds.
	Done, Total int64
	// Left is about how long the rest will take; 0 while nothing comes.
	Left time.Duration
}

// How often a preload is looked at.
const preloadTick = 50 * time.Millisecond

// Preload waits until the first bytes of the file are there, and its end, where players look for the index of a film
// before anything else. They are kept until a reader of the file begins to read, and takes over, or until another
// preload of the torrent is done. A reader also ends a preload that is not done yet, without an error. progress, unless
// it is nil, is called when something has come.
func (f *File) Preload(ctx context.Context, bytes int64, progress func(Progress)) error {
	if err := f.preload(ctx, bytes, progress); err != nil {
		return fmt.Errorf("memtorrent: preloading %s: %w", f.path, err)
	}
	return nil
}

func (f *File) preload(ctx context.Context, bytes int64, progress func(Progress)) error {
	var wrapped lt.WrappedPreload
	if err := f.torrent.whileOpen(func(code lt.ErrorCode) {
		wrapped = f.torrent.stream.BeginPreload(f.index, bytes, code)
	}); err != nil {
		return err
	}
	if err := f.await(ctx, wrapped, progress); err != nil {
		lt.DeleteWrappedPreload(wrapped)
		return err
	}
	return f.torrent.keepPreload(wrapped)
}

func (f *File) await(ctx context.Context, wrapped lt.WrappedPreload, progress func(Progress)) error {
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	var last Progress
	for done := false; !done; {
		done = wrapped.Wait(int(preloadTick.Milliseconds()), code)
		if now := progressOf(wrapped); progress != nil && now.Total > 0 && (done || now.Done != last.Done) {
			progress(now)
			last = now
		}
		if f.torrent.isGone() {
			return ErrClosed
		}
		if err := ctx.Err(); err != nil && !done {
			return err
		}
	}
	if code.Failed() {
		return errors.New(code.Message().(string))
	}
	return nil
}

func progressOf(wrapped lt.WrappedPreload) Progress {
	now := wrapped.Progress()
	defer lt.DeletePreloadProgress(now)
	return Progress{
		Done:  now.GetBytesThere(),
		Total: now.GetBytesWanted(),
		Left:  time.Duration(now.LeftMilliseconds()) * time.Millisecond,
	}
}

// keepPreload holds what was preloaded until the next preload of any file is done, or until the torrent is closed.
func (t *Torrent) keepPreload(wrapped lt.WrappedPreload) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		lt.DeleteWrappedPreload(wrapped)
		return ErrClosed
	}
	t.forgetPreload()
	t.preloaded = wrapped
	return nil
}

// forgetPreload lets go what was preloaded. The torrent is locked for writing.
func (t *Torrent) forgetPreload() {
	if t.preloaded != nil {
		lt.DeleteWrappedPreload(t.preloaded)
		t.preloaded = nil
	}
}
