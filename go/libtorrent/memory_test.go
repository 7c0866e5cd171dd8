package libtorrent_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

const (
	pieceLength = 256 << 10
	v1Only      = lt.CreateTorrentV1Only
	hybrid      = 0
)

// memoryTorrent is a film in RAM of which nothing is wanted yet.
type memoryTorrent struct {
	t      testing.TB
	film   *loopback.Film
	handle lt.TorrentHandle
	memory lt.MemoryStorage
}

func newMemoryTorrent(t testing.TB, session lt.SessionHandle, film *loopback.Film, pieces int, seeds ...int) *memoryTorrent {
	t.Helper()
	params := loopback.Params(t, film, "")
	params.SetMemoryStorage(int64(pieces) * int64(film.PieceLength))
	wantNothing(params)
	handle := loopback.Add(t, session, params, seeds...)
	return &memoryTorrent{t, film, handle, handle.GetMemoryStorage()}
}

// wantNothing does as Elementum does, who does not know yet how many files there are.
func wantNothing(params lt.AddTorrentParams) {
	nothing := lt.NewStdVectorInt()
	defer lt.DeleteStdVectorInt(nothing)
	for i := 0; i <= 500; i++ {
		nothing.Add(0)
	}
	params.SetFilePriorities(nothing)
}

func vectorOf(numbers ...int) lt.StdVectorInt {
	vector := lt.NewStdVectorInt()
	for _, number := range numbers {
		vector.Add(number)
	}
	return vector
}

func (m *memoryTorrent) withPieces(call func(lt.StdVectorInt), pieces ...int) {
	vector := vectorOf(pieces...)
	defer lt.DeleteStdVectorInt(vector)
	call(vector)
}

// has says what the bitmap in the torrent's status says.
func (m *memoryTorrent) has(piece int) bool {
	status := m.handle.Status()
	defer lt.DeleteTorrentStatus(status)
	return status.GetPieces().GetBit(piece)
}

func (m *memoryTorrent) await(pieces ...int) {
	m.t.Helper()
	for _, piece := range pieces {
		piece := piece
		loopback.Until(m.t, "piece", func() bool { return m.has(piece) })
	}
}

func (m *memoryTorrent) want(pieces ...int) {
	m.t.Helper()
	for _, piece := range pieces {
		m.handle.PiecePriority(piece, 7)
	}
	m.await(pieces...)
}

// readable says whether a piece can be read, and fails the test if it reads as something else than the film.
func (m *memoryTorrent) readable(piece int) bool {
	m.t.Helper()
	buffer := make([]byte, m.film.PieceLength)
	n := m.memory.Read(buffer, len(buffer), piece, 0)
	if n < 0 {
		return false
	}
	if wrong := m.film.FirstWrongByte(int64(piece)*int64(m.film.PieceLength), buffer[:n]); wrong >= 0 {
		m.t.Fatalf("byte %d of piece %d is wrong", wrong, piece)
	}
	return true
}

func TestTorrentInMemoryIsReadByPieces(t *testing.T) {
	film := loopback.NewFilm(t, "film", 40*pieceLength+1000, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 16, loopback.Seed(t, film))

	if m.readable(0) {
		t.Error("a piece can be read that nobody asked for")
	}
	m.want(0, 3, 40)
	loopback.Until(t, "piece 0", func() bool { return m.readable(0) })
	loopback.Until(t, "piece 3", func() bool { return m.readable(3) })
	if m.readable(1) {
		t.Error("a piece can be read that nobody asked for")
	}
	buffer := make([]byte, pieceLength)
	if n := m.memory.Read(buffer, 100, 3, 7); n != 100 || film.FirstWrongByte(3*pieceLength+7, buffer[:n]) >= 0 {
		t.Errorf("reading 100 bytes inside a piece gives %d, or wrong ones", n)
	}
	if n := m.memory.Read(buffer, len(buffer), 40, 900); n != 100 {
		t.Errorf("reading beyond the end gives %d bytes, want the last 100", n)
	}
	if n := m.memory.Read(nil, 100, 3, 0); n != 0 {
		t.Errorf("reading into no buffer gives %d", n)
	}
	for _, piece := range []int{-1, 41, 1 << 30} {
		if n := m.memory.Read(buffer, 1, piece, 0); n != -1 {
			t.Errorf("reading piece %d gives %d", piece, n)
		}
	}
}

