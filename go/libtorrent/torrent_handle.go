package libtorrent

// TorrentHandle is a torrent of a session. It goes on being safe when the torrent or the session is gone: IsValid is
// false then.
type TorrentHandle = WrappedTorrentHandle
