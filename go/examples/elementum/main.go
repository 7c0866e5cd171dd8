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
	"strconv"
	"time"
)

// How long players may take to read what was sent to them, when the program ends.
const patience = 5 * time.Second

func main() {
	memory := flag.Int64("memory", 64<<20, "the most bytes that each torrent may take")
	address := flag.String("http", "127.0.0.1:8090", "where players connect")
	peer := flag.String("peer", "", "a peer to connect to at once, its address and port")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(interrupted, *memory, *address, *peer, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

// run serves the torrents until ctx is done.
func run(ctx context.Context, memory int64, address, peer string, sources []string) error {
	s, err := newService(memory, os.TempDir(), nil)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err == nil {
		err = serve(ctx, s, listener, peer, sources)
	}
	if closed := s.close(); err == nil {
		err = closed
	}
	return err
}

// serve closes the listener.
func serve(ctx context.Context, s *service, listener net.Listener, peer string, sources []string) error {
	defer listener.Close()
	for _, source := range sources {
		t, err := s.add(source, true)
		if err != nil {
			return err
		}
		if host, port, err := net.SplitHostPort(peer); err == nil {
			if number, err := strconv.Atoi(port); err == nil {
				t.th.ConnectPeer(host, number)
			}
		}
		go func() {
			<-t.metadata
			for _, f := range t.files {
				fmt.Printf("http://%s/%s\n", listener.Addr(), f.path)
			}
		}()
	}
	server := http.Server{Handler: http.FileServer(torrentFS{s})}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		s.dropAll()
		soon, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if server.Shutdown(soon) != nil {
			_ = server.Close() // of those who do not read
		}
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		_ = server.Close() // the first error says more
		return err
	}
	<-stopped
	return nil
}
