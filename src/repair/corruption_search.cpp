#include "repair/corruption_search.hpp"

#include <algorithm>
#include <utility>

namespace memtorrent {

namespace {

// The most blocks that may be requested or undecided at a time: 1 MiB.
constexpr int most_unsettled = 64;
// Of these, how many only third opinions may use: sixteen peers can be decided about at once.
constexpr int reserved_for_opinions = 16;
// How many times as large each round of samples is as the one before.
constexpr int growth = 4;
// How many decisions are reversed at the most, because each may lead to others.
constexpr int most_reversals = 16;
// The rate of a peer that has sent nothing yet.
constexpr std::int64_t least_bytes_per_second = 16'384;

template <typename T>
bool contains(std::vector<T> const& in, T const& what) {
  return std::find(in.begin(), in.end(), what) != in.end();
}

} // namespace

struct corruption_search::round {
  std::vector<sender> const& senders;
  step& s;
  std::set<peer> suspects; // trusted, but in dispute with another trusted peer
  int unsettled = 0;       // asked for, or kept and undecided
  int limit = most_unsettled;
};

corruption_search::corruption_search(std::vector<peer> const& given_by, std::uint32_t seed) : m_random(seed) {
  for (auto const by : given_by) {
    m_blocks.emplace_back();
    m_blocks.back().given_by = by;
  }
}

void corruption_search::distrust(peer liar) { m_known_liars.insert(liar); }

// ---- what came ----

bool corruption_search::no_longer_asked(block_state& b, peer by) {
  auto const asked = std::find(b.asked.begin(), b.asked.end(), by);
  if (asked == b.asked.end()) return false;
  b.asked.erase(asked);
  --m_asked[by];
  --m_outstanding;
  return true;
}

bool corruption_search::received(peer from, int block, version const& theirs, version const& in_piece) {
  auto& b = m_blocks[static_cast<std::size_t>(block)];
  if (!no_longer_asked(b, from)) {
    auto const late = std::find(b.unable.begin(), b.unable.end(), from);
    if (late == b.unable.end()) return false;
    b.unable.erase(late);
  }
  if (!b.in_piece) {
    b.in_piece = in_piece;
    b.said.push_back({b.given_by, in_piece});
  }
  b.said.push_back({from, theirs});
  if (theirs == *b.in_piece || contains(b.kept, theirs)) return false;
  b.kept.push_back(theirs);
  return true;
}

void corruption_search::lost(peer from, int block) {
  auto& b = m_blocks[static_cast<std::size_t>(block)];
  no_longer_asked(b, from);
  if (!contains(b.unable, from)) b.unable.push_back(from);
  auto const said = std::find_if(b.said.begin(), b.said.end(), [&](statement const& s) { return s.by == from; });
  if (said == b.said.end() || from == b.given_by) return;
  b.kept.erase(std::remove(b.kept.begin(), b.kept.end(), said->what), b.kept.end());
  b.said.erase(said);
}

// ---- what it means ----

std::vector<corruption_search::opinion> corruption_search::opinions(block_state const& b) const {
  std::vector<opinion> found;
  for (auto const& s : b.said) {
    if (!is_trusted(s.by)) continue;
    auto const same = std::find_if(found.begin(), found.end(), [&](opinion const& o) { return o.what == s.what; });
    if (same != found.end())
      same->by.push_back(s.by);
    else
      found.push_back({s.what, {s.by}});
  }
  return found;
}

bool corruption_search::is_confirmed(block_state const& b) const {
  auto const all = opinions(b);
  return all.size() == 1 && all.front().what == *b.in_piece && all.front().by.size() > 1;
}

/// No trusted peer has given the block.
bool corruption_search::is_unsupported(block_state const& b) const {
  if (b.given_by == nobody) return false;
  return b.said.empty() ? !is_trusted(b.given_by) : opinions(b).empty();
}

/// The trusted peer that the block in the piece rests on; `nobody` if there is none.
corruption_search::peer corruption_search::vouching_peer(block_state const& b) const {
  if (b.said.empty()) return is_trusted(b.given_by) ? b.given_by : nobody;
  for (auto const& s : b.said)
    if (s.what == *b.in_piece && is_trusted(s.by)) return s.by;
  return nobody;
}

/// The number of blocks on which the peer agrees with another one.
int corruption_search::agreements(peer p) const {
  int count = 0;
  for (auto const& b : m_blocks)
    for (auto const& o : opinions(b))
      if (o.by.size() > 1 && contains(o.by, p)) ++count;
  return count;
}

std::vector<corruption_search::peer> corruption_search::liars() const {
  std::set<peer> found;
  for (auto const& b : m_blocks)
    for (auto const& s : b.said)
      if (s.what != *b.in_piece) found.insert(s.by);
  return {found.begin(), found.end()};
}

// A peer that is distrusted loses its votes on other blocks too, so this goes on until nothing changes.
void corruption_search::count_votes() {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto const& b : m_blocks) {
      auto all = opinions(b);
      if (all.size() < 2) continue;
      std::sort(all.begin(), all.end(), [](opinion const& x, opinion const& y) { return x.by.size() > y.by.size(); });
      if (all[0].by.size() == all[1].by.size()) continue;
      believe(all[0], all);
      changed = true;
    }
  }
}

