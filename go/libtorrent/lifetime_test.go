package libtorrent_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// useAll calls everything that a handle has. It must do nothing, and come back.
func useAll(handle lt.TorrentHandle) {
	lt.DeleteTorrentStatus(handle.Status())
	lt.DeleteTorrentStatus(handle.Status(lt.WrappedTorrentHandleQueryName))
	handle.Pause()
	handle.Pause(1)
	handle.Resume()
	handle.AutoManaged(true)
	handle.SetSequentialDownload(true)
	handle.SaveResumeData(1)
	handle.ForceRecheck()
	handle.ForceReannounce()
	handle.ForceDhtAnnounce()
	handle.ConnectPeer("127.0.0.1", 1)
	handle.ConnectPeer("no address", 1)
	handle.PiecePriority(0, 7)
	handle.FilePriority(0, 7)
	_ = handle.PiecePriority(0).(int)
	_ = handle.FilePriority(0).(int)
	handle.SetPieceDeadline(0, 0)
	handle.SetPieceDeadline(0, 0, 0)
	handle.ResetPieceDeadline(0)
	handle.ClearPieceDeadlines()
	handle.HavePiece(0)
	_ = handle.InfoHash().String()
	_ = handle.GetStorageImpl()
	for _, priorities := range []lt.StdVectorInt{handle.FilePriorities(), handle.PiecePriorities()} {
		handle.PrioritizeFiles(priorities)
		handle.PrioritizePieces(priorities)
		lt.DeleteStdVectorInt(priorities)
	}
	queue := lt.NewStdVectorPartialPieceInfo()
	handle.GetDownloadQueue(queue)
	lt.DeleteStdVectorPartialPieceInfo(queue)
	trackers := handle.Trackers()
	handle.ReplaceTrackers(trackers)
	lt.DeleteStdVectorAnnounceEntry(trackers)
	tracker := lt.NewAnnounceEntry("udp://127.0.0.1:1")
	handle.AddTracker(tracker)
	lt.DeleteAnnounceEntry(tracker)
	if info := handle.TorrentFile(); info.Swigcptr() != 0 {
		lt.DeleteTorrentInfo(info)
	}
}

func useMemory(memory lt.MemoryStorage, pieces lt.StdVectorInt) {
	memory.Read(make([]byte, 100), 100, 0, 0)
	memory.SetMemorySize(1 << 20)
	memory.GetMemorySize()
	memory.UpdateReaderPieces(pieces)
	memory.UpdateReservedPieces(pieces)
	memory.SetLookbehindPieces(pieces)
	memory.IsLookbehindAvailable(0)
	lt.DeleteLookbehindStats(memory.GetLookbehindStats())
	memory.ClearLookbehind()
}

func TestEverythingIsSafeWhenTheTorrentAndThenTheSessionIsGone(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	session, handle := newSession(t, func(lt.SettingsPack) {})
	m := newMemoryTorrent(t, handle, film, 4)
	pieces := vectorOf(0, 1, 1000, -1)
	defer lt.DeleteStdVectorInt(pieces)
	useAll(m.handle)
	useMemory(m.memory, pieces)

	if err := handle.RemoveTorrent(m.handle, 1); err != nil {
		t.Error(err)
	}
	if err := handle.RemoveTorrent(m.handle, 0); err != nil {
		t.Log("removing it twice: ", err)
	}
	loopback.Until(t, "the torrent's end", func() bool { return !m.handle.IsValid() })
	useAll(m.handle)
	useMemory(m.memory, pieces)
	useMemory(m.handle.GetMemoryStorage(), pieces)
	if n := m.memory.Read(make([]byte, 1), 1, 0, 0); n != -1 {
		t.Errorf("reading from a torrent that is gone gives %d", n)
	}

	session.Abort()
	if _, err := session.GetHandle(); err == nil {
		t.Error("a session that has ended gives a handle")
	}
	for i := 0; i < 2; i++ {
		if err := lt.DeleteSession(session); err != nil {
			t.Error(err)
		}
	}
	useAll(m.handle)
	useMemory(m.memory, pieces)
	if _, err := handle.AddTorrent(loopback.Params(t, film, t.TempDir())); err == nil {
		t.Error("a session that has ended takes a torrent")
	}
	if err := handle.RemoveTorrent(m.handle); err == nil {
		t.Error("a session that has ended removes a torrent")
	}
	handle.Pause()
	handle.Resume()
	settings := loopback.Settings()
	defer lt.DeleteSettingsPack(settings)
	handle.ApplySettings(settings)
	if handle.IsPaused() || handle.ListenPort() != 0 || handle.WaitForAlert(lt.Milliseconds(1)).Swigcptr() != 0 {
		t.Error("a session that has ended is alive")
	}
	alerts := handle.PopAlerts()
	if alerts.Size() != 0 {
		t.Error("a session that has ended has alerts")
	}
	lt.DeleteStdVectorAlerts(alerts)
	torrents := handle.GetTorrents()
	lt.DeleteStdVectorTorrentHandle(torrents)
	lt.DeleteSessionHandle(handle)
	lt.DeleteWrappedTorrentHandle(m.handle)
}

