package memtorrent

import (
	"context"
	"fmt"
	"io"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// Players look for the index of a film at its end before anything else.
const tailBytes = 1 << 20

// File is a file of a torrent.
type File struct {
	torrent *Torrent
	index   int
	path    string
	size    int64
	offset  int64 // of its first byte in the torrent
}

// Path is the file's path in the torrent.
func (f *File) Path() string { return f.path }

// Size is the file's length in bytes.
func (f *File) Size() int64 { return f.size }

// NewReader opens a reader at the start of the file. Its reads wait until the bytes are there, or ctx is done. From its
// first read on until it is closed, what it is at and ahead of is downloaded.
func (f *File) NewReader(ctx context.Context) (io.ReadSeekCloser, error) {
	wrapped, err := f.torrent.open(f.index)
	if err != nil {
		return nil, fmt.Errorf("memtorrent: opening %s: %w", f.path, err)
	}
	return &reader{file: f, ctx: ctx, wrapped: wrapped, closing: make(chan struct{})}, nil
}

// Progress says how far a preload has come.
type Progress struct {
	// Done of Total bytes are there.
	Done, Total int64
	// Left is about how long the rest will take; 0 when nothing has come yet.
	Left time.Duration
}

// Preload waits until the first bytes of the file are there, and its last MiB, where players look first, and keeps them
// in memory for as long as they fit: at most half of the budget is kept, and only for the file that was preloaded last.
// progress, unless it is nil, is called when some have come.
func (f *File) Preload(ctx context.Context, bytes int64, progress func(Progress)) error {
	head, tail := minimum(bytes, f.size), minimum(tailBytes, f.size)
	if head+tail > f.size {
		head = f.size - tail
	}
	if err := f.keep(&head, tail); err != nil {
		return fmt.Errorf("memtorrent: preloading %s: %w", f.path, err)
	}
	begin := time.Now()
	now := Progress{Total: head + tail}
	read := func(from, length int64) error {
		reader, err := f.NewReader(ctx)
		if err != nil {
			return err
		}
		defer reader.Close()
		if _, err := reader.Seek(from, io.SeekStart); err != nil {
			return err
		}
		buffer := make([]byte, 64<<10)
		for end := now.Done + length; now.Done < end; {
			n, err := reader.Read(buffer[:minimum(int64(len(buffer)), end-now.Done)])
			if err != nil {
				return err
			}
			now.Done += int64(n)
			now.Left = time.Duration(float64(time.Since(begin)) * float64(now.Total-now.Done) / float64(now.Done))
			if progress != nil {
				progress(now)
			}
		}
		return nil
	}
	if err := read(f.size-tail, tail); err != nil {
		return err
	}
	return read(0, head)
}

// keep pins the head and the tail of the file, and less of the head if it is too much.
func (f *File) keep(head *int64, tail int64) error {
	t := f.torrent
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	if t.closed {
		return ErrClosed
	}
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	for end := f.offset + f.size; ; {
		t.stream.Pin(f.offset, f.offset+*head, end-tail, end, code)
		if !code.Failed() || *head <= t.pieceBytes {
			return nil // a budget of so few pieces keeps what it can
		}
		*head /= 2
	}
}

func minimum(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