void corruption_search::believe(opinion const& best, std::vector<opinion> const& all) {
  decision d{best.by, {}};
  for (auto const& o : all)
    if (o.what != best.what) d.distrusted.insert(d.distrusted.end(), o.by.begin(), o.by.end());
  m_distrusted.insert(d.distrusted.begin(), d.distrusted.end());
  m_decisions.push_back(std::move(d));
}

// False if there is no decision to reverse.
bool corruption_search::reverse_last_decision() {
  if (m_decisions.empty() || m_reversals++ >= most_reversals) return false;
  auto const last = std::move(m_decisions.back());
  m_decisions.pop_back();
  for (auto const p : last.distrusted) m_distrusted.erase(p);
  m_distrusted.insert(last.believed.begin(), last.believed.end());
  return true;
}

// Nobody else can be asked. So the version is believed whose peers agree with others on the most blocks. Between
// equals, one that is not in the piece, which is known to be wrong somewhere. A wrong guess costs only time: the hash
// will not pass, and nobody is convicted.
void corruption_search::guess(block_state const& b) {
  auto const weight = [&](opinion const& o) {
    int sum = 0;
    for (auto const p : o.by) sum += agreements(p);
    return std::pair(sum, o.what != *b.in_piece);
  };
  auto const all = opinions(b);
  auto const best = std::max_element(all.begin(), all.end(),
                                     [&](opinion const& x, opinion const& y) { return weight(x) < weight(y); });
  believe(*best, all);
}

void corruption_search::replace(step& s) {
  for (std::size_t i = 0; i < m_blocks.size(); ++i) {
    auto& b = m_blocks[i];
    auto const all = opinions(b);
    if (all.size() != 1 || all.front().what == *b.in_piece) continue;
    auto& kept = *std::find(b.kept.begin(), b.kept.end(), all.front().what);
    s.put_in.push_back({static_cast<int>(i), kept, *b.in_piece});
    std::swap(kept, *b.in_piece);
    m_has_changed = true;
  }
}

// ---- what to ask ----

corruption_search::step corruption_search::next(std::vector<sender> const& senders) {
  step s;
  count_votes();
  round r{senders, s, {}, 0};
  while (ask_for_opinions(r)) count_votes(); // a guess was made
  replace(s);
  ask_for_replacements(r);
  bool const is_settled = std::none_of(m_blocks.begin(), m_blocks.end(),
                                       [&](block_state const& b) { return is_disputed(b) || is_unsupported(b); });
  ask_for_samples(r);
  s.hash = m_has_changed && !m_is_hashing && (is_settled || m_outstanding == 0);
  if (s.hash) {
    m_has_changed = false;
    m_is_hashing = true;
  }
  s.is_stuck = !m_is_hashing && m_outstanding == 0;
  return s.is_stuck && reverse_last_decision() ? next(senders) : s;
}

/// The sender that would deliver the block first: the one with the least (blocks asked of it + 1) / rate. A suspect
/// only if there is no other.
std::optional<corruption_search::peer> corruption_search::choose(block_state const& b, round const& r) const {
  std::optional<peer> best;
  std::pair<bool, double> best_cost;
  for (auto const& to : r.senders) {
    bool const has_said = std::any_of(b.said.begin(), b.said.end(), [&](statement const& s) { return s.by == to.who; });
    if (!is_trusted(to.who) || to.who == b.given_by || has_said || contains(b.asked, to.who) ||
        contains(b.unable, to.who))
      continue;
    auto const asked = m_asked.find(to.who);
    auto const queued = (asked == m_asked.end() ? 0 : asked->second) + 1;
    auto const rate = std::max(to.bytes_per_second, least_bytes_per_second);
    std::pair const cost(r.suspects.count(to.who) > 0, static_cast<double>(queued) / static_cast<double>(rate));
    if (best && !(cost < best_cost)) continue;
    best = to.who;
    best_cost = cost;
  }
  return best;
}