func TestErrorsAreErrors(t *testing.T) {
	session := loopback.NewSession(t)
	params := lt.NewAddTorrentParams()
	defer lt.DeleteAddTorrentParams(params)
	if _, err := session.AddTorrent(params); err == nil {
		t.Error("a torrent without anything is added")
	}
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	if handle, err := session.AddTorrent(params, code); err != nil || !code.Failed() || handle.IsValid() {
		t.Error("the error should be in the ErrorCode")
	}
	if message := code.Message().(string); message == "" {
		t.Error("an error without a message")
	}
	if info := lt.NewTorrentInfo(filepath.Join(t.TempDir(), "none.torrent"), code); !code.Failed() || info.NumFiles() != 0 ||
		info.NumPieces() != 0 {
		t.Error("a file that is not there is a torrent")
	}
	lt.ParseMagnetUri("no magnet", params, code)
	if !code.Failed() {
		t.Error("that was no magnet link")
	}
	garbage := lt.NewStdVectorChar()
	defer lt.DeleteStdVectorChar(garbage)
	for _, letter := range []byte("d4:nonsense") {
		garbage.Add(letter)
	}
	params.SetResumeData(garbage)
	for _, a := range [][]interface{}{{}, {1}, {params, 1}, {params, code, 1}} {
		if _, err := session.AddTorrent(a...); err == nil {
			t.Errorf("AddTorrent(%v) is no error", a)
		}
	}
	for _, a := range [][]interface{}{{}, {1}, {params}} {
		if err := session.RemoveTorrent(a...); err == nil {
			t.Errorf("RemoveTorrent(%v) is no error", a)
		}
		if _, err := lt.NewSession(a...); err == nil {
			t.Errorf("NewSession(%v) is no error", a)
		}
	}
}

func TestManyGoroutinesShareATorrentWhileItComesAndGoes(t *testing.T) {
	film := loopback.NewFilm(t, "film", 64*pieceLength, pieceLength, v1Only)
	seed := loopback.Seed(t, film)
	session := loopback.NewSession(t)
	for round := 0; round < 3; round++ {
		m := newMemoryTorrent(t, session, film, 8, seed)
		stop := make(chan struct{})
		var all sync.WaitGroup
		for worker := 0; worker < 8; worker++ {
			all.Add(1)
			go func(worker int) {
				defer all.Done()
				memory := m.handle.GetMemoryStorage()
				for i := worker; ; i += 7 {
					select {
					case <-stop:
						return
					default:
					}
					piece := i % film.NumPieces()
					window := vectorOf(piece, piece+1, piece+2)
					memory.UpdateReaderPieces(window)
					memory.UpdateReservedPieces(window)
					lt.DeleteStdVectorInt(window)
					m.handle.SetPieceDeadline(piece, 0, 0)
					m.readable(piece)
					memory.SetMemorySize(int64(4+i%8) * pieceLength)
					m.has(piece)
					if i%100 < 7 {
						runtime.GC()
					}
				}
			}(worker)
		}
		time.Sleep(time.Second)
		if err := session.RemoveTorrent(m.handle); err != nil {
			t.Error(err)
		}
		time.Sleep(100 * time.Millisecond)
		close(stop)
		all.Wait()
	}
}

