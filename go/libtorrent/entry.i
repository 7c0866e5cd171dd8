%{
#include <libtorrent/bencode.hpp>
#include <libtorrent/entry.hpp>

#include <iterator>
%}

namespace libtorrent {

class entry {
 public:
  entry();
};

} // namespace libtorrent

%rename(Bencode) bencode_to_string;
%inline %{
std::string bencode_to_string(libtorrent::entry const& e) {
  std::string bytes;
  libtorrent::bencode(std::back_inserter(bytes), e);
  return bytes;
}
%}
