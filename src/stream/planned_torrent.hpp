// A torrent in RAM for which somebody plans: what torrent_player and marked_torrent have in common.
//
//   - Changes come from any thread, in any number. One plan, in a turn of the network thread, serves them all.
//   - A block that had to be dropped is not asked for again before the next plan: it would be fetched and dropped for
//   as
//     long as there is no space. What somebody waits for is the exception: for that everything else goes, so space
//     comes as soon as somebody lets a block go.
//   - A torrent that is all there has no piece picker. When it is to give space it is checked again, and has one.
//
// Thread safety: what planned_torrent itself has may be called from any thread; what it calls runs on the network
// thread, with no lock held.

#pragma once

#include "annotated_mutex.hpp"
#include "disk/memory_disk_state.hpp"
#include "disk/piece_listener.hpp"

#include <libtorrent/download_priority.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <memory>
#include <vector>

namespace memtorrent {

class planned_torrent : public piece_listener, public std::enable_shared_from_this<planned_torrent> {
 public:
  void on_block_dropped(lt::piece_index_t piece) override;
  void on_recheck_needed() override;

 protected:
  explicit planned_torrent(std::shared_ptr<memory_disk_state> disk) : m_disk(std::move(disk)) {}

  [[nodiscard]] memory_disk_state& disk() const noexcept { return *m_disk; }

  /// Has `plan` called, once for all calls before it. It is called even if nobody else holds this any more by then, so
  /// that windows can be left; not when the session is gone.
  void plan_soon();

  virtual void plan(reader_space& space) = 0;
  /// True if the piece is to stay asked for although a block of it was dropped.
  [[nodiscard]] virtual bool is_waited_for(lt::piece_index_t piece) const = 0;
  /// The piece is not asked for before the next plan.
  virtual void give_up_for_now(lt::piece_index_t piece) = 0;
  /// The torrent, and what is wanted of it, piece by piece, while and after it is checked; empty: nothing of it is
  /// here.
  [[nodiscard]] virtual lt::torrent_handle torrent() const = 0;
  [[nodiscard]] virtual std::vector<lt::download_priority_t> wanted_after_recheck() const = 0;
  /// The check has begun: what was said of pieces before is forgotten.
  virtual void recheck_began() = 0;

 private:
  std::shared_ptr<memory_disk_state> const m_disk;
  mutable annotated_mutex m_planning_mutex;
  bool m_will_plan GUARDED_BY(m_planning_mutex) = false;
};

} // namespace memtorrent
