#include "stream/planned_torrent.hpp"

#include "bridge/recheck.hpp"
#include "disk/reader_space.hpp"

#include <utility>

namespace memtorrent {

void planned_torrent::plan_soon() {
  {
    locked const lock(m_planning_mutex);
    if (std::exchange(m_will_plan, true)) return;
  }
  bool const is_posted = m_disk->post([self = shared_from_this()](reader_space& space) {
    {
      locked const lock(self->m_planning_mutex);
      self->m_will_plan = false;
    }
    self->plan(space);
  });
  if (is_posted) return;
  locked const lock(m_planning_mutex);
  m_will_plan = false;
}

// Posted, because libtorrent is in the middle of receiving the block. When it runs, a reader may wait for the piece.
void planned_torrent::on_block_dropped(lt::piece_index_t piece) {
  m_disk->network()->post([weak = weak_from_this(), piece] {
    auto const self = weak.lock();
    if (self && !self->is_waited_for(piece)) self->give_up_for_now(piece);
  });
}

void planned_torrent::on_recheck_needed() {
  m_disk->network()->post([weak = weak_from_this()] {
    auto const self = weak.lock();
    auto const torrent = self ? self->torrent() : lt::torrent_handle();
    if (!torrent.is_valid()) return;
    auto const wanted = self->wanted_after_recheck();
    if (wanted.empty()) return;
    recheck_to_make_space(*self->m_disk->network(), torrent, wanted);
    self->recheck_began();
  });
}

} // namespace memtorrent
