#include "support/disk_load.hpp"

#include <algorithm>

namespace memtorrent::test {

void disk_load::begin() {
  for (int piece = 0; piece < m_torrent.num_pieces(); ++piece) {
    begin_blocks(piece);
    begin_hashes(piece);
  }
}

void disk_load::begin_blocks(int piece) {
  int const piece_bytes = static_cast<int>(m_torrent.bytes().piece(piece).size());
  for (int block = 0; block < m_torrent.bytes().blocks_in_piece(piece); ++block) {
    if (!m_torrent.bytes().is_pad_block(piece, block)) {
      ++m_tally->asked;
      m_torrent.begin_write(piece, block, [t = m_tally](lt::storage_error const& error) { t->add(error.ec, true); });
    }
    for (int const start : {block * lt::default_block_size, block * lt::default_block_size + 9'001}) {
      int const length = std::min(lt::default_block_size, piece_bytes - start);
      if (length <= 0) continue;
      ++m_tally->asked;
      m_torrent.begin_read(piece, start, length,
                           [t = m_tally](read_answer answer) { t->add(answer.error, answer.says() == "right"); });
    }
  }
}

void disk_load::begin_hashes(int piece) {
  auto const& bytes = m_torrent.bytes();
  ++m_tally->asked;
  m_torrent.begin_hash(
      piece, lt::disk_interface::v1_hash,
      [t = m_tally, v1 = bytes.v1_hash(piece), v2 = bytes.v2_hashes(piece), is_v2 = m_torrent.layout().v2()](
          hash_answer const& answer) { t->add(answer.error, answer.v1 == v1 && (!is_v2 || answer.v2 == v2)); });
  if (!m_torrent.layout().v2()) return;
  auto const v2 = bytes.v2_hashes(piece);
  for (int block = 0; block < static_cast<int>(v2.size()); ++block) {
    ++m_tally->asked;
    m_torrent.begin_hash_block(piece, block,
                               [t = m_tally, right = v2[static_cast<std::size_t>(block)]](hash_answer const& answer) {
                                 t->add(answer.error, answer.v2[0] == right);
                               });
  }
}

void disk_load::tally::add(lt::error_code const& error, bool is_right) {
  if (!error) {
    right += is_right;
    return;
  }
  ++failed;
  if (!first_error) first_error = error;
}

std::string disk_load::answers() const {
  if (m_tally->right == m_tally->asked) return "all right";
  return std::to_string(m_tally->right) + " of " + std::to_string(m_tally->asked) + " right, " +
         std::to_string(m_tally->failed) + " failed: " + m_tally->first_error.message();
}

std::string disk_load::wrong_answers() const {
  return m_tally->right + m_tally->failed == m_tally->asked ? "none wrong" : "some are wrong: " + answers();
}

} // namespace memtorrent::test
