package main

import (
	"unsafe"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// bitOf reads the bitmap as Elementum does: through the address of its bytes. (Bitfield.GetBit does the same.)
func bitOf(bits lt.Bitfield, index int) bool {
	if index < 0 || index >= bits.Size() {
		return false
	}
	address := bits.Bytes()
	first := *(*unsafe.Pointer)(unsafe.Pointer(&address))
	return unsafe.Slice((*byte)(first), (bits.Size()+7)/8)[index/8]&(0x80>>uint(index%8)) != 0
}
