package memtorrent

import (
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// ReaderStats says how one reader is doing.
type ReaderStats struct {
	File *File
	// Offset is where in the file it reads next.
	Offset int64
	// Idle readers have not read for a while beside others, and gave up their share of the budget.
	Idle bool
	// BufferedBytes are there from Offset on without a gap. They play for Buffered: -1 if the rate is not known.
	BufferedBytes int64
	Buffered      time.Duration
	// DrainRate is what the reader takes, FillRate what comes for it, in bytes a second.
	DrainRate, FillRate int64
	// StallsIn is when it will have run dry if both rates stay as they are; -1 if it will not.
	StallsIn time.Duration
	// WaitsFor is what a read waits for, as a sentence; empty if none does.
	WaitsFor string
}

// Readers gives a reading of each reader that has read; none when the torrent was closed.
func (t *Torrent) Readers() []ReaderStats {
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	if t.closed {
		return nil
	}
	all := t.stream.Readers()
	defer lt.DeleteReaderStatuses(all)
	readers := make([]ReaderStats, all.Size())
	for i := range readers {
		status := all.At(i)
		readers[i] = ReaderStats{
			File:          t.file(status.File()),
			Offset:        status.GetOffset(),
			Idle:          status.GetIdle(),
			BufferedBytes: status.GetBufferedBytes(),
			Buffered:      milliseconds(status.BufferedMilliseconds()),
			DrainRate:     status.GetDrainBytesPerS(),
			FillRate:      status.GetFillBytesPerS(),
			StallsIn:      milliseconds(status.StallsInMilliseconds()),
			WaitsFor:      status.WaitsFor(),
		}
	}
	return readers
}

// file gives the file of that index in the torrent, which counts pad files too.
func (t *Torrent) file(index int) *File {
	for _, file := range t.files {
		if file.index == index {
			return file
		}
	}
	return nil
}

// milliseconds keeps -1, which stands for nothing.
func milliseconds(count int64) time.Duration {
	if count < 0 {
		return -1
	}
	return time.Duration(count) * time.Millisecond
}
