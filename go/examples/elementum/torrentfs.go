package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"
)

// torrentFS is what http.FileServer serves: the files of all torrents.
type torrentFS struct{ s *service }

// Open opens a reader of its own.
func (fs torrentFS) Open(name string) (http.File, error) {
	for _, t := range fs.s.all() {
		select {
		case <-t.metadata:
		default:
			continue
		}
		if t.isClosed() {
			continue
		}
		for _, f := range t.files {
			if name != "/"+f.path {
				continue
			}
			if !fs.s.hold() {
				return nil, os.ErrClosed
			}
			e := &entry{t: t, f: f, gone: make(chan struct{})}
			t.mutex.Lock()
			t.readers[e] = struct{}{}
			t.mutex.Unlock()
			return e, nil
		}
	}
	return nil, fmt.Errorf("no torrent has %s: %w", name, os.ErrNotExist)
}

// entry is an open file.
type entry struct {
	t      *torrent
	f      *file
	gone   chan struct{}
	closed sync.Once

	unmoved int64 // read since it last moved the windows itself

	mutex    sync.Mutex
	position int64
}

func (e *entry) at() int64 {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.position
}

// ahead is the pieces from where the reader is on, first and last.
func (e *entry) ahead(bytes int64) (first, last int) {
	begin := e.f.offset + e.at()
	end := begin + bytes - 1
	if most := e.f.offset + e.f.size - 1; end > most {
		end = most
	}
	return int(begin / e.t.pieceLength), int(end / e.t.pieceLength)
}

// Read waits for each piece, and reads it until it is there.
func (e *entry) Read(data []byte) (n int, err error) {
	for n < len(data) {
		position := e.at()
		if position >= e.f.size {
			return n, io.EOF
		}
		piece := int((e.f.offset + position) / e.t.pieceLength)
		offset := (e.f.offset + position) % e.t.pieceLength
		if err := e.waitForPiece(piece); err != nil {
			return n, err
		}
		size := int64(len(data) - n)
		for _, most := range []int64{e.t.pieceLength - offset, e.f.size - position} {
			if size > most {
				size = most
			}
		}
		got := e.t.ms.Read(data[n:n+int(size)], int(size), piece, int(offset))
		if got == -1 { // it went in the meantime, or is not verified yet
			time.Sleep(piecesRefresh / 4)
			continue
		}
		if got != int(size) {
			return n, io.ErrUnexpectedEOF
		}
		n += got
		e.advance(int64(got))
	}
	return n, nil
}

// advance moves the reader by what was read. Elementum moves its windows twice a second and leaves it at that; a reader
// that is faster than that empties its window and waits, so here it moves them itself when it has read a part of one.
func (e *entry) advance(bytes int64) {
	e.mutex.Lock()
	e.position += bytes
	e.mutex.Unlock()
	if e.unmoved += bytes; e.unmoved >= e.t.memoryBytes/16 {
		e.unmoved = 0
		e.t.prioritize()
	}
}

func (e *entry) waitForPiece(piece int) error {
	if e.t.hasPiece(piece) {
		return nil
	}
	defer e.t.arrived(piece)
	e.t.await(piece)
	again := time.NewTicker(piecesRefresh / 4)
	defer again.Stop()
	for !e.t.hasPiece(piece) {
		select {
		case <-e.gone:
			return errors.New("the file was closed")
		case <-e.t.closed:
			return errors.New("the torrent was removed")
		case <-again.C:
		}
	}
	return nil
}

// Seek moves the reader; what it needs is prioritized at once.
func (e *entry) Seek(offset int64, whence int) (int64, error) {
	e.mutex.Lock()
	switch whence {
	case io.SeekCurrent:
		offset += e.position
	case io.SeekEnd:
		offset += e.f.size
	}
	e.position = offset
	e.mutex.Unlock()
	if whence == io.SeekStart && offset > 0 {
		e.t.prioritize()
	}
	return offset, nil
}

// Close ends a read that waits.
func (e *entry) Close() error {
	e.closed.Do(func() {
		close(e.gone)
		e.t.mutex.Lock()
		delete(e.t.readers, e)
		e.t.mutex.Unlock()
		e.t.s.open.Done()
	})
	return nil
}

func (e *entry) Readdir(int) ([]os.FileInfo, error) { return nil, nil }
func (e *entry) Stat() (os.FileInfo, error)         { return e, nil }

func (e *entry) Name() string       { return e.f.path }
func (e *entry) Size() int64        { return e.f.size }
func (e *entry) Mode() os.FileMode  { return 0o444 }
func (e *entry) ModTime() time.Time { return time.Time{} }
func (e *entry) IsDir() bool        { return false }
func (e *entry) Sys() interface{}   { return nil }
