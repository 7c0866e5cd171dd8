// Gostream streams the largest file of a torrent over HTTP, from RAM.
//
//	gostream [-budget BYTES] [-http ADDRESS:PORT] MAGNET|TORRENT [HOST:PORT]...
//
// Each HOST:PORT is a peer to connect to at once.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/memtorrent/memtorrent/go/memtorrent"
)

func main() {
	budget := flag.Int64("budget", memtorrent.DefaultBudget, "the most bytes that the torrent's data may take")
	address := flag.String("http", "127.0.0.1:8090", "where players connect")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: gostream [-budget BYTES] [-http ADDRESS:PORT] MAGNET|TORRENT [HOST:PORT]...")
	}
	options := memtorrent.Options{Budget: *budget, Peers: flag.Args()[1:]}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := stream(ctx, flag.Arg(0), *address, options); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

func stream(ctx context.Context, source, address string, options memtorrent.Options) error {
	torrent, err := memtorrent.Open(ctx, source, options)
	if err != nil {
		return err
	}
	defer torrent.Close()
	film := torrent.Largest()
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reader, err := film.NewReader(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer reader.Close()
		http.ServeContent(w, r, film.Path(), time.Time{}, reader)
	})}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() { <-ctx.Done(); server.Close() }()
	fmt.Printf("http://%s/\n", listener.Addr())
	return server.Serve(listener)
}
