package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// The long run: go test -race ./examples/elementum -streaming 5m -film 1073741824
var (
	streaming = flag.Duration("streaming", 10*time.Second, "how long films are streamed")
	filmBytes = flag.Int64("film", 256<<20, "how large the films are")
)

const (
	memoryBytes = 64 << 20
	pieceLength = 2 << 20
)

func loopbackOnly(settings lt.SettingsPack) {
	settings.SetStr("listen_interfaces", "127.0.0.1:0")
	for _, name := range []string{"enable_dht", "enable_lsd", "enable_upnp", "enable_natpmp"} {
		settings.SetBool(name, false)
	}
	settings.SetBool("allow_multiple_connections_per_ip", true)
}

func startService(t *testing.T, memory int64, downloads string) *service {
	t.Helper()
	s, err := newService(memory, downloads, loopbackOnly)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func addTorrent(t *testing.T, s *service, film *loopback.Film, inMemory bool, seed int) *torrent {
	t.Helper()
	added, err := s.add(film.Torrent, inMemory)
	if err != nil {
		t.Fatal(err)
	}
	added.th.ConnectPeer("127.0.0.1", seed)
	select {
	case <-added.metadata:
	case <-time.After(loopback.Patience):
		t.Fatal("the metadata do not come")
	}
	return added
}

// play has ffmpeg read length bytes of url from offset on, and compares every byte that it puts out.
func play(film *loopback.Film, url string, offset, length int64) error {
	command := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "data", "-offset", strconv.FormatInt(offset, 10),
		"-i", url, "-map", "0", "-c", "copy", "-f", "data", "-")
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		return err
	}
	defer func() {
		_ = command.Process.Kill() // it may have ended, and has more to say than is wanted
		_ = command.Wait()
	}()
	in := bufio.NewReaderSize(out, 1<<20)
	buffer := make([]byte, 1<<20)
	for end := offset + length; offset < end; {
		part := buffer
		if left := end - offset; left < int64(len(part)) {
			part = part[:left]
		}
		n, err := io.ReadFull(in, part)
		if wrong := film.FirstWrongByte(offset, part[:n]); wrong >= 0 {
			return fmt.Errorf("byte %d of %s is wrong", offset+int64(wrong), film.Name)
		}
		offset += int64(n)
		if err != nil {
			return fmt.Errorf("%s ends at %d: %w", film.Name, offset, err)
		}
	}
	return nil
}

// watch streams a film with seeks, also back into what was evicted, until stop is closed. Returns bytes and seeks.
func watch(film *loopback.Film, url string, random *rand.Rand, stop chan struct{}) (int64, int, error) {
	var bytes int64
	visited := []int64{0}
	for seeks := 0; ; seeks++ {
		select {
		case <-stop:
			return bytes, seeks, nil
		default:
		}
		offset := random.Int63n(film.Size)
		if seeks%3 == 0 {
			offset = visited[random.Intn(len(visited))]
		}
		visited = append(visited, offset)
		length := int64(1<<20) + random.Int63n(32<<20)
		if left := film.Size - offset; length > left {
			length = left
		}
		if err := play(film, url, offset, length); err != nil {
			return bytes, seeks, err
		}
		bytes += length
	}
}

