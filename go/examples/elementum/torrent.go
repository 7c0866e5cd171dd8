package main

import (
	"sync"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// How old the pieces' bitmap may be that readers look at.
const piecesRefresh = 100 * time.Millisecond

// file is one of a torrent's files.
type file struct {
	path         string
	size, offset int64
}

// torrent is Elementum's side of a torrent: which pieces are to be downloaded, and which are to stay.
type torrent struct {
	s        *service
	th       lt.TorrentHandle
	ms       lt.MemoryStorage
	inMemory bool
	closed   chan struct{}
	closing  sync.Once
	metadata chan struct{} // closed when what follows is known
	known    sync.Once

	name          string
	files         []*file
	pieceLength   int64
	numPieces     int
	memoryBytes   int64
	reservedHead  int
	reservedTail  int
	piecesMutex   sync.Mutex
	pieces        lt.TorrentStatus // holds the bitmap
	piecesUpdated time.Time
	mutex         sync.Mutex
	readers       map[*entry]struct{}
	awaiting      map[int]struct{}
}

func newTorrent(s *service, th lt.TorrentHandle, inMemory bool) *torrent {
	t := &torrent{s: s, th: th, inMemory: inMemory, closed: make(chan struct{}), metadata: make(chan struct{}),
		readers: map[*entry]struct{}{}, awaiting: map[int]struct{}{}, memoryBytes: s.memoryBytes}
	if inMemory {
		t.ms = th.GetMemoryStorage()
		t.ms.SetTorrentHandle(th)
	}
	return t
}

// gotMetadata is Elementum's onMetadataReceived. It does nothing if there are none yet, or the torrent has gone.
func (t *torrent) gotMetadata() {
	ti := t.th.TorrentFile()
	if ti.Swigcptr() == 0 {
		return
	}
	defer lt.DeleteTorrentInfo(ti)
	t.known.Do(func() {
		t.name = ti.Name()
		t.pieceLength = int64(ti.PieceLength())
		t.numPieces = ti.NumPieces()
		files := ti.Files()
		for i := 0; i < ti.NumFiles(); i++ {
			t.files = append(t.files, &file{files.FilePath(i), files.FileSize(i), files.FileOffset(i)})
		}
		if t.inMemory && t.memoryBytes < 10*t.pieceLength {
			t.memoryBytes = 10 * t.pieceLength
			t.ms.SetMemorySize(t.memoryBytes)
		}
		close(t.metadata)
	})
}

// buffer waits until the first and the last pieces of a file are there, and keeps the outermost of them.
func (t *torrent) buffer(f *file, bytes int64) {
	first, last := int(f.offset/t.pieceLength), int((f.offset+f.size-1)/t.pieceLength)
	head := first + int(bytes/t.pieceLength)
	if head > last {
		head = last
	}
	t.mutex.Lock()
	t.reservedHead, t.reservedTail = first, last
	t.mutex.Unlock()

	priorities := t.th.PiecePriorities()
	for piece := first; piece <= head; piece++ {
		priorities.Set(piece, 7)
	}
	priorities.Set(last, 7)
	t.th.PrioritizePieces(priorities)
	lt.DeleteStdVectorInt(priorities)
	t.th.ForceReannounce()

	for piece := first; piece <= head && !t.isClosed(); {
		if t.hasPiece(piece) && t.hasPiece(last) {
			piece++
			continue
		}
		time.Sleep(piecesRefresh)
	}
}

func (t *torrent) isClosed() bool {
	select {
	case <-t.closed:
		return true
	default:
		return false
	}
}

// hasPiece looks into the bitmap of the torrent's status, which is fetched anew when it is old.
func (t *torrent) hasPiece(piece int) bool {
	t.piecesMutex.Lock()
	defer t.piecesMutex.Unlock()
	if t.isClosed() {
		return false
	}
	if t.pieces == nil || time.Since(t.piecesUpdated) > piecesRefresh {
		if t.pieces != nil {
			lt.DeleteTorrentStatus(t.pieces)
		}
		t.pieces = t.th.Status()
		t.piecesUpdated = time.Now()
	}
	return bitOf(t.pieces.GetPieces(), piece)
}

// await asks for a piece at once, and the two after it soon.
func (t *torrent) await(piece int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if _, found := t.awaiting[piece]; found {
		return
	}
	for i := piece; i < piece+3 && i < t.numPieces; i++ {
		if _, found := t.awaiting[i]; found || t.hasPiece(i) {
			continue
		}
		t.awaiting[i] = struct{}{}
		t.th.SetPieceDeadline(i, (i-piece)*100, 0)
	}
}

func (t *torrent) arrived(piece int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.awaiting, piece)
}

// prioritize gives the pieces ahead of the readers falling priorities, and all others none, and says what is to stay.
func (t *torrent) prioritize() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if !t.inMemory || len(t.readers) == 0 || t.isClosed() {
		return
	}
	readAhead := t.memoryBytes - 4*t.pieceLength // two are reserved
	wanted := map[int]int{}
	for reader := range t.readers {
		first, last := reader.ahead(readAhead / int64(len(t.readers)))
		for piece := first; piece <= last; piece++ {
			priority := 7 - (piece-first+1)/2
			if priority < 2 {
				priority = 2
			}
			if _, found := t.awaiting[piece]; found {
				priority = 7
			}
			if wanted[piece] < priority {
				wanted[piece] = priority
			}
		}
	}
	readerPieces, reserved, priorities := lt.NewStdVectorInt(), lt.NewStdVectorInt(), lt.NewStdVectorInt()
	defer lt.DeleteStdVectorInt(readerPieces)
	defer lt.DeleteStdVectorInt(reserved)
	defer lt.DeleteStdVectorInt(priorities)
	for piece := 0; piece < t.numPieces; piece++ {
		if wanted[piece] > 0 {
			readerPieces.Add(piece)
		}
		priorities.Add(wanted[piece])
	}
	reserved.Add(t.reservedHead)
	reserved.Add(t.reservedTail)
	t.ms.UpdateReaderPieces(readerPieces)
	t.ms.UpdateReservedPieces(reserved)
	t.th.PrioritizePieces(priorities)
}

// drop removes the torrent; readers of it end.
func (t *torrent) drop() {
	t.closing.Do(func() {
		close(t.closed)
		// Through the session in use, as Elementum does, also if the torrent is in an older one. An error says that it is
		// gone already.
		_ = t.s.session().handle.RemoveTorrent(t.th, 0)
	})
}

// free lets go of what is held in C++. Nobody uses the torrent any more.
func (t *torrent) free() {
	if t.pieces != nil {
		lt.DeleteTorrentStatus(t.pieces)
	}
	lt.DeleteWrappedTorrentHandle(t.th)
}
