package memtorrent

import (
	"context"
	"errors"
	"fmt"
	"sync"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// Torrent is an open torrent, whose files are known.
type Torrent struct {
	client     *Client
	ownsClient bool
	name       string
	key        string
	files      []*File

	mutex  sync.RWMutex // for writing while the torrent is closed
	handle lt.TorrentHandle
	stream lt.TorrentStream // nil before start and after Close
	closed bool

	preloaded lt.WrappedPreload // the newest that is done; nil if there is none
}

func (t *Torrent) start(ctx context.Context) error {
	if err := t.client.connectPeers(ctx, t.handle); err != nil {
		return err
	}
	var info lt.TorrentInfo
	if err := t.client.await(ctx, func() bool {
		info = t.handle.TorrentFile()
		return info.Swigcptr() != 0
	}); err != nil {
		return fmt.Errorf("waiting for the metadata: %w", err)
	}
	defer lt.DeleteTorrentInfo(info)
	t.describe(info)

	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	stream := lt.TorrentStreamCreate(t.handle, code)
	if code.Failed() {
		return fmt.Errorf("%s: %s", t.name, code.Message())
	}
	t.stream = stream
	return nil
}

func (t *Torrent) describe(info lt.TorrentInfo) {
	t.name = info.Name()
	t.key = info.InfoHash().String()
	files := info.Files()
	for i := 0; i < files.NumFiles(); i++ {
		if files.PadFileAt(i) {
			continue
		}
		t.files = append(t.files, &File{torrent: t, index: i, path: files.FilePath(i), size: files.FileSize(i)})
	}
}

// Name is what the torrent is called.
func (t *Torrent) Name() string { return t.name }

// InfoHash is what the torrent is known by, in hexadecimal: its v1 info-hash, if it has one.
func (t *Torrent) InfoHash() string { return t.key }

// Files are the torrent's files, in its order.
func (t *Torrent) Files() []*File { return t.files }

// Largest is the largest file: the film, where there is one.
func (t *Torrent) Largest() *File {
	var largest *File
	for _, file := range t.files {
		if largest == nil || file.size > largest.size {
			largest = file
		}
	}
	return largest
}

// Close removes the torrent. Readers of it give ErrClosed, and are still to be closed.
func (t *Torrent) Close() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	t.forgetPreload()
	if t.stream != nil {
		lt.DeleteTorrentStream(t.stream)
		t.stream = nil
	}
	err := t.client.whileOpen(func(session lt.SessionHandle) error { return session.RemoveTorrent(t.handle) })
	if errors.Is(err, ErrClosed) || !t.handle.IsValid() {
		err = nil // it went with its client
	}
	if t.ownsClient {
		err = t.client.Close()
	}
	lt.DeleteWrappedTorrentHandle(t.handle)
	if err != nil {
		return fmt.Errorf("memtorrent: closing %s: %w", t.name, err)
	}
	return nil
}

// Stats is a reading of a torrent and of its client's memory.
type Stats struct {
	// BudgetBytes is what all torrents of the client may take; UsedBytes what they take, PeakBytes the most they ever
	// took.
	BudgetBytes, UsedBytes, PeakBytes int64
	// TorrentBytes is what this torrent takes of it.
	TorrentBytes int64
	// BufferedBytes are there without a gap from where the newest reader is.
	BufferedBytes int64
	// DownloadRate and UploadRate are bytes a second.
	DownloadRate, UploadRate int
	Peers, Seeds             int
}

// Stats gives a reading. All zeros when the torrent was closed.
func (t *Torrent) Stats() Stats {
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	if t.closed {
		return Stats{}
	}
	session, torrent := t.stream.SessionMemory(), t.stream.TorrentMemory()
	defer lt.DeleteMemoryStats(session)
	defer lt.DeleteTorrentMemoryStats(torrent)
	status := t.handle.Status(uint(0))
	defer lt.DeleteTorrentStatus(status)
	return Stats{
		BudgetBytes:   session.GetBudgetBytes(),
		UsedBytes:     session.GetUsedBytes(),
		PeakBytes:     session.GetPeakBytes(),
		TorrentBytes:  torrent.GetUsedBytes(),
		BufferedBytes: t.stream.BufferedBytes(),
		DownloadRate:  status.GetDownloadPayloadRate(),
		UploadRate:    status.GetUploadPayloadRate(),
		Peers:         status.GetNumPeers(),
		Seeds:         status.GetNumSeeds(),
	}
}

// whileOpen makes a call that may fail, on a torrent that is not closed meanwhile.
func (t *Torrent) whileOpen(call func(lt.ErrorCode)) error {
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	if t.closed {
		return ErrClosed
	}
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	call(code)
	if code.Failed() {
		return errors.New(code.Message().(string))
	}
	return nil
}

// isGone says whether the torrent or its client was closed.
func (t *Torrent) isGone() bool {
	select {
	case <-t.client.closed:
		return true
	default:
	}
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	return t.closed
}
