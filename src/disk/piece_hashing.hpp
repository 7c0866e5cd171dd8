// Hashes pieces on workers as their blocks arrive, and answers libtorrent's requests for hashes of pieces and blocks.
//
//   network thread: a block arrived --enough of them--> a worker: runs of blocks, until none is left
//   network thread: async_hash --ready--> answer
//                             \--not yet--> waits for the worker that has the piece
//
// By the time the last block of a piece is here, all but the last few are hashed.
//
// Threads: all members belong to the network thread. Handlers are posted there, never called from inside. When the
// session ends everything that waits is answered "operation aborted".

#pragma once

#include "bridge/network_thread.hpp"
#include "disk/back_pressure.hpp"
#include "disk/hash_pool.hpp"
#include "repair/hash_handler.hpp"

#include <libtorrent/disk_interface.hpp>

#include <boost/asio/executor_work_guard.hpp>

#include <functional>
#include <list>
#include <memory>

namespace memtorrent {

class piece_hashing {
 public:
  using block_handler = std::function<void(lt::piece_index_t, lt::sha256_hash const&, lt::storage_error const&)>;

  /// All of these outlive it.
  piece_hashing(lt::io_context& io, std::shared_ptr<network_thread> network, back_pressure& pressure, int threads);

  /// 0: as many as suit the machine. An error: see `hash_pool::set_threads`.
  boost::system::error_code set_threads(int threads);

  /// A block came: hands the piece to a worker when enough of it is there to be hashed.
  void block_arrived(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece);

  /// Hashes a whole piece, which stays in RAM until the handler has run. `answered` runs after the handler; its
  /// argument is false if the hash was cancelled. Returns false, and does nothing, when a block of the piece is
  /// missing. The handler is moved, never copied, because libtorrent's handler owns the memory that `v2` points into.
  bool hash_piece(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, hash_kinds kinds,
                  lt::span<lt::sha256_hash> v2, hash_handler& handler, answered_handler answered);

  /// The same for the v2 hash of one block.
  bool hash_block(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, int block,
                  block_handler& handler, std::function<void()> answered);

  /// The torrent's pieces are evicted: hashes that wait for them are cancelled.
  void cancel(memory_storage const& storage);
  void stop(bool wait);

 private:
  struct waiting_piece {
    std::shared_ptr<memory_storage> storage;
    lt::piece_index_t piece;
    hash_kinds kinds;
    lt::span<lt::sha256_hash> v2;
    hash_handler handler;
    answered_handler answered;
    // Keeps the network thread running until the answer.
    boost::asio::executor_work_guard<lt::io_context::executor_type> work;
  };

  void worker_finished(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece);
  void give_to_worker(std::shared_ptr<memory_storage> const& storage, lt::piece_index_t piece, int least_blocks);
  template <typename Predicate>
  void answer_if(Predicate applies, bool was_cancelled);
  void answer(waiting_piece waiting, bool was_cancelled);

  lt::io_context& m_io;
  std::shared_ptr<network_thread> const m_network;
  back_pressure& m_pressure;
  std::list<waiting_piece> m_waiting;
  hash_pool m_workers;
};

} // namespace memtorrent
