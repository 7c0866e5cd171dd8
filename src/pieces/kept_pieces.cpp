#include "pieces/kept_pieces.hpp"

#include <algorithm>

namespace memtorrent {

namespace {

lt::piece_index_t next(lt::piece_index_t piece) { return ++piece; }

lt::piece_index_t previous(lt::piece_index_t piece) { return --piece; }

// Holds the first `most` heads. A head that two windows share counts once.
class held_heads {
 public:
  explicit held_heads(int most) : m_most(static_cast<std::size_t>(most)) {}

  void hold(play_window& window) {
    if (std::find(m_held.begin(), m_held.end(), window.head) != m_held.end()) return;
    if (m_held.size() < m_most)
      m_held.push_back(window.head);
    else
      window.head_reason = keep_reason::look_ahead;
  }

 private:
  std::size_t const m_most;
  piece_list m_held;
};

} // namespace

std::vector<piece_range> runs_of(piece_list const& pieces, int num_pieces) {
  std::vector<piece_range> runs;
  for (auto const piece : pieces) {
    if (piece < lt::piece_index_t(0) || piece >= lt::piece_index_t(num_pieces)) continue;
    if (!runs.empty() && runs.back().end == piece)
      runs.back().end = next(piece);
    else
      runs.push_back({piece, next(piece)});
  }
  return runs;
}

std::vector<piece_range> runs_in_any_order(piece_list pieces, int num_pieces) {
  std::sort(pieces.begin(), pieces.end());
  pieces.erase(std::unique(pieces.begin(), pieces.end()), pieces.end());
  return runs_of(pieces, num_pieces);
}

std::vector<play_window> windows_of(kept_pieces const& kept, int num_pieces, int most_held) {
  held_heads held(most_held);
  std::vector<play_window> expected;
  for (auto const& run : runs_of(kept.expected, num_pieces)) {
    for (auto piece = run.begin; piece < run.end; ++piece) {
      expected.push_back({piece, piece, next(piece), false});
      held.hold(expected.back());
    }
  }
  std::vector<play_window> windows;
  for (auto const& run : runs_of(kept.at_readers, num_pieces)) {
    windows.push_back({run.begin, run.begin, run.end, false});
    held.hold(windows.back());
  }
  for (auto const& run : runs_in_any_order(kept.behind, num_pieces)) {
    auto const reader =
        std::find_if(windows.begin(), windows.end(), [&](play_window const& window) { return window.head == run.end; });
    if (reader != windows.end())
      reader->begin = std::min(reader->begin, run.begin);
    else
      windows.push_back({run.begin, previous(run.end), run.end, false, keep_reason::look_behind});
  }
  windows.insert(windows.end(), expected.begin(), expected.end());
  return windows;
}

} // namespace memtorrent
