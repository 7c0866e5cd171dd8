#include "disk/reader_shares.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

void reader_shares::add(std::shared_ptr<memory_storage> torrent) {
  locked const lock(m_mutex);
  m_torrents.emplace_back();
  m_torrents.back().torrent = std::move(torrent);
}

void reader_shares::remove(memory_storage const& torrent) {
  locked const lock(m_mutex);
  m_torrents.erase(
      std::remove_if(m_torrents.begin(), m_torrents.end(), [&](entry const& e) { return e.torrent.get() == &torrent; }),
      m_torrents.end());
  compute_all();
}

void reader_shares::set_need(memory_storage const& torrent, readers_need need) {
  locked const lock(m_mutex);
  entry* const e = find(torrent);
  if (!e) return;
  bool const is_the_same = e->need.weight == need.weight && e->need.heads == need.heads;
  e->need = std::move(need);
  if (!is_the_same) compute_all();
}

void reader_shares::limits_changed() {
  locked const lock(m_mutex);
  compute_all();
}

reader_share reader_shares::share_of(memory_storage const& torrent) const {
  locked const lock(m_mutex);
  entry const* const e = find(torrent);
  return e ? e->share : reader_share();
}

std::int64_t reader_shares::most_pinned_bytes(memory_storage const& torrent) const {
  auto const least = 2 * whole_block_bytes(torrent.geometry().piece_length_bytes());
  locked const lock(m_mutex);
  entry const* const e = find(torrent);
  if (!e) return 0;
  auto const share = e->need.weight > 0 ? e->share : compute(e)[static_cast<std::size_t>(e - m_torrents.data())];
  return pin_limit_bytes(share.bytes, std::max(share.fitting.bytes, least));
}

std::vector<std::shared_ptr<memory_storage>> reader_shares::take_changed() {
  std::vector<std::shared_ptr<memory_storage>> changed;
  locked const lock(m_mutex);
  for (auto& e : m_torrents)
    if (std::exchange(e.is_changed, false)) changed.push_back(e.torrent);
  return changed;
}

bool reader_shares::is_another_read(memory_storage const& torrent, std::chrono::steady_clock::time_point since) const {
  locked const lock(m_mutex);
  return std::any_of(m_torrents.begin(), m_torrents.end(), [&](entry const& e) {
    return e.torrent.get() != &torrent && e.need.weight > 0 && e.need.last_read >= since;
  });
}

reader_shares::entry* reader_shares::find(memory_storage const& torrent) {
  auto const found =
      std::find_if(m_torrents.begin(), m_torrents.end(), [&](entry const& e) { return e.torrent.get() == &torrent; });
  return found == m_torrents.end() ? nullptr : &*found;
}

reader_shares::entry const* reader_shares::find(memory_storage const& torrent) const {
  auto const found =
      std::find_if(m_torrents.begin(), m_torrents.end(), [&](entry const& e) { return e.torrent.get() == &torrent; });
  return found == m_torrents.end() ? nullptr : &*found;
}

// Heads come first: each one that fits has its piece, whatever the weight of its torrent.
std::vector<reader_share> reader_shares::compute(entry const* read_by_one_at_least) const {
  auto const budget = m_arena->budget().limit();
  std::vector<share_claim> claims;
  std::vector<head_claim> heads;
  for (auto const& e : m_torrents) {
    auto const& account = *e.torrent->account();
    int const weight = &e == read_by_one_at_least ? std::max(e.need.weight, 1) : e.need.weight;
    claims.push_back({weight, account.cap(), account.guarantee()});
    heads.push_back(
        {account.cap(), account.guarantee(), e.torrent->geometry().largest_piece_resident_bytes(), e.need.heads});
  }
  auto const fitting = heads_that_fit(budget, heads);
  for (std::size_t i = 0; i < claims.size(); ++i)
    claims[i].guarantee_bytes = std::max(claims[i].guarantee_bytes, fitting[i].bytes);
  auto const bytes = share_budget(budget, claims);
  std::vector<reader_share> shares(claims.size());
  for (std::size_t i = 0; i < claims.size(); ++i) shares[i] = {bytes[i], fitting[i]};
  return shares;
}

void reader_shares::compute_all() {
  auto const shares = compute(nullptr);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    auto& e = m_torrents[i];
    e.is_changed = e.is_changed || !(e.share == shares[i]);
    e.share = shares[i];
  }
}

} // namespace memtorrent
