// A torrent in RAM with plans: a plan says which pieces are kept and wanted for its readers. This is what
// torrent_player and marked_torrent have in common.
//
//   - Changes come from any thread, in any number. One plan, in a turn of the network thread, serves them all.
//   - When a block was dropped for want of space, its piece is not requested again before the next plan. Else the block
//     would be fetched and dropped again and again. A piece that a reader waits for stays requested: every other piece
//     goes for it, so space comes as soon as somebody releases a block.
//   - A torrent that has all its pieces has no piece picker. To make space in it, it is rechecked: then it has one.
//
// Thread safety: the functions that planned_torrent defines may be called from any thread. The virtual ones that it
// calls run on the network thread, with no lock held.

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

  /// Has `plan` called soon, once for all calls until then: also if nobody else holds this any more, so that windows
  /// can be left; not when the session is gone.
  void plan_soon();

  virtual void plan(reader_space& space) = 0;
  /// True if the piece is to stay requested although a block of it was dropped.
  [[nodiscard]] virtual bool is_waited_for(lt::piece_index_t piece) const = 0;
  /// The piece is not to be requested before the next plan.
  virtual void give_up_for_now(lt::piece_index_t piece) = 0;
  [[nodiscard]] virtual lt::torrent_handle torrent() const = 0;
  /// The priority of each piece during and after a recheck. Empty: the torrent is not in RAM, so there is no recheck.
  [[nodiscard]] virtual std::vector<lt::download_priority_t> wanted_after_recheck() const = 0;
  /// The recheck has begun: priorities and deadlines that were set before hold no longer.
  virtual void recheck_began() = 0;

 private:
  std::shared_ptr<memory_disk_state> const m_disk;
  mutable annotated_mutex m_planning_mutex;
  bool m_will_plan GUARDED_BY(m_planning_mutex) = false;
};

} // namespace memtorrent
