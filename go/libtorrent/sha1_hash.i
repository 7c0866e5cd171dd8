// Info-hashes are values in Go (sha1_hash.go), so that nobody has to delete them.

%{
#include <libtorrent/sha1_hash.hpp>
%}

%typemap(gotype) libtorrent::sha1_hash "Sha1Hash"
%typemap(imtype) libtorrent::sha1_hash "string"
%typemap(out, fragment="AllocateString") libtorrent::sha1_hash %{
  $result = Swig_AllocateString($1.data(), $1.size());
%}
%typemap(goout) libtorrent::sha1_hash %{
  $result = sha1HashOf(takeString($1))
%}

namespace libtorrent {
class sha1_hash;
}
