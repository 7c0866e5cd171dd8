// Package memtorrent opens torrents like files, and keeps them in RAM.
//
//	torrent, err := memtorrent.Open(ctx, "magnet:?xt=urn:btih:...", memtorrent.Options{Budget: 64 << 20})
//	defer torrent.Close()
//	reader, err := torrent.Files()[0].NewReader(ctx)
//	defer reader.Close()
//	http.ServeContent(w, r, torrent.Files()[0].Path(), time.Time{}, reader)
//
// However large a torrent is, its data never takes more memory than the budget: what was read, and what is far ahead,
// makes space for what is read next. Only what readers are at and ahead of is downloaded. Nothing is written to disk.
//
// Everything may be used by many goroutines at once, but a reader, like an os.File, has one place. What is closed gives
// ErrClosed; closing twice does nothing. Nothing depends on finalizers: what is not closed stays until the program ends.
package memtorrent
