package libtorrent_test

import (
	"testing"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// priorities of a torrent's pieces, which are a vector of the torrent's length.
func (m *memoryTorrent) priorities() []int {
	m.t.Helper()
	vector := m.handle.PiecePriorities()
	defer lt.DeleteStdVectorInt(vector)
	if int(vector.Size()) != m.film.NumPieces() {
		m.t.Fatalf("%d priorities of %d pieces", vector.Size(), m.film.NumPieces())
	}
	numbers := make([]int, vector.Size())
	for i := range numbers {
		numbers[i] = vector.Get(i)
	}
	return numbers
}

func TestPrioritiesOfPiecesThatAreNotThereAreIgnored(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 4)
	tooMany := lt.NewStdVectorInt(int64(4 << 20))
	defer lt.DeleteStdVectorInt(tooMany)
	for i := 0; i < 4<<20; i++ {
		tooMany.Set(i, 1+i%7)
	}
	m.handle.PrioritizePieces(tooMany)
	for piece, priority := range m.priorities() {
		if priority != 1+piece%7 {
			t.Errorf("piece %d has priority %d", piece, priority)
		}
	}
}

func TestPrioritiesOfTheFirstPiecesLeaveTheOthersAsTheyAre(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 4)
	m.withPieces(m.handle.PrioritizePieces, 7, 6, 5, 4, 3, 2, 1, 0)
	m.handle.SetPieceDeadline(1, 0, 0)
	m.handle.SetPieceDeadline(6, 0, 0)
	m.withPieces(m.handle.PrioritizePieces, 1, 0)
	m.withPieces(m.handle.PrioritizePieces)
	for piece, priority := range m.priorities() {
		want := []int{1, 0, 5, 4, 3, 2, 7, 0}[piece] // 7 is what the deadline made of it
		if priority != want {
			t.Errorf("piece %d has priority %d, want %d", piece, priority, want)
		}
	}
}

func TestAFileThatIsNotThereHasNoNameAndNoBytes(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	info := lt.NewTorrentInfo(film.Torrent, code)
	defer lt.DeleteTorrentInfo(info)
	files := info.Files()
	if files.NumFiles() != 1 || files.FileName(0) != "film" || files.FilePath(0) != "film" || files.FileSize(0) != film.Size {
		t.Errorf("the file is %s, %s, %d bytes", files.FileName(0), files.FilePath(0), files.FileSize(0))
	}
	for _, i := range []int{-1, 1, 1 << 24} {
		if files.FileName(i) != "" || files.FilePath(i) != "" || files.FileSize(i) != 0 || files.FileOffset(i) != 0 ||
			files.PadFileAt(i) {
			t.Errorf("there is a file %d", i)
		}
	}
}
