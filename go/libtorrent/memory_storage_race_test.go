package libtorrent_test

import (
	"sync"
	"testing"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// That the calls do not hang or mix anything up. The race detector does not see into C++, so this does not tell whether
// all of them take the lock there.
func TestMemoryStorageChangesItsTorrentWhileOthersCall(t *testing.T) {
	one := loopback.NewFilm(t, "one", 16*pieceLength, pieceLength, v1Only)
	two := loopback.NewFilm(t, "two", 16*pieceLength, pieceLength, v1Only)
	session := loopback.NewSession(t)
	a := newMemoryTorrent(t, session, one, 4)
	b := newMemoryTorrent(t, session, two, 4)
	loopback.Until(t, "their files", func() bool { return a.memory.IsInMemory() && b.memory.IsInMemory() })

	shared := a.handle.GetMemoryStorage()
	var running sync.WaitGroup
	for _, handle := range []lt.TorrentHandle{a.handle, b.handle} {
		handle := handle
		running.Add(2)
		go func() {
			defer running.Done()
			for i := 0; i < 20000; i++ {
				shared.SetTorrentHandle(handle)
			}
		}()
		go func() {
			defer running.Done()
			buffer := make([]byte, 1)
			for i := 0; i < 20000; i++ {
				if n := shared.Read(buffer, 1, 0, 0); n != -1 {
					t.Errorf("a piece that never came is read: %d", n)
				}
			}
		}()
	}
	running.Wait()
	if size := shared.GetMemorySize(); size != 4*pieceLength {
		t.Errorf("the size is %d", size)
	}
}
