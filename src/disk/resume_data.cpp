#include "memtorrent/memory_disk.hpp"

namespace memtorrent {

void forget_pieces_in_memory(lt::add_torrent_params& resume_data) {
  resume_data.have_pieces.clear();
  resume_data.verified_pieces.clear();
  resume_data.unfinished_pieces.clear();
  resume_data.flags &= ~lt::torrent_flags::seed_mode;
}

} // namespace memtorrent
