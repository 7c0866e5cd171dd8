package libtorrent

// Where the installed library is found: `cmake --install` puts memtorrent.pc beside it, and PKG_CONFIG_PATH names the
// folder if it is not one that pkg-config knows.

//go:generate swig -go -cgo -intgosize 64 -c++ libtorrent.i

// #cgo pkg-config: memtorrent
// #cgo CXXFLAGS: -std=c++17 -O2
import "C"
