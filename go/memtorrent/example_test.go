package memtorrent_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"testing"
	"time"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
	"github.com/memtorrent/memtorrent/go/memtorrent"
)

// example stands in for a test where there is none: it makes a film of 4 MiB and a peer that has it.
type example struct {
	testing.TB
	ends []func()
}

func (e *example) Helper()            {}
func (e *example) Fatal(a ...any)     { log.Fatal(a...) }
func (e *example) Error(a ...any)     { log.Print(a...) }
func (e *example) Cleanup(end func()) { e.ends = append(e.ends, end) }

func (e *example) TempDir() string {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	e.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func (e *example) close() {
	for i := len(e.ends) - 1; i >= 0; i-- {
		e.ends[i]()
	}
}

func (e *example) film() (torrentFile string, options memtorrent.Options) {
	film := loopback.NewFilm(e, "film.mkv", 4<<20, pieceLength, lt.CreateTorrentV1Only)
	return film.Torrent, smallOptions(loopback.Seed(e, film))
}

func smallOptions(port int) memtorrent.Options { return options(4<<20, port) }

func ExampleOpen() {
	e := &example{}
	defer e.close()
	source, options := e.film() // your own: a magnet link, a .torrent file, or its URL; and memtorrent.Options{}

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	torrent, err := memtorrent.Open(ctx, source, options)
	if err != nil {
		log.Fatal(err)
	}
	defer torrent.Close()

	for _, file := range torrent.Files() {
		reader, err := file.NewReader(ctx)
		if err != nil {
			log.Fatal(err)
		}
		n, err := io.Copy(io.Discard, reader)
		reader.Close()
		fmt.Println(file.Path(), n, err)
	}
	// Output: film.mkv 4194304 <nil>
}

func ExampleFile_NewReader_http() {
	e := &example{}
	defer e.close()
	source, options := e.film()
	torrent, err := memtorrent.Open(context.Background(), source, options)
	if err != nil {
		log.Fatal(err)
	}
	defer torrent.Close()

	film := torrent.Largest()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reader, err := film.NewReader(r.Context()) // ends with the player's connection
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer reader.Close()
		http.ServeContent(w, r, path.Base(film.Path()), time.Time{}, reader)
	}))
	defer server.Close()

	response, err := http.Get(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	fmt.Println(response.Status, n, err)
	// Output: 200 OK 4194304 <nil>
}

func ExampleFile_Preload() {
	e := &example{}
	defer e.close()
	source, options := e.film()
	torrent, err := memtorrent.Open(context.Background(), source, options)
	if err != nil {
		log.Fatal(err)
	}
	defer torrent.Close()

	last := memtorrent.Progress{}
	err = torrent.Largest().Preload(context.Background(), 512<<10, func(now memtorrent.Progress) {
		last = now // a buffering dialog shows now.Done of now.Total, and now.Left
	})
	fmt.Println(last.Done, last.Total, err)
	// Output: 1572864 1572864 <nil>
}