func TestTwoSessionsAtATime(t *testing.T) {
	film := loopback.NewFilm(t, "film", 16*pieceLength, pieceLength, v1Only)
	seed := loopback.Seed(t, film)
	settings := loopback.Settings()
	defer lt.DeleteSettingsPack(settings)
	first, err := lt.NewSession(settings, 0)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := first.GetHandle()
	if err != nil {
		t.Fatal(err)
	}
	one := newMemoryTorrent(t, handle, film, 8, seed)
	one.want(3)
	two := newMemoryTorrent(t, loopback.NewSession(t), film, 8, seed)
	two.want(4)
	loopback.Until(t, "both", func() bool { return one.readable(3) && two.readable(4) })
	if one.readable(4) || two.readable(3) {
		t.Error("a session reads the other one's memory")
	}
	first.Abort()
	if err := lt.DeleteSession(first); err != nil {
		t.Error(err)
	}
	lt.DeleteSessionHandle(handle)
	two.want(5)
	loopback.Until(t, "the second one's piece", func() bool { return two.readable(5) })
}

func TestATorrentIsRemovedWhereItIs(t *testing.T) {
	film := loopback.NewFilm(t, "film", 16*pieceLength, pieceLength, v1Only)
	seed := loopback.Seed(t, film)
	old := loopback.NewSession(t)
	one := newMemoryTorrent(t, old, film, 8, seed)
	session := loopback.NewSession(t)
	other := newMemoryTorrent(t, session, film, 8, seed)
	if err := session.RemoveTorrent(one.handle, 1); err != nil {
		t.Error(err)
	}
	loopback.Until(t, "the old one's end", func() bool { return !one.handle.IsValid() })
	if torrentsOf(old) != 0 || torrentsOf(session) != 1 || !other.handle.IsValid() {
		t.Errorf("the old session has %d torrents, the new one %d", torrentsOf(old), torrentsOf(session))
	}
	if err := session.RemoveTorrent(one.handle); err == nil {
		t.Error("a torrent that is gone is removed")
	}
	other.want(3)
	loopback.Until(t, "a piece of the new one", func() bool { return other.readable(3) })
	if err := session.RemoveTorrent(other.handle); err != nil {
		t.Error(err)
	}
	loopback.Until(t, "the new one's end", func() bool { return !other.handle.IsValid() })
}

func torrentsOf(session lt.SessionHandle) int64 {
	torrents := session.GetTorrents()
	defer lt.DeleteStdVectorTorrentHandle(torrents)
	return torrents.Size()
}

// residentBytes is the memory of this process that is in RAM.
func residentBytes(t *testing.T) int64 { return memoryBytes(t, 1) }

// memoryBytes is one of the numbers in /proc/self/statm.
func memoryBytes(t *testing.T, field int) int64 {
	t.Helper()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("no /proc here")
	}
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[field], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	return len(files)
}

func TestAThousandTorrentsLeaveNothingBehind(t *testing.T) {
	film := loopback.NewFilm(t, "film", 16*pieceLength, pieceLength, v1Only)
	seed := loopback.Seed(t, film)
	session := loopback.NewSession(t)
	round := func() {
		m := newMemoryTorrent(t, session, film, 8, seed)
		m.withPieces(m.memory.UpdateReaderPieces, 1, 2, 3)
		m.handle.SetPieceDeadline(1, 0, 0)
		info := m.handle.TorrentFile()
		lt.DeleteTorrentInfo(info)
		m.has(1)
		m.readable(1)
		if err := session.RemoveTorrent(m.handle, 0); err != nil {
			t.Fatal(err)
		}
		loopback.Until(t, "the torrent's end", func() bool { return !m.handle.IsValid() })
		lt.DeleteWrappedTorrentHandle(m.handle)
		alerts := session.PopAlerts()
		lt.DeleteStdVectorAlerts(alerts)
	}
	settle := func() {
		runtime.GC()
		runtime.GC() // the second one frees what the first one's finalizers let go
		time.Sleep(200 * time.Millisecond)
	}
	for i := 0; i < 300; i++ {
		round()
	}
	settle()
	bytes, files, goroutines := residentBytes(t), openFiles(t), runtime.NumGoroutine()
	for i := 0; i < 1000; i++ {
		round()
	}
	settle()
	bytesNow := residentBytes(t)
	t.Logf("resident: %d KiB, then %d KiB", bytes>>10, bytesNow>>10)
	if bytesNow > bytes+8<<20 {
		t.Errorf("resident memory grew by %d KiB", (bytesNow-bytes)>>10)
	}
	// The connections of the last rounds are closed a while after their torrents are gone.
	loopback.Until(t, "as few files and goroutines as before", func() bool {
		return openFiles(t) <= files+4 && runtime.NumGoroutine() <= goroutines
	})
}
