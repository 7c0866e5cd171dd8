#include "cache/memory_budget.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

// The sum, or 0 with nothing added when that would be above the limit.
std::int64_t add_within(std::atomic<std::int64_t>& used, std::int64_t bytes, std::int64_t limit) noexcept {
  std::int64_t before = used.load();
  do {
    if (before + bytes > limit) return 0;
  } while (!used.compare_exchange_weak(before, before + bytes));
  return before + bytes;
}

} // namespace

bool memory_budget::try_reserve(std::int64_t bytes, memory_account* account) {
  if (account && !add_within(account->m_used, bytes, account->cap())) return false;
  std::int64_t const now = add_within(m_used, bytes, limit() - kept_for_others_than(account));
  if (now == 0) {
    if (account) account->m_used.fetch_sub(bytes);
    return false;
  }
  std::int64_t peak = m_peak.load();
  while (peak < now && !m_peak.compare_exchange_weak(peak, now)) {
  }
  return true;
}

bool memory_budget::has_space(std::int64_t bytes, memory_account const* account) const {
  if (account && account->used() + bytes > account->cap()) return false;
  return used() + bytes <= limit() - kept_for_others_than(account);
}

void memory_budget::release(std::int64_t bytes, memory_account* account) noexcept {
  if (account) account->m_used.fetch_sub(bytes);
  m_used.fetch_sub(bytes);
  something_changed();
}

void memory_budget::when_released(std::function<void()> callback) {
  locked const lock(m_mutex);
  std::swap(m_on_release, callback); // the old callback is destroyed after the lock
  m_has_waiter = true;
}

void memory_budget::set_limit(std::int64_t bytes) noexcept {
  m_limit = bytes;
  something_changed();
}

void memory_budget::something_changed() noexcept {
  if (!m_has_waiter.load()) return;
  auto callback = take_waiter();
  if (!callback) return;
  try {
    callback();
  } catch (...) {
    // Without it, whoever waits for space would wait for ever.
    keep_waiter(std::move(callback));
  }
}

std::function<void()> memory_budget::take_waiter() noexcept {
  locked const lock(m_mutex);
  std::function<void()> callback;
  callback.swap(m_on_release);
  m_has_waiter = false;
  return callback;
}

// A callback that was set meanwhile replaces it, as in `when_released`.
void memory_budget::keep_waiter(std::function<void()> callback) noexcept {
  locked const lock(m_mutex);
  if (m_on_release) return;
  m_on_release.swap(callback);
  m_has_waiter = true;
}

bool memory_budget::guarantee(std::shared_ptr<memory_account> const& account, std::int64_t bytes) {
  locked const lock(m_mutex);
  if (bytes > account->guarantee() && sum_of_guarantees() - account->guarantee() + bytes > limit()) return false;
  account->m_guarantee = bytes;
  m_guaranteed.erase(std::remove(m_guaranteed.begin(), m_guaranteed.end(), account), m_guaranteed.end());
  if (bytes > 0) m_guaranteed.push_back(account);
  m_has_guarantees = !m_guaranteed.empty();
  return true;
}

std::int64_t memory_budget::guaranteed_bytes() const {
  locked const lock(m_mutex);
  return std::min(sum_of_guarantees(), limit());
}

std::int64_t memory_budget::sum_of_guarantees() const {
  std::int64_t sum = 0;
  for (auto const& account : m_guaranteed) sum += account->guarantee();
  return sum;
}

std::int64_t memory_budget::kept_for_others_than(memory_account const* account) const {
  if (!m_has_guarantees.load()) return 0;
  locked const lock(m_mutex);
  std::int64_t const sum = sum_of_guarantees();
  double const in_proportion = sum > limit() ? static_cast<double>(limit()) / static_cast<double>(sum) : 1.0;
  std::int64_t kept = 0;
  for (auto const& other : m_guaranteed) {
    if (other.get() == account) continue;
    auto const bytes = static_cast<std::int64_t>(static_cast<double>(other->guarantee()) * in_proportion);
    kept += std::max<std::int64_t>(bytes - other->used(), 0);
  }
  return kept;
}

} // namespace memtorrent