func TestOthersGoToFilesInTheSameSession(t *testing.T) {
	inMemory := loopback.NewFilm(t, "in_memory", 8*pieceLength, pieceLength, v1Only)
	inFiles := loopback.NewFilm(t, "in_files", 8*pieceLength, pieceLength, v1Only)
	seed := loopback.Seed(t, inMemory, inFiles)
	session := loopback.NewSession(t)
	folder := t.TempDir()

	params := loopback.Params(t, inMemory, folder)
	params.SetMemoryStorage(16 << 20)
	one := loopback.Add(t, session, params, seed)
	other := loopback.Add(t, session, loopback.Params(t, inFiles, folder), seed)
	for _, torrent := range []lt.TorrentHandle{one, other} {
		torrent := torrent
		loopback.Until(t, "all of it", func() bool {
			status := torrent.Status()
			defer lt.DeleteTorrentStatus(status)
			return status.GetIsSeeding()
		})
	}

	// libtorrent seeds what it has hashed, and may still be writing it.
	loopback.Until(t, "the right file", func() bool {
		content, err := os.ReadFile(filepath.Join(folder, inFiles.Name))
		return err == nil && int64(len(content)) == inFiles.Size && inFiles.FirstWrongByte(0, content) < 0
	})
	if _, err := os.Stat(filepath.Join(folder, inMemory.Name)); !os.IsNotExist(err) {
		t.Error("the torrent in memory has made a file")
	}
	if !one.GetMemoryStorage().IsInMemory() || other.GetMemoryStorage().IsInMemory() {
		t.Error("a torrent is not where it was sent")
	}
	if n := other.GetMemoryStorage().Read(make([]byte, 1), 1, 0, 0); n != -1 {
		t.Errorf("a piece in a file is read from memory: %d", n)
	}
}

func TestEvictedPiecesLeaveTheBitmapAtOnce(t *testing.T) {
	film := loopback.NewFilm(t, "film", 64*pieceLength, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 6, loopback.Seed(t, film))
	m.want(0, 1, 2, 3, 4, 5)

	for from := 6; from < 58; from += 4 {
		window := []int{from, from + 1, from + 2, from + 3}
		m.withPieces(m.memory.UpdateReaderPieces, window...)
		m.want(window...)
		status := m.handle.Status()
		had := 0
		for piece := 0; piece < film.NumPieces(); piece++ {
			if status.GetPieces().GetBit(piece) {
				had++
			}
		}
		lt.DeleteTorrentStatus(status)
		if had > 6 {
			t.Fatalf("%d pieces are had, in memory for six", had)
		}
	}
	if m.has(0) || m.readable(0) {
		t.Error("the first piece should be gone")
	}
	if priority := m.handle.PiecePriority(0).(int); priority != 0 {
		t.Errorf("a piece that was let go has priority %d", priority)
	}
	m.want(0) // and back
	loopback.Until(t, "piece 0", func() bool { return m.readable(0) })
}

func TestDeadlineRevivesAPieceThatNobodyWants(t *testing.T) {
	film := loopback.NewFilm(t, "film", 64*pieceLength, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 6, loopback.Seed(t, film))
	window := []int{0, 1, 2, 3, 4, 5}
	m.withPieces(m.memory.UpdateReaderPieces, window...)
	m.want(window...)

	// A seek: memory is full of what the reader wanted before.
	for piece := 40; piece < 43; piece++ {
		m.handle.SetPieceDeadline(piece, 0, 0)
	}
	m.await(40, 41, 42)
	loopback.Until(t, "the piece", func() bool { return m.readable(40) })
}

func TestReservedPiecesStay(t *testing.T) {
	film := loopback.NewFilm(t, "film", 64*pieceLength, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 8, loopback.Seed(t, film))
	m.withPieces(m.memory.UpdateReservedPieces, 0, 63)
	m.want(0, 63)
	for from := 1; from < 61; from += 4 {
		window := []int{from, from + 1, from + 2, from + 3}
		m.withPieces(m.memory.UpdateReaderPieces, window...)
		m.want(window...)
		if !m.readable(0) || !m.readable(63) {
			t.Fatalf("with a reader at %d a reserved piece is gone", from)
		}
	}
}

func TestMemorySizeCanBeRaisedAndLowered(t *testing.T) {
	film := loopback.NewFilm(t, "film", 64*pieceLength, pieceLength, v1Only)
	session := loopback.NewSession(t)
	m := newMemoryTorrent(t, session, film, 4, loopback.Seed(t, film))
	used := func() int64 {
		stats := session.GetMemoryStats()
		defer lt.DeleteMemoryStats(stats)
		return stats.GetUsedBytes()
	}
	if size := m.memory.GetMemorySize(); size != 4*pieceLength {
		t.Errorf("the size is %d", size)
	}
	m.memory.SetMemorySize(12 * pieceLength)
	window := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
	m.withPieces(m.memory.UpdateReaderPieces, window...)
	m.want(window...)
	m.memory.SetMemorySize(4 * pieceLength)
	loopback.Until(t, "space", func() bool { return used() <= 4*pieceLength })
	if !m.readable(0) || m.has(11) {
		t.Error("what is farthest from the reader should have gone")
	}
	m.memory.SetMemorySize(1) // is raised to two pieces
	loopback.Until(t, "space", func() bool { return used() <= 2*pieceLength })
}

