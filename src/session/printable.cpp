#include "session/printable.hpp"

namespace memtorrent::session {

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto const byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F, the second set of control characters, in UTF-8.
    auto const is_c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (is_c1) ++i;
    shown += is_c1 || byte < 0x20 || byte == 0x7f ? '?' : text[i];
  }
  return shown;
}

} // namespace memtorrent::session
