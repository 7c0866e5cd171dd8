package libtorrent_test

import (
	"sync"
	"testing"
	"time"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// newSession starts a session that the test ends itself, with what change sets.
func newSession(t *testing.T, change func(lt.SettingsPack)) (lt.Session, lt.SessionHandle) {
	t.Helper()
	settings := loopback.Settings()
	defer lt.DeleteSettingsPack(settings)
	change(settings)
	session, err := lt.NewSession(settings, 0)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := session.GetHandle()
	if err != nil {
		t.Fatal(err)
	}
	return session, handle
}

// withoutAlerts has a session say nothing.
func withoutAlerts(settings lt.SettingsPack) { settings.SetInt("alert_mask", 0) }

// useSession calls what a session's handle has.
func useSession(handle lt.SessionHandle) {
	settings := handle.GetSettings()
	handle.ApplySettings(settings)
	lt.DeleteSettingsPack(settings)
	handle.Pause()
	handle.Resume()
	handle.IsPaused()
	handle.IsValid()
	handle.ListenPort()
	handle.SetMemoryBudget(1 << 20)
	lt.DeleteMemoryStats(handle.GetMemoryStats())
	lt.DeleteStdVectorTorrentHandle(handle.GetTorrents())
	handle.WaitForAlert(lt.Milliseconds(1))
}

// comesBack fails the test if a call does not.
func comesBack(t *testing.T, what string, call func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		call()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(loopback.Patience):
		t.Fatal("does not come back: ", what)
	}
}

func TestCallsComeBackBetweenAbortAndDeleteSession(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	session, handle := newSession(t, withoutAlerts)
	m := newMemoryTorrent(t, handle, film, 4)
	comesBack(t, "Abort", session.Abort)
	comesBack(t, "a call", func() {
		for i := 0; i < 20000; i++ { // somewhere between them the session's thread ends
			handle.IsPaused()
		}
		useSession(handle)
		useAll(m.handle)
		if handle.IsValid() || handle.IsPaused() || handle.ListenPort() != 0 {
			t.Error("a session that has ended is alive")
		}
		if _, err := handle.AddTorrent(loopback.Params(t, film, t.TempDir())); err == nil {
			t.Error("a session that has ended takes a torrent")
		}
		if err := handle.RemoveTorrent(m.handle); err == nil {
			t.Error("a session that has ended removes a torrent")
		}
	})
	if err := lt.DeleteSession(session); err != nil {
		t.Error(err)
	}
	lt.DeleteSessionHandle(handle)
}

func TestTheEndOfASessionEndsWaitForAlert(t *testing.T) {
	session, handle := newSession(t, withoutAlerts)
	found := make(chan uintptr)
	go func() { found <- handle.WaitForAlert(lt.Seconds(3600)).Swigcptr() }()
	time.Sleep(50 * time.Millisecond) // it has begun to wait by then, or finds that there is no session
	comesBack(t, "DeleteSession", func() {
		if err := lt.DeleteSession(session); err != nil {
			t.Error(err)
		}
	})
	comesBack(t, "WaitForAlert", func() {
		if alert := <-found; alert != 0 {
			t.Error("a session that has ended has an alert")
		}
	})
	lt.DeleteSessionHandle(handle)
}

// A call of a torrent is as much at risk as one of its session, when the session's thread ends under it.
func TestASessionEndsUnderCallsFromManyGoroutines(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	for round := 0; round < 20; round++ {
		session, handle := newSession(t, withoutAlerts)
		m := newMemoryTorrent(t, handle, film, 4)
		stop := make(chan struct{})
		var begun, all sync.WaitGroup
		for worker := 0; worker < 4; worker++ {
			use := func() { useSession(handle) }
			if worker%2 == 0 {
				use = func() { lt.DeleteTorrentStatus(m.handle.Status()) }
			}
			begun.Add(1)
			all.Add(1)
			go func() {
				defer all.Done()
				use()
				begun.Done()
				for {
					select {
					case <-stop:
						return
					default:
						use()
					}
				}
			}()
		}
		begun.Wait()
		comesBack(t, "the end", func() {
			if round%2 == 0 {
				session.Abort()
			}
			if err := lt.DeleteSession(session); err != nil {
				t.Error(err)
			}
			close(stop)
			all.Wait()
		})
		lt.DeleteSessionHandle(handle)
		lt.DeleteWrappedTorrentHandle(m.handle)
	}
}
