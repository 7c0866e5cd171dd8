module github.com/memtorrent/memtorrent/go

go 1.19