func TestLookbehindStaysUntilItIsCleared(t *testing.T) {
	film := loopback.NewFilm(t, "film", 64*pieceLength, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 8, loopback.Seed(t, film))
	m.want(0, 1, 2, 3)
	m.withPieces(m.memory.SetLookbehindPieces, 0, 1)
	m.withPieces(m.memory.SetLookbehindPieces, 2, 3) // replaces it
	for from := 4; from < 16; from += 4 {
		window := []int{from, from + 1, from + 2, from + 3}
		m.withPieces(m.memory.UpdateReaderPieces, window...)
		m.want(window...)
	}
	if !m.memory.IsLookbehindAvailable(2) || !m.memory.IsLookbehindAvailable(3) || !m.readable(2) || !m.readable(3) {
		t.Error("what is behind the reader is gone")
	}
	if m.memory.IsLookbehindAvailable(0) || m.memory.IsLookbehindAvailable(12) || m.has(0) {
		t.Error("more than what was named is kept")
	}
	stats := m.memory.GetLookbehindStats()
	defer lt.DeleteLookbehindStats(stats)
	if stats.GetProtectedPieces() != 2 || stats.GetAvailablePieces() != 2 || stats.GetAvailableBytes() != 2*pieceLength {
		t.Errorf("stats: %d protected, %d available, %d bytes", stats.GetProtectedPieces(), stats.GetAvailablePieces(),
			stats.GetAvailableBytes())
	}

	m.memory.ClearLookbehind()
	m.withPieces(m.memory.UpdateReaderPieces, 20, 21, 22, 23, 24, 25, 26, 27)
	m.want(20, 21, 22, 23, 24, 25, 26, 27)
	if m.memory.IsLookbehindAvailable(2) || m.has(2) {
		t.Error("what is not protected any more should have gone")
	}
}

func TestTwoTorrentsHaveTheirOwnMemory(t *testing.T) {
	one := loopback.NewFilm(t, "one", 32*pieceLength, pieceLength, v1Only)
	two := loopback.NewFilm(t, "two", 32*pieceLength, pieceLength, v1Only)
	seed := loopback.Seed(t, one, two)
	session := loopback.NewSession(t)
	a := newMemoryTorrent(t, session, one, 8, seed)
	b := newMemoryTorrent(t, session, two, 8, seed)
	pieces := []int{0, 1, 2, 3, 4, 5, 6, 7}
	for _, m := range []*memoryTorrent{a, b} {
		m.withPieces(m.memory.UpdateReaderPieces, pieces...)
		m.want(pieces...)
	}
	for _, piece := range pieces {
		if !a.readable(piece) || !b.readable(piece) {
			t.Fatalf("one has taken piece %d of the other", piece)
		}
	}
}

func TestMagnetLinkHasItsMemoryAndItsKeyAfterTheMetadata(t *testing.T) {
	film := loopback.NewFilm(t, "film", 32*pieceLength, pieceLength, hybrid)
	seed := loopback.Seed(t, film)
	known := loopback.Params(t, film, "")
	key := known.GetInfoHash()
	lt.DeleteAddTorrentParams(known)

	params := lt.NewAddTorrentParams()
	params.SetMemoryStorage(1000) // less than a piece, of which nobody knows how large it is
	params.SetMaxConnections(17)
	wantNothing(params)
	params.SetPaused(false)
	params.SetAutoManaged(false)
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	lt.ParseMagnetUri("magnet:?xt=urn:btih:"+key.String(), params, code)
	if code.Failed() {
		t.Fatal(code.Message())
	}
	if params.GetInfoHash() != key {
		t.Error("the magnet link has another key")
	}
	session := loopback.NewSession(t)
	handle := loopback.Add(t, session, params, seed)
	m := &memoryTorrent{t, film, handle, handle.GetMemoryStorage()}
	m.memory.SetTorrentHandle(handle)

	loopback.Until(t, "metadata", func() bool {
		info := handle.TorrentFile()
		if info.Swigcptr() == 0 {
			return false
		}
		defer lt.DeleteTorrentInfo(info)
		if info.InfoHash() != key {
			t.Error("the metadata have another key")
		}
		torrent := lt.NewCreateTorrent(info)
		defer lt.DeleteCreateTorrent(torrent)
		entry := torrent.Generate()
		defer lt.DeleteEntry(entry)
		saved := filepath.Join(t.TempDir(), "saved.torrent")
		if err := os.WriteFile(saved, []byte(lt.Bencode(entry)), 0o600); err != nil {
			t.Error(err)
		}
		again := lt.NewTorrentInfo(saved, code)
		defer lt.DeleteTorrentInfo(again)
		if code.Failed() || again.InfoHash() != key {
			t.Error("what was saved is not the torrent: ", code.Message())
		}
		return true
	})
	status := handle.Status()
	defer lt.DeleteTorrentStatus(status)
	if handle.InfoHash() != key || status.GetInfoHash() != key {
		t.Error("the torrent has another key")
	}
	m.memory.SetMemorySize(8 * pieceLength)
	loopback.Until(t, "memory", m.memory.IsInMemory)
	m.want(5)
	loopback.Until(t, "piece 5", func() bool { return m.readable(5) })
}
