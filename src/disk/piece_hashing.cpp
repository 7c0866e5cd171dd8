#include "disk/piece_hashing.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

namespace memtorrent {

namespace {

// A worker is woken for at least 256 KiB, which takes it 0.14 ms where the processor has instructions for SHA.
//   - Less: waking it costs too much (at 64 KiB a third of the network thread's system time).
//   - Much more: the blocks are no longer in the processor's cache, and many are still to hash when libtorrent asks.
constexpr int least_blocks_early = 16;
// How many it takes at once. A piece cannot be freed while a worker holds its blocks.
constexpr int most_blocks_at_once = 32;

lt::storage_error cancelled() { return {boost::asio::error::operation_aborted, lt::operation_t::file_read}; }

// Half of the cores: the network thread needs one, and a player the rest.
int threads_for_this_machine() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, 4); }

} // namespace

piece_hashing::piece_hashing(lt::io_context& io, std::shared_ptr<network_thread> network, back_pressure& pressure,
                             int threads)
    : m_io(io),
      m_network(std::move(network)),
      m_pressure(pressure),
      m_workers(threads > 0 ? threads : threads_for_this_machine()) {}

boost::system::error_code piece_hashing::set_threads(int threads) {
  return m_workers.set_threads(threads > 0 ? threads : threads_for_this_machine());
}

void piece_hashing::block_arrived(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece) {
  give_to_worker(storage, piece, least_blocks_early);
}

void piece_hashing::give_to_worker(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece,
                                   int least_blocks) {
  auto const generation = storage->begin_hashing(piece, least_blocks);
  if (generation == 0) return;
  m_workers.submit([this, network = m_network, &pressure = m_pressure, storage, piece, generation](bool was_cancelled) {
    if (was_cancelled) return;
    while (auto run = storage->take_hash_run(piece, generation, most_blocks_at_once)) {
      run->work(storage->geometry());
      storage->return_hash_run(*run);
      pressure.blocks_hashed();
    }
    if (storage->is_hash_requested(piece)) network->post([this, storage, piece] { worker_finished(storage, piece); });
  });
}

bool piece_hashing::hash_piece(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece,
                               hash_kinds kinds, lt::span<lt::sha256_hash> v2, hash_handler& handler,
                               answered_handler answered) {
  auto const state = storage->request_hash(piece, kinds);
  if (state == memory_storage::hash_state::incomplete) return false;
  waiting_piece waiting{
      storage, piece, kinds, v2, std::move(handler), std::move(answered), boost::asio::make_work_guard(m_io)};
  if (state == memory_storage::hash_state::ready) {
    answer(std::move(waiting), false);
    return true;
  }
  m_waiting.push_back(std::move(waiting));
  give_to_worker(storage, piece, 1);
  return true;
}

// A worker has hashed all that it could of a piece whose hash is requested.
void piece_hashing::worker_finished(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece) {
  answer_if(
      [&](waiting_piece const& waiting) {
        return waiting.storage == storage && waiting.piece == piece &&
               storage->requested_hash(piece, waiting.kinds) == memory_storage::hash_state::ready;
      },
      false);
  // In a hybrid torrent the other kind of hash may have been requested while the worker ran.
  give_to_worker(storage, piece, 1);
}

template <typename Predicate>
void piece_hashing::answer_if(Predicate applies, bool was_cancelled) {
  for (auto waiting = m_waiting.begin(); waiting != m_waiting.end();) {
    auto const next = std::next(waiting);
    if (applies(*waiting)) {
      answer(std::move(*waiting), was_cancelled);
      m_waiting.erase(waiting);
    }
    waiting = next;
  }
}

// Posted, so that it comes after the answers of the piece's last writes: libtorrent must know that the piece is
// complete before it hears the hash. (Posted from here, on the network thread. A worker's post could overtake those
// answers: asio queues what the network thread posts to itself only when the running handler ends.)
void piece_hashing::answer(waiting_piece waiting, bool was_cancelled) {
  lt::sha1_hash hash;
  if (!was_cancelled) hash = waiting.storage->read_hash(waiting.piece, waiting.kinds, waiting.v2);
  boost::asio::post(m_io, [waiting = std::move(waiting), hash, was_cancelled] {
    waiting.storage->release_hash(waiting.piece);
    if (waiting.handler) waiting.handler(waiting.piece, hash, was_cancelled ? cancelled() : lt::storage_error());
    waiting.answered(!was_cancelled);
  });
}

bool piece_hashing::hash_block(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, int block,
                               block_handler& handler, std::function<void()> answered) {
  if (auto const known = storage->block_hash(piece, block)) {
    boost::asio::post(m_io, [piece, hash = *known, handler = std::move(handler)] {
      if (handler) handler(piece, hash, lt::storage_error());
    });
    return true;
  }
  auto slice = storage->slice(piece, block * block_size_bytes, 1);
  if (!slice) return false;
  storage->count_block_hash(piece, +1);
  m_workers.submit([storage, piece, block, held = std::move(slice->block), handler = std::move(handler),
                    answered = std::move(answered),
                    work = boost::asio::make_work_guard(m_io)](bool was_cancelled) mutable {
    hash_run run;
    run.piece = piece;
    run.v2.emplace_back(block, std::move(held));
    if (!was_cancelled) run.work(storage->geometry());
    auto const hash = was_cancelled ? lt::sha256_hash() : run.v2_hashes.front();
    boost::asio::post(work.get_executor(), [storage, piece, hash, was_cancelled, handler = std::move(handler),
                                            answered = std::move(answered)] {
      storage->count_block_hash(piece, -1);
      if (handler) handler(piece, hash, was_cancelled ? cancelled() : lt::storage_error());
      answered();
    });
  });
  return true;
}

void piece_hashing::cancel(memory_storage const& storage) {
  answer_if([&](waiting_piece const& waiting) { return waiting.storage.get() == &storage; }, true);
}

void piece_hashing::stop(bool wait) {
  m_workers.stop(wait);
  answer_if([](waiting_piece const&) { return true; }, true);
}

} // namespace memtorrent
