#include "memtorrent/memory_disk.hpp"

#include "cache/budget_shares.hpp"
#include "disk/memory_disk_state.hpp"
#include "disk/reader_space.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

std::int64_t minimum_budget_bytes(std::int64_t piece_length_bytes) noexcept {
  return 2 * whole_block_bytes(piece_length_bytes);
}

memory_stats memory_disk::stats() const { return m_state->stats(); }

void memory_disk::set_budget(std::int64_t bytes) { m_state->set_budget(bytes); }

namespace {

std::shared_ptr<memory_storage> find(memory_disk_state const& state, lt::torrent_handle const& torrent,
                                     boost::system::error_code& ec) {
  auto storage = state.find(torrent);
  ec = storage ? boost::system::error_code() : make_error_code(errc::not_in_memory);
  return storage;
}

} // namespace

torrent_memory_stats memory_disk::stats(lt::torrent_handle const& torrent, boost::system::error_code& ec) const {
  torrent_memory_stats s;
  auto const storage = find(*m_state, torrent, ec);
  if (!storage) return s;
  auto const& account = *storage->account();
  s.used_bytes = account.used();
  s.cap_bytes = account.cap() == memory_account::no_cap ? 0 : account.cap();
  s.guarantee_bytes = account.guarantee();
  s.share_bytes = m_state->shares().share_of(*storage).bytes;
  return s;
}

void memory_disk::set_cap(lt::torrent_handle const& torrent, std::int64_t bytes, boost::system::error_code& ec) {
  auto const storage = find(*m_state, torrent, ec);
  if (!storage) return;
  if (bytes > 0 && bytes < storage->geometry().least_budget_bytes()) {
    ec = errc::budget_too_small;
    return;
  }
  storage->account()->set_cap(bytes > 0 ? bytes : memory_account::no_cap);
  m_state->limits_changed();
}

void memory_disk::set_guarantee(lt::torrent_handle const& torrent, std::int64_t bytes, boost::system::error_code& ec) {
  auto const storage = find(*m_state, torrent, ec);
  if (!storage) return;
  auto const& account = storage->account();
  if (bytes > account->cap() || !m_state->arena()->budget().guarantee(account, std::max<std::int64_t>(bytes, 0)))
    ec = errc::guarantee_too_large;
  else
    m_state->limits_changed();
}

void memory_disk::pin(lt::torrent_handle const& torrent, std::vector<byte_range> const& ranges,
                      boost::system::error_code& ec) {
  auto const storage = find(*m_state, torrent, ec);
  if (!storage) return;
  auto const& geometry = storage->geometry();
  auto pieces = pieces_of(geometry, ranges);
  if (resident_bytes(geometry, pieces) > m_state->shares().most_pinned_bytes(*storage)) {
    ec = errc::pin_limit_exceeded;
    return;
  }
  m_state->post([storage, pieces = std::move(pieces)](reader_space& space) { space.set_pinned(*storage, pieces); });
}

} // namespace memtorrent
