package libtorrent

// #include "calls.h"
import "C"

import "unsafe"

// ReadStream copies what is there of a file from offset on, at least one byte, and waits for that. 0 without an error is
// the end of the file. WrappedStreamReader.Cancel, from another goroutine, ends the wait.
func ReadStream(reader WrappedStreamReader, buffer []byte, offset int64, code ErrorCode) int {
	if len(buffer) == 0 {
		return 0
	}
	out := (*C.char)(unsafe.Pointer(&buffer[0]))
	return int(C.memtorrent_go_read_stream(C.uintptr_t(reader.Swigcptr()), out, C.int64_t(len(buffer)),
		C.int64_t(offset), C.uintptr_t(code.Swigcptr())))
}
