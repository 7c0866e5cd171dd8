// Package loopback makes films and swarms for tests: sessions that talk on 127.0.0.1 alone, on ports that the system
// chooses, and end with the test.
package loopback

import (
	"bufio"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// Film is a torrent of one file, every byte of which is known without keeping it.
type Film struct {
	// Name is the file's name, Folder where it lies, Torrent the path of its .torrent file.
	Name, Folder, Torrent string
	Size                  int64
	PieceLength           int

	seed uint64
}

// NewFilm writes a film, and makes a torrent of it with flags as for CreateTorrentOf.
func NewFilm(t testing.TB, name string, size int64, pieceLength, flags int) *Film {
	t.Helper()
	film := &Film{Name: name, Folder: t.TempDir(), Size: size, PieceLength: pieceLength}
	film.Torrent = filepath.Join(t.TempDir(), name+".torrent")
	for _, letter := range name {
		film.seed = film.seed*31 + uint64(letter)
	}
	film.write(t)

	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	torrent := lt.CreateTorrentOf(filepath.Join(film.Folder, name), pieceLength, flags, code)
	if code.Failed() {
		t.Fatal("making a torrent: ", code.Message())
	}
	defer lt.DeleteCreateTorrent(torrent)
	entry := torrent.Generate()
	defer lt.DeleteEntry(entry)
	if err := os.WriteFile(film.Torrent, []byte(lt.Bencode(entry)), 0o600); err != nil {
		t.Fatal(err)
	}
	return film
}

func (f *Film) write(t testing.TB) {
	file, err := os.Create(filepath.Join(f.Folder, f.Name))
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriterSize(file, 1<<20)
	var word [8]byte
	for offset := int64(0); offset < f.Size; offset += int64(len(word)) {
		binary.LittleEndian.PutUint64(word[:], f.word(offset))
		if left := f.Size - offset; left < int64(len(word)) {
			_, _ = out.Write(word[:left]) // Flush has the error
			break
		}
		_, _ = out.Write(word[:])
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// word returns the eight bytes at an offset that is a multiple of eight: splitmix64 of their number.
func (f *Film) word(offset int64) uint64 {
	z := f.seed + uint64(offset/8+1)*0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// FirstWrongByte returns the index of the first byte of data that is not what the film has from offset on; -1 if all
// are right.
func (f *Film) FirstWrongByte(offset int64, data []byte) int {
	for i := 0; i < len(data); {
		at := offset + int64(i)
		word := f.word(at - at%8)
		for inWord := at % 8; inWord < 8 && i < len(data); inWord++ {
			if data[i] != byte(word>>(8*uint(inWord))) {
				return i
			}
			i++
		}
	}
	return -1
}

// NumPieces is how many pieces the film has.
func (f *Film) NumPieces() int {
	return int((f.Size + int64(f.PieceLength) - 1) / int64(f.PieceLength))
}
