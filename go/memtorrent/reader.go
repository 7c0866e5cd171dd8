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
	unwatched   chan struct{} // closed when nothing looks at wrapped but who holds the mutex

	mutex    sync.Mutex // held while the library reads
	wrapped  lt.WrappedStreamReader
	code     lt.ErrorCode
	position int64
}

func newReader(ctx context.Context, file *File, wrapped lt.WrappedStreamReader) *reader {
	r := &reader{file: file, ctx: ctx, closing: make(chan struct{}), unwatched: make(chan struct{}),
		wrapped: wrapped, code: lt.NewErrorCode()}
	go r.cancelWhenOver()
	return r
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
	n := lt.ReadStream(r.wrapped, p, r.position, r.code)
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
	if r.code.Failed() {
		return 0, r.failed(errors.New(r.code.Message().(string)))
	}
	return 0, io.EOF
}

// cancelWhenOver ends a read that goes on after ctx is done, or Close was called.
func (r *reader) cancelWhenOver() {
	defer close(r.unwatched)
	select {
	case <-r.ctx.Done():
	case <-r.closing:
	}
	// Again and again, because the read may not have begun to wait yet.
	for !r.mutex.TryLock() {
		r.wrapped.Cancel()
		time.Sleep(5 * time.Millisecond)
	}
	r.mutex.Unlock()
}

func (r *reader) isClosed() bool {
	select {
	case <-r.closing:
		return true
	default:
		return false
	}
}

func (r *reader) isOver() error {
	if r.isClosed() {
		return ErrClosed
	}
	return r.ctx.Err()
}

func (r *reader) failed(err error) error {
	return fmt.Errorf("memtorrent: reading %s: %w", r.file.path, err)
}

func (r *reader) Seek(offset int64, whence int) (int64, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.isClosed() || r.file.torrent.isGone() {
		return 0, fmt.Errorf("memtorrent: seeking in %s: %w", r.file.path, ErrClosed)
	}
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
		<-r.unwatched
		r.mutex.Lock()
		defer r.mutex.Unlock()
		lt.DeleteWrappedStreamReader(r.wrapped)
		lt.DeleteErrorCode(r.code)
		r.wrapped, r.code = nil, nil
	})
	return nil
}