func TestStreamsTwoFilmsToFFmpegWhileAnotherIsDownloaded(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("there is no ffmpeg here")
	}
	one := loopback.NewFilm(t, "one.mkv", *filmBytes, pieceLength, lt.CreateTorrentV1Only)
	two := loopback.NewFilm(t, "two.mkv", *filmBytes/2, pieceLength, lt.CreateTorrentV1Only)
	background := loopback.NewFilm(t, "background.mkv", 64<<20, pieceLength, lt.CreateTorrentV1Only)
	seed := loopback.Seed(t, one, two, background)
	downloads := t.TempDir()
	s := startService(t, memoryBytes, downloads)
	server := httptest.NewServer(http.FileServer(torrentFS{s}))

	inFiles := addTorrent(t, s, background, false, seed)
	stop := make(chan struct{})
	var watching sync.WaitGroup
	var films []*torrent
	for i, film := range []*loopback.Film{one, two} {
		added := addTorrent(t, s, film, true, seed)
		added.buffer(added.files[0], 8<<20)
		films = append(films, added)
		watching.Add(1)
		go func(i int, film *loopback.Film) {
			defer watching.Done()
			bytes, seeks, err := watch(film, server.URL+"/"+film.Name, rand.New(rand.NewSource(int64(i))), stop)
			t.Logf("%s: %d MiB in %d pieces of the film", film.Name, bytes>>20, seeks)
			if err != nil {
				t.Error(err)
			}
		}(i, film)
	}

	// Films go on out of the first session while the second one has one of them too.
	time.Sleep(*streaming / 2)
	first := s.session()
	if err := s.reconfigure(loopbackOnly); err != nil {
		t.Fatal(err)
	}
	reconfigured := addTorrent(t, s, two, true, seed)
	reconfigured.buffer(reconfigured.files[0], 4<<20)
	s.session().settings.SetInt("upload_rate_limit", 1<<20)
	s.session().handle.ApplySettings(s.session().settings)

	time.Sleep(*streaming / 2)
	close(stop)
	watching.Wait()
	loopback.Until(t, "the download to files", func() bool {
		status := inFiles.th.Status()
		defer lt.DeleteTorrentStatus(status)
		return status.GetIsSeeding()
	})
	// libtorrent seeds what it has hashed, and may still be writing it.
	loopback.Until(t, "the right file", func() bool {
		content, err := os.ReadFile(filepath.Join(downloads, background.Name))
		return err == nil && int64(len(content)) == background.Size && background.FirstWrongByte(0, content) < 0
	})
	stats := first.handle.GetMemoryStats()
	t.Logf("memory: peak %d of %d MiB, %d pieces evicted, %d blocks dropped", stats.GetPeakBytes()>>20,
		stats.GetBudgetBytes()>>20, stats.GetCompletePiecesEvicted(), stats.GetBlocksDropped())
	if stats.GetPeakBytes() > 2*memoryBytes {
		t.Error("two torrents took more than was given to them")
	}
	lt.DeleteMemoryStats(stats)
	server.Close()

	// Those of the first session are removed through the second one, and nothing else is.
	for _, added := range films {
		added.drop()
		loopback.Until(t, "the torrent's end", func() bool { return !added.th.IsValid() })
	}
	if !reconfigured.th.IsValid() || !reconfigured.hasPiece(0) {
		t.Error("the wrong torrent went")
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func TestAReaderEndsWithItsTorrent(t *testing.T) {
	film := loopback.NewFilm(t, "film.mkv", 32<<20, pieceLength, lt.CreateTorrentV1Only)
	s := startService(t, memoryBytes, t.TempDir())
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	added := addTorrent(t, s, film, true, 1) // nobody has it
	opened, err := torrentFS{s}.Open("/" + film.Name)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, added.drop)
	if n, err := opened.Read(make([]byte, 100)); n != 0 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
	if err := opened.Close(); err != nil {
		t.Error(err)
	}
}

func TestClosingWaitsForFilesThatAreOpen(t *testing.T) {
	film := loopback.NewFilm(t, "film.mkv", 32<<20, pieceLength, lt.CreateTorrentV1Only)
	s := startService(t, memoryBytes, t.TempDir())
	addTorrent(t, s, film, true, 1) // nobody has it
	opened, err := torrentFS{s}.Open("/" + film.Name)
	if err != nil {
		t.Fatal(err)
	}
	closing := make(chan struct{})
	go func() {
		_, _ = opened.Read(make([]byte, 100)) // ends with the torrent
		time.Sleep(time.Second)               // who reads has more to do
		close(closing)
		_ = opened.Close()
	}()
	if err := s.close(); err != nil {
		t.Error(err)
	}
	select {
	case <-closing:
	default:
		t.Error("a file is open whose torrent has been freed")
	}
	if _, err := (torrentFS{s}).Open("/" + film.Name); err == nil {
		t.Error("a file is opened of a torrent that has been freed")
	}
}

func TestServingEndsWhileAPlayerWaits(t *testing.T) {
	film := loopback.NewFilm(t, "film.mkv", 32<<20, pieceLength, lt.CreateTorrentV1Only)
	s := startService(t, memoryBytes, t.TempDir())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	served := make(chan error)
	go func() { served <- serve(ctx, s, listener, "127.0.0.1:1", []string{film.Torrent}) }() // nobody has it
	loopback.Until(t, "the film", func() bool {
		opened, err := torrentFS{s}.Open("/" + film.Name)
		return err == nil && opened.Close() == nil
	})
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		response, err := http.Get("http://" + listener.Addr().String() + "/" + film.Name)
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body) // which ends, whatever comes of it
			_ = response.Body.Close()
		}
	}()
	loopback.Until(t, "the player", func() bool {
		playing := s.all()[0]
		playing.mutex.Lock()
		defer playing.mutex.Unlock()
		return len(playing.awaiting) > 0
	})
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
	<-answered
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

func TestMetadataOfATorrentThatIsGoneDoNotCome(t *testing.T) {
	film := loopback.NewFilm(t, "film.mkv", 32<<20, pieceLength, lt.CreateTorrentV1Only)
	s := startService(t, memoryBytes, t.TempDir())
	added := addTorrent(t, s, film, true, 1)
	added.drop()
	loopback.Until(t, "the torrent's end", func() bool { return !added.th.IsValid() })
	late := newTorrent(s, added.th, false)
	late.gotMetadata()
	select {
	case <-late.metadata:
		t.Error("the torrent is gone, and has metadata")
	default:
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
