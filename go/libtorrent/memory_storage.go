package libtorrent

// #include "calls.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// MemoryStorage is the RAM of one torrent. It keeps nothing alive: when the torrent or the session is gone, nothing can
// be read, and nothing else happens. All of it may be called by many goroutines at once.
//
// Pieces go when space is needed: first those that nobody named, least recently used first; then what is behind readers;
// then what is ahead of them, farthest first. Never what is reserved, and the piece that a reader is at or that has a
// deadline, as far as these fit beside each other. A piece that goes is no longer in TorrentStatus.GetPieces from that
// moment on, and has priority 0 until it is given another one or a deadline.
type MemoryStorage interface {
	// IsInMemory says whether the torrent lives in RAM. Not before its files are known.
	IsInMemory() bool
	// Read copies size bytes of a piece, from offset of it on, and returns how many: fewer at the piece's end. -1: it is
	// not there now, or not verified yet; try again when TorrentStatus.GetPieces has it.
	Read(buffer []byte, size int, piece int, offset int) int
	// SetMemorySize says how many bytes the torrent may take, of those that its session has; 0 is all of these. Down:
	// what is too much goes at once. What is too small for the torrent, as all that is negative, is raised to the least
	// that will do: two pieces.
	SetMemorySize(bytes int64)
	// GetMemorySize is what was set, or what it was raised to once the torrent's files are known.
	GetMemorySize() int64
	// SetTorrentHandle makes this speak of another torrent.
	SetTorrentHandle(torrent WrappedTorrentHandle)
	// UpdateReaderPieces names what readers are at and ahead of. Each run of consecutive pieces begins where a reader is.
	UpdateReaderPieces(pieces StdVectorInt)
	// UpdateReservedPieces names what is to stay in any case: at most half of the memory, the first ones first.
	UpdateReservedPieces(pieces StdVectorInt)
	// SetLookbehindPieces names what is to stay behind readers as long as there is space for it. It replaces what was
	// named before.
	SetLookbehindPieces(pieces StdVectorInt)
	ClearLookbehind()
	// IsLookbehindAvailable says whether a piece that was named by SetLookbehindPieces can be read.
	IsLookbehindAvailable(piece int) bool
	GetLookbehindStats() LookbehindStats
	Swigcptr() uintptr
}

type memoryStorage struct{ wrapped WrappedMemoryStorage }

// holdMemoryStorage takes over what TorrentHandle.GetMemoryStorage made. Callers do not delete it, because those of
// libtorrent 1.1 did not have to.
func holdMemoryStorage(address uintptr) MemoryStorage {
	m := &memoryStorage{SwigcptrWrappedMemoryStorage(address)}
	runtime.SetFinalizer(m, func(m *memoryStorage) { DeleteWrappedMemoryStorage(m.wrapped) })
	return m
}

func (m *memoryStorage) Read(buffer []byte, size int, piece int, offset int) int {
	defer runtime.KeepAlive(m)
	if size > len(buffer) {
		size = len(buffer)
	}
	if size <= 0 {
		return 0
	}
	address := C.uintptr_t(m.wrapped.Swigcptr())
	out := (*C.char)(unsafe.Pointer(&buffer[0]))
	return int(C.memtorrent_go_read_piece(address, out, C.int(size), C.int(piece), C.int(offset)))
}

func (m *memoryStorage) IsInMemory() bool {
	defer runtime.KeepAlive(m)
	return m.wrapped.IsInMemory()
}

func (m *memoryStorage) SetMemorySize(bytes int64) {
	defer runtime.KeepAlive(m)
	m.wrapped.SetMemorySize(bytes)
}

func (m *memoryStorage) GetMemorySize() int64 {
	defer runtime.KeepAlive(m)
	return m.wrapped.GetMemorySize()
}

func (m *memoryStorage) SetTorrentHandle(torrent WrappedTorrentHandle) {
	defer runtime.KeepAlive(m)
	m.wrapped.SetTorrentHandle(torrent)
}

func (m *memoryStorage) UpdateReaderPieces(pieces StdVectorInt) {
	defer runtime.KeepAlive(m)
	m.wrapped.UpdateReaderPieces(pieces)
}

func (m *memoryStorage) UpdateReservedPieces(pieces StdVectorInt) {
	defer runtime.KeepAlive(m)
	m.wrapped.UpdateReservedPieces(pieces)
}

func (m *memoryStorage) SetLookbehindPieces(pieces StdVectorInt) {
	defer runtime.KeepAlive(m)
	m.wrapped.SetLookbehindPieces(pieces)
}

func (m *memoryStorage) ClearLookbehind() {
	defer runtime.KeepAlive(m)
	m.wrapped.ClearLookbehind()
}

func (m *memoryStorage) IsLookbehindAvailable(piece int) bool {
	defer runtime.KeepAlive(m)
	return m.wrapped.IsLookbehindAvailable(piece)
}

func (m *memoryStorage) GetLookbehindStats() LookbehindStats {
	defer runtime.KeepAlive(m)
	return m.wrapped.GetLookbehindStats()
}

func (m *memoryStorage) Swigcptr() uintptr { return m.wrapped.Swigcptr() }
