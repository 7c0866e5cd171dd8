package libtorrent

import (
	"strings"
	"unsafe"
)

// takeString copies a string that lies in C memory, and frees that.
func takeString(s string) string {
	header := (*struct {
		data   unsafe.Pointer
		length int
	})(unsafe.Pointer(&s))
	copied := strings.Clone(s)
	Swig_free(uintptr(header.data))
	return copied
}
