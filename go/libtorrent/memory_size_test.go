package libtorrent_test

import (
	"testing"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
)

func TestMemorySizeIsWhatItWasRaisedTo(t *testing.T) {
	film := loopback.NewFilm(t, "film", 16*pieceLength, pieceLength, v1Only)
	m := newMemoryTorrent(t, loopback.NewSession(t), film, 4)
	loopback.Until(t, "its files", m.memory.IsInMemory)
	for _, tooSmall := range []int64{1, -1, -1 << 40} {
		m.memory.SetMemorySize(4 * pieceLength)
		if size := m.memory.GetMemorySize(); size != 4*pieceLength {
			t.Errorf("the size is %d, and not what it was set to", size)
		}
		m.memory.SetMemorySize(tooSmall)
		if size := m.memory.GetMemorySize(); size != 2*pieceLength {
			t.Errorf("set to %d, the size is %d", tooSmall, size)
		}
	}
}