bool corruption_search::ask(int block, round& r) {
  auto& b = m_blocks[static_cast<std::size_t>(block)];
  if (r.unsettled >= r.limit) return false;
  auto const to = choose(b, r);
  if (!to) return false;
  b.asked.push_back(*to);
  ++m_asked[*to];
  ++m_outstanding;
  ++r.unsettled;
  r.s.ask.push_back({*to, block});
  return true;
}

// One disputed block of each peer is enough at a time: a peer that is outvoted there is distrusted everywhere. True if
// it had to guess, because nobody can be asked.
bool corruption_search::ask_for_opinions(round& r) {
  r.suspects.clear();
  r.unsettled = m_outstanding;
  std::map<peer, std::vector<int>> disputed;
  std::set<peer> is_asked;
  for (std::size_t i = 0; i < m_blocks.size(); ++i) {
    auto const& b = m_blocks[i];
    auto const all = opinions(b);
    if (all.size() < 2) continue;
    r.unsettled += static_cast<int>(b.kept.size());
    for (auto const& o : all) r.suspects.insert(o.by.begin(), o.by.end());
    disputed[vouching_peer(b)].push_back(static_cast<int>(i));
    if (!b.asked.empty()) is_asked.insert(vouching_peer(b));
  }
  for (auto const& [of, blocks] : disputed) {
    if (is_asked.count(of) > 0) continue;
    if (std::any_of(blocks.begin(), blocks.end(), [&](int block) { return ask(block, r); })) continue;
    if (r.unsettled >= r.limit && m_outstanding > 0) continue;
    guess(m_blocks[static_cast<std::size_t>(blocks.front())]);
    return true;
  }
  return false;
}

void corruption_search::ask_for_replacements(round& r) {
  r.limit = most_unsettled - reserved_for_opinions;
  for (std::size_t i = 0; i < m_blocks.size(); ++i)
    if (is_unsupported(m_blocks[i]) && m_blocks[i].asked.empty()) ask(static_cast<int>(i), r);
}

void corruption_search::ask_for_samples(round& r) {
  std::map<peer, std::vector<int>> blocks_of;
  bool is_quiet = !m_has_changed && !m_is_hashing;
  for (std::size_t i = 0; i < m_blocks.size(); ++i) {
    auto const& b = m_blocks[i];
    if (is_disputed(b) || is_unsupported(b)) is_quiet = false;
    if (auto const of = vouching_peer(b); of != nobody) blocks_of[of].push_back(static_cast<int>(i));
  }
  for (auto& [of, blocks] : blocks_of) {
    int& samples = m_samples.try_emplace(of, 1).first->second;
    auto const confirmed = std::count_if(blocks.begin(), blocks.end(), [&](int block) {
      return is_confirmed(m_blocks[static_cast<std::size_t>(block)]);
    });
    // No larger round while blocks of a liar are being replaced: it may be the only liar.
    if (is_quiet && confirmed >= samples && confirmed < static_cast<std::ptrdiff_t>(blocks.size())) samples *= growth;
    if (is_quiet || r.suspects.count(of) > 0 || samples == 1) sample(of, std::move(blocks), r);
  }
}

void corruption_search::sample(peer of, std::vector<int> blocks, round& r) {
  auto const state = [&](int block) -> block_state const& { return m_blocks[static_cast<std::size_t>(block)]; };
  auto const first_open = std::partition(blocks.begin(), blocks.end(), [&](int block) {
    return !state(block).asked.empty() || is_confirmed(state(block)) || is_disputed(state(block));
  });
  // A peer in dispute is probably a liar. Then all its blocks will be needed from others.
  auto const all = static_cast<std::ptrdiff_t>(blocks.size());
  auto const wanted = r.suspects.count(of) > 0 ? all : std::min<std::ptrdiff_t>(m_samples[of], all);
  auto missing = wanted - (first_open - blocks.begin());
  std::shuffle(first_open, blocks.end(), m_random);
  for (auto block = first_open; block != blocks.end() && missing > 0; ++block) {
    if (!ask(*block, r)) continue;
    --missing;
    // The first sample is asked of two others: if the peer corrupts everything, they outvote it at once.
    if (m_samples[of] == 1 && r.suspects.count(of) == 0) ask(*block, r);
  }
}

} // namespace memtorrent
