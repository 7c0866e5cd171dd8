package memtorrent

import (
	"context"
	"fmt"
	"io"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// File is a file of a torrent.
type File struct {
	torrent *Torrent
	index   int
	path    string
	size    int64
}

// Path is the file's path in the torrent.
func (f *File) Path() string { return f.path }

// Size is the file's length in bytes.
func (f *File) Size() int64 { return f.size }

// NewReader opens a reader at the start of the file. Its reads wait until the bytes are there, or ctx is done. From its
// first read on until it is closed, what it is at and ahead of is downloaded.
func (f *File) NewReader(ctx context.Context) (io.ReadSeekCloser, error) {
	var wrapped lt.WrappedStreamReader
	if err := f.torrent.whileOpen(func(code lt.ErrorCode) {
		wrapped = f.torrent.stream.Open(f.index, code)
	}); err != nil {
		return nil, fmt.Errorf("memtorrent: opening %s: %w", f.path, err)
	}
	return newReader(ctx, f, wrapped), nil
}

// SetDuration tells how long the film in the file plays, from which its bitrate follows: what is kept and fetched then
// goes by that, and not by how fast the player reads. 0 takes it back.
func (f *File) SetDuration(duration time.Duration) error {
	if err := f.torrent.whileOpen(func(code lt.ErrorCode) {
		f.torrent.stream.SetDuration(f.index, duration.Milliseconds(), code)
	}); err != nil {
		return fmt.Errorf("memtorrent: the duration of %s: %w", f.path, err)
	}
	return nil
}
