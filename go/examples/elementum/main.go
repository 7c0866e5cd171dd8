package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
)

func main() {
	memory := flag.Int64("memory", 64<<20, "the most bytes that each torrent may take")
	address := flag.String("http", "127.0.0.1:8090", "where players connect")
	peer := flag.String("peer", "", "a peer to connect to at once, its address and port")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := serve(*memory, *address, *peer, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func serve(memory int64, address, peer string, sources []string) error {
	s, err := newService(memory, os.TempDir(), nil)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
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
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	server := http.Server{Handler: http.FileServer(torrentFS{s})}
	go func() {
		<-interrupted
		_ = server.Close() // Serve says so
	}()
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return s.close()
}
