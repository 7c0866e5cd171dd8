// A disk that is busy with a torrent: what peers and libtorrent would have outstanding, all of it at the same time.

#pragma once

#include "support/disk_torrent.hpp"

#include <memory>
#include <string>

namespace memtorrent::test {

class disk_load {
 public:
  /// REQUIRES: every block of the torrent is there, and no write to it is outstanding.
  explicit disk_load(disk_torrent& torrent) : m_torrent(torrent) {}
  disk_load(disk_load const&) = delete;
  disk_load& operator=(disk_load const&) = delete;

  /// Writes every block again, with the bytes it has; reads it, aligned and not; hashes every piece and v2 block.
  void begin();

  /// "all right", or how many were not: of what was begun, which must have been answered.
  [[nodiscard]] std::string answers() const;
  /// "none wrong", when all that was answered without an error is right: what was asked for may be gone.
  [[nodiscard]] std::string wrong_answers() const;
  [[nodiscard]] int failed() const { return m_tally->failed; }

 private:
  struct tally {
    int asked = 0;
    int right = 0;
    int failed = 0;
    lt::error_code first_error;

    void add(lt::error_code const& error, bool is_right);
  };

  void begin_blocks(int piece);
  void begin_hashes(int piece);

  disk_torrent& m_torrent;
  // Outlives the load while an answer can come.
  std::shared_ptr<tally> const m_tally = std::make_shared<tally>();
};

} // namespace memtorrent::test
