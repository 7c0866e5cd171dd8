#pragma once

#include "disk/piece_listener.hpp"

namespace memtorrent::test {

/// Does nothing about what it hears, and counts what a test asks for.
struct deaf_listener : piece_listener {
  void on_piece_passed(lt::piece_index_t /*piece*/) override {}
  void on_piece_evicted(lt::piece_index_t /*piece*/) override {}
  void on_piece_failed(lt::piece_index_t /*piece*/) override {}
  void on_block_dropped(lt::piece_index_t /*piece*/) override {}
  void on_recheck_needed() override {}
  void on_share_changed() override { ++share_changes; }
  void on_closed(boost::system::error_code /*reason*/) override {}

  int share_changes = 0;
};

} // namespace memtorrent::test
