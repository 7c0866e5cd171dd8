#include "support/disk_torrent.hpp"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>
#include <libtorrent/storage_defs.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace memtorrent::test {

namespace {

lt::piece_index_t piece_at(int piece) { return lt::piece_index_t(piece); }

} // namespace

lt::error_code cancelled() { return boost::asio::error::operation_aborted; }

std::string read_answer::says() const {
  if (error) return error.message();
  auto const length = std::ssize(expected);
  if (buffer.size() < length || (buffer.size() > length && !may_be_longer)) return "of another length";
  auto const wrong = std::mismatch(expected.begin(), expected.end(), buffer.data()).first - expected.begin();
  return wrong == length ? "right" : "wrong from byte " + std::to_string(wrong) + " on";
}

disk_torrent::disk_torrent(lone_disk& disk, lt::file_storage layout, std::uint64_t seed,
                           std::filesystem::path save_path)
    : m_disk(disk),
      m_layout(std::move(layout)),
      m_save_path(save_path.empty() ? disk.new_save_path() : std::move(save_path)),
      m_bytes(m_layout, seed) {
  std::string const path = m_save_path.string();
  lt::aux::vector<lt::download_priority_t, lt::file_index_t> const priorities;
  lt::storage_params const params(m_layout, nullptr, path, lt::storage_mode_sparse, priorities, lt::sha1_hash());
  m_holder = m_disk.io().new_torrent(params, nullptr);
}

bool disk_torrent::begin_write(int piece, int block, std::function<void(lt::storage_error const&)> handler,
                               std::shared_ptr<lt::disk_observer> observer) {
  auto const data = m_bytes.block(piece, block);
  // A copy that is gone after the call, as libtorrent's receive buffer is.
  std::vector<char> const received(data.begin(), data.end());
  lt::peer_request const request{piece_at(piece), block * lt::default_block_size, static_cast<int>(data.size())};
  return m_disk.io().async_write(index(), request, received.data(), std::move(observer), std::move(handler));
}

void disk_torrent::begin_read(int piece, int start, int length, std::function<void(read_answer)> handler,
                              lt::disk_job_flags_t flags) {
  auto const right = m_bytes.piece(piece).subspan(start, length);
  m_disk.io().async_read(
      index(), {piece_at(piece), start, length},
      [handler = std::move(handler), expected = std::vector<char>(right.begin(), right.end()),
       may_be_longer = !m_disk.has(habit::gives_the_length_asked_for)](lt::disk_buffer_holder buffer,
                                                                       lt::storage_error const& error) {
        handler({error.ec, std::move(buffer), expected, may_be_longer});
      },
      flags);
}

void disk_torrent::begin_hash(int piece, lt::disk_job_flags_t flags, std::function<void(hash_answer)> handler) {
  auto const v2 = std::make_shared<std::vector<lt::sha256_hash>>();
  if (m_layout.v2()) v2->resize(static_cast<std::size_t>(m_layout.blocks_in_piece2(piece_at(piece))));
  m_disk.io().async_hash(index(), piece_at(piece), *v2, flags,
                         [=](lt::piece_index_t answered, lt::sha1_hash const& v1, lt::storage_error const& error) {
                           EXPECT_EQ(answered, piece_at(piece));
                           handler({error.ec, v1, *v2});
                         });
}

void disk_torrent::begin_hash_block(int piece, int block, std::function<void(hash_answer)> handler) {
  m_disk.io().async_hash2(index(), piece_at(piece), block * lt::default_block_size, {},
                          [=](lt::piece_index_t answered, lt::sha256_hash const& hash, lt::storage_error const& error) {
                            EXPECT_EQ(answered, piece_at(piece));
                            handler({error.ec, {}, {hash}});
                          });
}

void disk_torrent::begin_write_piece(int piece) {
  for (int block = 0; block < m_bytes.blocks_in_piece(piece); ++block)
    if (!m_bytes.is_pad_block(piece, block)) begin_write(piece, block, [](lt::storage_error const&) {});
}

lt::error_code disk_torrent::write(int piece, int block) {
  auto const answer = std::make_shared<std::optional<lt::error_code>>();
  begin_write(piece, block, [answer](lt::storage_error const& error) { *answer = error.ec; });
  m_disk.run_until([&] { return answer->has_value(); });
  return **answer;
}

read_answer disk_torrent::read(int piece, int start, int length, lt::disk_job_flags_t flags) {
  auto const answer = std::make_shared<std::optional<read_answer>>();
  begin_read(
      piece, start, length, [answer](read_answer a) { *answer = std::move(a); }, flags);
  m_disk.run_until([&] { return answer->has_value(); });
  return std::move(**answer);
}

hash_answer disk_torrent::hash(int piece, lt::disk_job_flags_t flags) {
  auto const answer = std::make_shared<std::optional<hash_answer>>();
  begin_hash(piece, flags, [answer](hash_answer a) { *answer = std::move(a); });
  m_disk.run_until([&] { return answer->has_value(); });
  return std::move(**answer);
}

hash_answer disk_torrent::hash_block(int piece, int block) {
  auto const answer = std::make_shared<std::optional<hash_answer>>();
  begin_hash_block(piece, block, [answer](hash_answer a) { *answer = std::move(a); });
  m_disk.run_until([&] { return answer->has_value(); });
  return std::move(**answer);
}

void disk_torrent::write_piece(int piece) {
  for (int block = 0; block < m_bytes.blocks_in_piece(piece); ++block)
    if (!m_bytes.is_pad_block(piece, block)) {
      EXPECT_EQ(write(piece, block), lt::error_code());
    }
  m_disk.wait_for_workers();
}

void disk_torrent::write_all() {
  for (int piece = 0; piece < num_pieces(); ++piece) write_piece(piece);
}

std::vector<int> disk_torrent::pieces_there() {
  std::vector<int> there;
  for (int piece = 0; piece < num_pieces(); ++piece) {
    bool found = false;
    for (int block = 0; !found && block < m_bytes.blocks_in_piece(piece); ++block)
      found = !m_bytes.is_pad_block(piece, block) && !read(piece, block * lt::default_block_size, 1).error;
    if (found) there.push_back(piece);
  }
  return there;
}

} // namespace memtorrent::test
