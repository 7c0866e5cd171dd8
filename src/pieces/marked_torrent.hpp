// A torrent that an embedder marked when it was added (torrent_placement.hpp), and its torrent_pieces: turns the pieces
// that the embedder names into windows and pins of the disk.
//
//   pieces at readers, reserved, behind readers --kept_pieces--> windows and pins
//
// It is told about its torrent's pieces as a stand-in: not while a torrent_stream plays the torrent.

#pragma once

#include "annotated_mutex.hpp"
#include "memtorrent/torrent_pieces.hpp"
#include "pieces/kept_pieces.hpp"
#include "stream/planned_torrent.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace memtorrent {

class marked_torrent final : public torrent_pieces, public planned_torrent {
 public:
  marked_torrent(memory_disk disk, torrent_placement const& where);

  torrent_placement& placement() { return m_mark; }
  void set_torrent(lt::torrent_handle const& torrent) {
    locked const lock(m_mutex);
    m_torrent = torrent;
  }
  [[nodiscard]] std::shared_ptr<marked_torrent> shared() {
    return std::static_pointer_cast<marked_torrent>(shared_from_this());
  }
  /// The torrent's files are checked, and blocks may arrive from now on. Network thread.
  void begin_to_listen();

  [[nodiscard]] memory_disk const& disk() const noexcept override { return m_disk; }
  [[nodiscard]] bool is_in_memory() const override { return storage() != nullptr; }
  int read(lt::piece_index_t piece, int offset, lt::span<char> out) override;
  void set_cap(std::int64_t bytes) override;
  [[nodiscard]] std::int64_t cap_bytes() const override;
  void set_reader_pieces(piece_list pieces) override;
  void set_reserved_pieces(piece_list pieces) override;
  void set_look_behind_pieces(piece_list pieces) override;
  void expect(lt::piece_index_t piece) override;
  [[nodiscard]] bool is_look_behind_available(lt::piece_index_t piece) const override;
  [[nodiscard]] look_behind_stats look_behind() const override;

  void on_piece_passed(lt::piece_index_t /*piece*/) override {}
  void on_piece_evicted(lt::piece_index_t /*piece*/) override {}
  void on_piece_failed(lt::piece_index_t /*piece*/) override {}
  void on_share_changed() override {
    if (has_named_pieces()) plan_soon();
  }
  void on_closed(boost::system::error_code /*reason*/) override {}

 private:
  void plan(reader_space& space) override;
  [[nodiscard]] bool is_waited_for(lt::piece_index_t piece) const override;
  void give_up_for_now(lt::piece_index_t piece) override;
  [[nodiscard]] lt::torrent_handle torrent() const override {
    locked const lock(m_mutex);
    return m_torrent;
  }
  [[nodiscard]] std::vector<lt::download_priority_t> wanted_after_recheck() const override;
  void recheck_began() override {}

  [[nodiscard]] kept_pieces kept() const {
    locked const lock(m_mutex);
    return m_kept;
  }
  [[nodiscard]] std::shared_ptr<memory_storage> storage() const { return m_disk.state()->find(torrent()); }
  [[nodiscard]] bool has_named_pieces() const {
    locked const lock(m_mutex);
    return m_has_named_pieces;
  }
  void kept_changed();
  [[nodiscard]] std::vector<play_window> windows(kept_pieces const& kept, memory_storage& storage) const;
  [[nodiscard]] bool is_held(lt::piece_index_t piece, memory_storage& storage) const;
  void was_read(lt::piece_index_t piece);
  void ask_again(kept_pieces const& kept, memory_storage& storage);

  memory_disk m_disk;
  torrent_placement m_mark; // changed on the network thread only, where it is read
  std::atomic<std::int64_t> m_cap;

  mutable annotated_mutex m_mutex;
  lt::torrent_handle m_torrent GUARDED_BY(m_mutex);
  kept_pieces m_kept GUARDED_BY(m_mutex);
  std::uint64_t m_seek_number GUARDED_BY(m_mutex) = 0; // of the readers' last one
  std::chrono::steady_clock::time_point m_last_read GUARDED_BY(m_mutex);
  piece_list m_put_off GUARDED_BY(m_mutex); // readers wait for them, but there was no space: not requested for now
  // The embedder has named pieces, so he sets their priorities too.
  bool m_has_named_pieces GUARDED_BY(m_mutex) = false;
};

} // namespace memtorrent
