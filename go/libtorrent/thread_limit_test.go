package libtorrent_test

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"testing"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

const inSmallProcess = "MEMTORRENT_TEST_IN_SMALL_PROCESS"

// A thread needs 8 MiB of addresses, and there is no space for them. What is tried in a process that cannot have more
// memory is tried in one of its own.
func TestASessionThatCannotStartAThreadIsAnError(t *testing.T) {
	if os.Getenv(inSmallProcess) == "" {
		residentBytes(t) // skips where there is no /proc
		shell := "ulimit -s 8192 && exec \"$0\" \"$1\""
		command := exec.Command("sh", "-c", shell, os.Args[0], "-test.run=^"+t.Name()+"$")
		command.Env = append(os.Environ(), inSmallProcess+"=1")
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	settings := loopback.Settings()
	debug.SetGCPercent(-1)
	startThreadsOfGo()
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &before); err != nil {
		t.Fatal(err)
	}
	limit := syscall.Rlimit{Cur: uint64(memoryBytes(t, 0)) + 4<<20, Max: before.Max}
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &limit); err != nil {
		t.Fatal(err)
	}
	_, err := lt.NewSession(settings, 0)
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &before); err != nil {
		t.Fatal(err)
	}
	if err == nil {
		t.Error("there is a session without a thread")
	}
	t.Log(err)
}

// startThreadsOfGo has Go start the threads that it may need, because it ends the process if it cannot start one.
func startThreadsOfGo() {
	var all sync.WaitGroup
	for i := 0; i < 16; i++ {
		all.Add(1)
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			all.Done()
			all.Wait()
		}()
	}
	all.Wait()
}
