// Package libtorrent is libtorrent 2.0 for Go, with torrents that live in RAM.
//
// It has what programs use that were written for the bindings of libtorrent 1.1 and their per-torrent memory storage, by
// the same names: docs/porting.md says what is different. A Go program that only wants to open torrents and read their
// files takes package memtorrent, which is made on top of this one.
//
//	settings := libtorrent.NewSettingsPack()
//	session, err := libtorrent.NewSession(settings, libtorrent.WrappedSessionHandleAddDefaultPlugins)
//	handle, err := session.GetHandle()
//	params := libtorrent.NewAddTorrentParams()
//	params.SetMemoryStorage(64 << 20) // this torrent in RAM; others go to files
//	torrent, err := handle.AddTorrent(params)
//	memory := torrent.GetMemoryStorage()
//	n := memory.Read(buffer, len(buffer), piece, offset) // -1: not there, try again
//
// # Ownership
//
// What New… and a method gives by value (a TorrentStatus, a vector, an Entry) lives until its Delete… is called, or for
// ever. What a method gives of an object (the Bitfield of a TorrentStatus, an element of a vector, the FileStorage of a
// TorrentInfo, the handle of an alert) lives as long as that object. Alerts live until the next PopAlerts, or until the
// session ends. Info-hashes and MemoryStorage look after themselves. A Session lives until DeleteSession, a SessionHandle
// until DeleteSessionHandle.
//
// # When a torrent or a session is gone
//
// Calls that return an error return one. All others do nothing, and give what an empty object holds. A call never
// panics or hangs for such a reason. A session is gone from Abort on. Passing nil, or an object that was deleted, is a
// mistake of the program.
//
// # Goroutines
//
// Torrents, sessions' handles and MemoryStorage may be used by many goroutines at once; everything else by one at a
// time.
package libtorrent
