// The pieces of one torrent that are in RAM, in the order in which they go when space is needed (eviction.hpp has the
// order itself).
//
// What makes it cheap with ten thousand pieces and a thousand evictions a second: nothing is ever sorted or scanned.
//
//   - Pieces that are in no window and not pinned are in a list by last use, least recent first. Readers on other
//     threads use pieces and leave the list as it is. So when a walk meets a piece that was used since, it moves the
//     piece to its new place.
//   - Pieces in a window are found by going through the window from its far ends towards the head. That is needed only
//     when the list is used up.
//   - When a window moves, only the pieces that it gained or lost are looked at.
//
// Thread: one, the network thread.

#pragma once

#include "cache/eviction.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <vector>

namespace memtorrent {

/// A piece that could go.
struct eviction_candidate {
  lt::piece_index_t piece;
  piece_rank rank;
};

class eviction_order {
  struct listed {
    lt::piece_index_t piece;
    std::int64_t last_use; // as it was when it was put here
  };
  using list = std::list<listed>;
  // Every piece in RAM, with its place in the list; the list's end if it is in a window or pinned.
  using piece_map = std::map<lt::piece_index_t, list::iterator>;

 public:
  /// When a piece was last used, by the clock that all torrents share.
  using last_use_function = std::function<std::int64_t(lt::piece_index_t)>;

  eviction_order(int piece_length_bytes, last_use_function last_use)
      : m_piece_length(piece_length_bytes), m_last_use(std::move(last_use)) {}
  eviction_order(eviction_order const&) = delete;
  eviction_order& operator=(eviction_order const&) = delete;

  void add(lt::piece_index_t piece);
  void remove(lt::piece_index_t piece);
  void set_windows(std::vector<play_window> windows);
  /// Pieces that never go, whatever the windows are.
  void set_pinned(std::vector<piece_range> pinned);
  [[nodiscard]] std::vector<piece_range> const& pinned() const noexcept { return m_pinned; }

  [[nodiscard]] piece_rank rank(lt::piece_index_t piece, std::int64_t last_use) const noexcept;
  [[nodiscard]] std::vector<lt::piece_index_t> pieces() const;
  [[nodiscard]] bool empty() const noexcept { return m_pieces.empty(); }

  /// Goes through the pieces that may go, first to go first. It is not valid after a change of the order.
  class walk {
   public:
    explicit walk(eviction_order& order);
    /// The piece it stands at, or null at the end.
    [[nodiscard]] eviction_candidate const* current() const noexcept { return m_current ? &*m_current : nullptr; }
    void advance();

   private:
    /// One side of a window, from its far end towards the head.
    struct side {
      play_window window;
      bool ahead = false;
      piece_map::const_iterator next, end;
      std::optional<eviction_candidate> found;
    };

    bool advance_in_list();
    void begin_sides();
    void find_next(side& s) const;

    eviction_order& m_order;
    list::iterator m_next_in_list;
    std::size_t m_moves_left;
    std::optional<std::vector<side>> m_sides;
    std::optional<eviction_candidate> m_current;
  };

 private:
  void put_into_list(piece_map::iterator piece);
  void classify(lt::piece_index_t begin, lt::piece_index_t end);
  [[nodiscard]] bool is_kept(lt::piece_index_t piece) const noexcept;
  [[nodiscard]] bool is_pinned(lt::piece_index_t piece) const noexcept;

  int const m_piece_length;
  last_use_function const m_last_use;
  std::vector<play_window> m_windows;
  std::vector<piece_range> m_pinned;
  piece_map m_pieces;
  list m_not_kept;
};

} // namespace memtorrent
