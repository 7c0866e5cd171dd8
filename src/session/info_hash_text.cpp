#include "session/info_hash_text.hpp"

#include <sstream>

namespace memtorrent::session {

namespace {

template <typename Hash>
std::string hex(Hash const& hash) {
  std::ostringstream text;
  text << hash;
  return text.str();
}

} // namespace

std::string info_hash_text(lt::info_hash_t const& hashes) { return hex(hashes.get_best()); }

std::vector<std::string> info_hash_texts(lt::info_hash_t const& hashes) {
  std::vector<std::string> texts{info_hash_text(hashes)};
  if (hashes.has_v1()) texts.push_back(hex(hashes.v1));
  if (hashes.has_v2()) texts.push_back(hex(hashes.v2));
  return texts;
}

} // namespace memtorrent::session
