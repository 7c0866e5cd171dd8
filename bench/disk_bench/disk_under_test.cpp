#include "disk_bench/disk_under_test.hpp"

#include "memtorrent/memory_disk.hpp"

#include <libtorrent/disk_buffer_holder.hpp>
#include <libtorrent/disk_observer.hpp>
#include <libtorrent/hasher.hpp>
#include <libtorrent/mmap_disk_io.hpp>
#include <libtorrent/peer_request.hpp>
#include <libtorrent/posix_disk_io.hpp>
#include <libtorrent/storage_defs.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace memtorrent::bench {

namespace {

lt::disk_io_constructor_type constructor_of(disk_kind kind, disk_under_test::options const& o) {
  switch (kind) {
    case disk_kind::memtorrent: {
      memory_disk_config config;
      config.budget_bytes = o.budget_bytes > 0 ? o.budget_bytes : 2 * o.size_bytes;
      return memory_disk_constructor(config);
    }
    case disk_kind::posix: return lt::posix_disk_io_constructor;
    case disk_kind::mmap: return lt::mmap_disk_io_constructor;
  }
  throw std::invalid_argument("no such disk I/O");
}

lt::sha1_hash hash_of_blocks(std::vector<char> const& block, int count) {
  lt::hasher hasher;
  for (int i = 0; i < count; ++i) hasher.update(block);
  return hasher.final();
}

} // namespace

// Is told that writes are accepted again.
class disk_under_test::space_watcher final : public lt::disk_observer {
 public:
  void on_disk() override { is_full = false; }
  bool is_full = false;
};

disk_under_test::disk_under_test(disk_kind kind, options const& o)
    : m_options(o),
      m_block(static_cast<std::size_t>(lt::default_block_size), 'x'),
      m_settings(lt::default_settings()),
      m_work(boost::asio::make_work_guard(m_network_thread)),
      m_watcher(std::make_shared<space_watcher>()) {
  m_layout.add_file("film", o.size_bytes);
  m_layout.set_piece_length(static_cast<int>(o.piece_length_bytes));
  m_layout.set_num_pieces(static_cast<int>(o.size_bytes / o.piece_length_bytes));
  if (m_layout.num_pieces() * o.piece_length_bytes != o.size_bytes)
    throw std::invalid_argument("the size is not a multiple of the piece length");
  m_piece_hash = hash_of_blocks(m_block, blocks_in_piece());
  m_settings.set_int(lt::settings_pack::hashing_threads, o.hashing_threads);
  m_disk = constructor_of(kind, o)(m_network_thread, m_settings, m_counters);
  add_torrent();
}

disk_under_test::~disk_under_test() {
  m_disk->submit_jobs();
  while (m_outstanding > 0) m_network_thread.run_one();
  m_torrent.reset();
  m_disk->abort(true);
  m_work.reset();
  m_network_thread.run();
}

void disk_under_test::add_torrent() {
  auto const folder = m_folder.path().string();
  lt::aux::vector<lt::download_priority_t, lt::file_index_t> const priorities;
  lt::storage_params const params(m_layout, nullptr, folder, lt::storage_mode_sparse, priorities, lt::sha1_hash());
  m_torrent = m_disk->new_torrent(params, nullptr);
  ++m_outstanding;
  m_disk->async_check_files(m_torrent, nullptr, {}, [this](lt::status_t, lt::storage_error const& e) { answered(e); });
  finish();
}

int disk_under_test::blocks_in_piece() const { return m_layout.piece_length() / lt::default_block_size; }

void disk_under_test::answered(lt::storage_error const& error) {
  --m_outstanding;
  if (error) fail("a job failed: " + error.ec.message());
}

// Thrown later, because the destructor runs handlers too.
void disk_under_test::fail(std::string sentence) {
  if (m_failure.empty()) m_failure = std::move(sentence);
}

void disk_under_test::throw_failure() {
  if (!m_failure.empty()) throw std::runtime_error(m_failure);
}

void disk_under_test::write_block(int piece, int block) {
  ++m_outstanding;
  lt::peer_request const request{lt::piece_index_t(piece), block * lt::default_block_size, lt::default_block_size};
  m_watcher->is_full = m_disk->async_write(m_torrent, request, m_block.data(), m_watcher,
                                           [this](lt::storage_error const& error) { answered(error); });
}

void disk_under_test::hash_piece(int piece, std::function<void()> then) {
  ++m_outstanding;
  m_disk->async_hash(
      m_torrent, lt::piece_index_t(piece), {}, lt::disk_interface::v1_hash | lt::disk_interface::flush_piece,
      [this, then = std::move(then)](lt::piece_index_t, lt::sha1_hash const& hash, lt::storage_error const& error) {
        if (then) then();
        answered(error);
        if (hash != m_piece_hash) fail("a piece has the wrong hash");
      });
}

void disk_under_test::read_block(int piece, int block) {
  ++m_outstanding;
  lt::peer_request const request{lt::piece_index_t(piece), block * lt::default_block_size, lt::default_block_size};
  m_disk->async_read(m_torrent, request, [this](lt::disk_buffer_holder const& buffer, lt::storage_error const& error) {
    answered(error);
    if (!error && buffer.data()[lt::default_block_size - 1] != m_block.back()) fail("a wrong byte was read");
  });
}

void disk_under_test::run_ready() {
  m_disk->submit_jobs();
  m_network_thread.poll();
  while (m_watcher->is_full) m_network_thread.run_one();
  throw_failure();
}

void disk_under_test::finish(int most) {
  m_disk->submit_jobs();
  while (m_outstanding > most) m_network_thread.run_one();
  throw_failure();
}

void disk_under_test::start_over() {
  finish();
  m_torrent.reset();
  std::filesystem::remove_all(m_folder.path() / "film");
  add_torrent();
}

void disk_under_test::fill(int pieces) {
  for (int piece = 0; piece < pieces; ++piece)
    for (int block = 0; block < blocks_in_piece(); ++block) {
      write_block(piece, block);
      run_ready();
    }
  finish();
}

} // namespace memtorrent::bench
