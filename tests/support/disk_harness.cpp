#include "support/disk_harness.hpp"

#include "support/event_count.hpp"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>
#include <libtorrent/storage_defs.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

namespace memtorrent::test {

namespace {

lt::piece_index_t piece_at(int piece) { return lt::piece_index_t(piece); }

} // namespace

lt::error_code cancelled() { return boost::asio::error::operation_aborted; }

// ---- harness ----

disk_harness::disk_harness(std::int64_t budget_bytes, int hashing_threads)
    : m_constructor({.budget_bytes = budget_bytes}),
      m_disk(m_constructor.disk()),
      m_network_thread(std::make_unique<lt::io_context>(1)) {
  m_settings.set_int(lt::settings_pack::hashing_threads, hashing_threads);
  m_io = m_constructor(*m_network_thread, m_settings, m_counters);
}

disk_harness::~disk_harness() {
  end_session();
  EXPECT_EQ(stats().used_bytes, 0);
  EXPECT_EQ(stats().mapped_bytes, 0);
}

void disk_harness::run_until(std::function<bool()> const& done) {
  auto const limit = std::chrono::steady_clock::now() + patience;
  m_network_thread->restart();
  while (!done())
    if (m_network_thread->run_one_until(limit) == 0) throw std::runtime_error("the disk I/O does not answer");
}

void disk_harness::run_all() {
  m_network_thread->restart();
  m_network_thread->run_for(patience);
  EXPECT_TRUE(m_network_thread->stopped()) << "the disk I/O does not come to an end";
}

bool disk_harness::run_one_ready() {
  m_network_thread->restart();
  return m_network_thread->poll_one() > 0;
}

void disk_harness::end_session() {
  if (!m_io) return;
  m_io->abort(false);
  run_all();
  end_session_abruptly();
}

void disk_harness::end_session_abruptly() {
  m_io.reset();
  m_network_thread.reset();
}

// ---- torrent ----

std::string read_answer::says() const {
  if (error) return error.message();
  if (buffer.size() != std::ssize(expected)) return "of another length";
  auto const wrong = std::mismatch(expected.begin(), expected.end(), buffer.data()).first - expected.begin();
  return wrong == std::ssize(expected) ? "right" : "wrong from byte " + std::to_string(wrong) + " on";
}

disk_torrent::disk_torrent(disk_harness& ram, lt::file_storage layout, std::uint64_t seed)
    : m_ram(ram), m_layout(std::move(layout)), m_bytes(m_layout, seed) {
  std::string const path;
  lt::aux::vector<lt::download_priority_t, lt::file_index_t> const priorities;
  lt::storage_params const params(m_layout, nullptr, path, lt::storage_mode_sparse, priorities, lt::sha1_hash());
  m_holder = m_ram.io().new_torrent(params, nullptr);
}

bool disk_torrent::begin_write(int piece, int block, std::function<void(lt::storage_error const&)> handler,
                               std::shared_ptr<lt::disk_observer> observer) {
  auto const data = m_bytes.block(piece, block);
  // A copy that is gone after the call, as libtorrent's receive buffer is.
  std::vector<char> const received(data.begin(), data.end());
  lt::peer_request const request{piece_at(piece), block * lt::default_block_size, static_cast<int>(data.size())};
  return m_ram.io().async_write(index(), request, received.data(), std::move(observer), std::move(handler));
}

void disk_torrent::begin_read(int piece, int start, int length, std::function<void(read_answer)> handler) {
  auto const right = m_bytes.piece(piece).subspan(start, length);
  m_ram.io().async_read(index(), {piece_at(piece), start, length},
                        [handler = std::move(handler), expected = std::vector<char>(right.begin(), right.end())](
                            lt::disk_buffer_holder buffer, lt::storage_error const& error) {
                          handler({error.ec, std::move(buffer), expected});
                        });
}

void disk_torrent::begin_hash(int piece, lt::disk_job_flags_t flags, std::function<void(hash_answer)> handler) {
  auto const v2 = std::make_shared<std::vector<lt::sha256_hash>>();
  if (m_layout.v2()) v2->resize(static_cast<std::size_t>(m_layout.blocks_in_piece2(piece_at(piece))));
  m_ram.io().async_hash(index(), piece_at(piece), *v2, flags,
                        [=](lt::piece_index_t answered, lt::sha1_hash const& v1, lt::storage_error const& error) {
                          EXPECT_EQ(answered, piece_at(piece));
                          handler({error.ec, v1, *v2});
                        });
}

lt::error_code disk_torrent::write(int piece, int block) {
  auto const answer = std::make_shared<std::optional<lt::error_code>>();
  begin_write(piece, block, [answer](lt::storage_error const& error) { *answer = error.ec; });
  m_ram.run_until([&] { return answer->has_value(); });
  return **answer;
}

read_answer disk_torrent::read(int piece, int start, int length) {
  auto const answer = std::make_shared<std::optional<read_answer>>();
  begin_read(piece, start, length, [answer](read_answer a) { *answer = std::move(a); });
  m_ram.run_until([&] { return answer->has_value(); });
  return std::move(**answer);
}

hash_answer disk_torrent::hash(int piece, lt::disk_job_flags_t flags) {
  auto const answer = std::make_shared<std::optional<hash_answer>>();
  begin_hash(piece, flags, [answer](hash_answer a) { *answer = std::move(a); });
  m_ram.run_until([&] { return answer->has_value(); });
  return std::move(**answer);
}

hash_answer disk_torrent::hash_block(int piece, int block) {
  auto const answer = std::make_shared<std::optional<hash_answer>>();
  m_ram.io().async_hash2(index(), piece_at(piece), block * lt::default_block_size, {},
                         [=](lt::piece_index_t answered, lt::sha256_hash const& hash, lt::storage_error const& error) {
                           EXPECT_EQ(answered, piece_at(piece));
                           *answer = hash_answer{error.ec, {}, {hash}};
                         });
  m_ram.run_until([&] { return answer->has_value(); });
  return std::move(**answer);
}

void disk_torrent::write_piece(int piece) {
  for (int block = 0; block < m_bytes.blocks_in_piece(piece); ++block)
    if (!m_bytes.is_pad_block(piece, block)) {
      EXPECT_EQ(write(piece, block), lt::error_code());
    }
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
