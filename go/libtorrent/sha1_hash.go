package libtorrent

import "encoding/hex"

// Sha1Hash is an info-hash: the v1 one, also of hybrid torrents; of v2 torrents the first 20 bytes of theirs.
type Sha1Hash struct{ bytes string }

func sha1HashOf(bytes string) Sha1Hash { return Sha1Hash{bytes} }

// ToString returns the 20 bytes as they are.
func (h Sha1Hash) ToString() string { return h.bytes }

// String returns the hash in hexadecimal, as people write it.
func (h Sha1Hash) String() string { return hex.EncodeToString([]byte(h.bytes)) }
