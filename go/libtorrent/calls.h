// The calls that take memory of Go's: they write into a slice, of which cgo then knows that it must not move.

#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// `memory_storage::read` of the object at `storage`.
int memtorrent_go_read_piece(uintptr_t storage, char* out, int size_bytes, int piece, int offset);

/// `stream_reader::read` of the object at `reader`; `error` is the address of an error_code.
int64_t memtorrent_go_read_stream(uintptr_t reader, char* out, int64_t size_bytes, int64_t offset, uintptr_t error);

#ifdef __cplusplus
}
#endif
