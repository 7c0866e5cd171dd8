package memtorrent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

type reader struct {
	file *File
	ctx  context.Context

	closing     chan struct{} // closed by the first Close
	closingOnce sync.Once

	mutex    sync.Mutex // held while the library reads
	wrapped  lt.WrappedStreamReader
	position int64
}

// Read waits for at least one byte.
func (r *reader) Read(p []byte) (int, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if err := r.isOver(); err != nil {
		return 0, r.failed(err)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if r.position >= r.file.size {
		return 0, io.EOF
	}
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		r.cancelWhenOver(done)
	}()
	n := lt.ReadStream(r.wrapped, p, r.position, code)
	close(done)
	<-watched
	r.position += int64(n)
	if n > 0 {
		return n, nil
	}
	if err := r.isOver(); err != nil {
		return 0, r.failed(err)
	}
	if r.file.torrent.isGone() {
		return 0, r.failed(ErrClosed)
	}
	if code.Failed() {
		return 0, r.failed(errors.New(code.Message().(string)))
	}
	return 0, io.EOF
}

// cancelWhenOver ends a read that goes on after ctx is done, or Close was called.
func (r *reader) cancelWhenOver(done chan struct{}) {
	select {
	case <-done:
		return
	case <-r.ctx.Done():
	case <-r.closing:
	}
	// Again and again, because the read may not have begun to wait yet.
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		r.wrapped.Cancel()
		select {
		case <-done:
			return
		case <-again.C:
		}
	}
}

func (r *reader) isOver() error {
	select {
	case <-r.closing:
		return ErrClosed
	default:
		return r.ctx.Err()
	}
}

func (r *reader) failed(err error) error {
	return fmt.Errorf("memtorrent: reading %s: %w", r.file.path, err)
}

func (r *reader) Seek(offset int64, whence int) (int64, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.position
	case io.SeekEnd:
		offset += r.file.size
	default:
		return 0, fmt.Errorf("memtorrent: seeking in %s: there is no whence %d", r.file.path, whence)
	}
	if offset < 0 {
		return 0, fmt.Errorf("memtorrent: seeking in %s: %d is before its start", r.file.path, offset)
	}
	r.position = offset
	return offset, nil
}

func (r *reader) Close() error {
	r.closingOnce.Do(func() {
		close(r.closing)
		r.mutex.Lock()
		defer r.mutex.Unlock()
		lt.DeleteWrappedStreamReader(r.wrapped)
		r.wrapped = nil
	})
	return nil
}
