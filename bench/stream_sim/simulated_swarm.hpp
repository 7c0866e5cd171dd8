// A swarm of seeds that behaves as libtorrent's does towards a scheduler, with a clock of its own. What is simulated:
//
//   - each seed has a line with a rate and a round trip, and answers requests in their order
//   - a request that is cancelled is saved unless the seed has put the block into its send buffer, which holds half a
//     second (libtorrent's send_buffer_watermark)
//   - blocks are picked as libtorrent picks them: pieces of the highest priority first, then in order, or by priority
//   - a deadline that is set when there is none cancels every other request
//   - blocks of a due piece that is late are requested of other seeds too; it looks for them once a second
//
// What is not: TCP, hashing, choking, and peers that do not have everything.

#pragma once

#include "stream/swarm_controls.hpp"
#include "stream_sim/event_loop.hpp"

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <vector>

namespace memtorrent::sim {

/// Bytes in a megabit.
inline constexpr double mbit = 1e6 / 8;

struct seed_line {
  double bytes_per_s = 1'250'000;
  std::chrono::milliseconds round_trip{30};
};

class simulated_swarm final : public swarm_controls {
 public:
  simulated_swarm(event_loop& loop, int piece_length_bytes, std::function<void(int piece)> on_piece);

  /// A seed that lets itself be asked comes, and goes again.
  int connect(seed_line line);
  void disconnect(int seed);

  /// The swarm's own share of time; to be called ten times a second.
  void tick();
  /// Bytes of a piece that are not there.
  [[nodiscard]] std::int64_t missing_bytes(int piece) const;
  /// The piece is gone: it can be downloaded again.
  void forget(int piece);
  [[nodiscard]] bool is_begun(int piece) const { return m_pieces.count(piece) > 0; }
  [[nodiscard]] std::int64_t downloaded_bytes() const { return m_downloaded_bytes; }

  [[nodiscard]] std::vector<sender> senders() const override;
  void limit_requests(peer_handle const& peer, int fewest, int most) override;
  [[nodiscard]] std::vector<owed_block> owed_blocks(lt::piece_index_t piece) const override;
  [[nodiscard]] bool may_be_asked(peer_handle const& peer, lt::piece_index_t piece) const override;
  void cancel_what_has_come() override {} // done at once
  void request_as_well(peer_handle const& peer, lt::piece_index_t piece, int block) override;
  void prioritize(std::vector<std::pair<lt::piece_index_t, lt::download_priority_t>> const& priorities) override;
  void set_deadline(lt::piece_index_t piece, int milliseconds_from_now) override;
  void reset_deadline(lt::piece_index_t piece) override;
  void set_sequential(bool in_order) override { m_in_order = in_order; }
  void set_patience(std::chrono::milliseconds patience) override { m_patience = patience; }

 private:
  struct request {
    int piece;
    int block;
  };
  struct seed {
    int number = 0;
    peer_handle peer = peer_handle::without_connection();
    seed_line line;
    int limit = 8;
    int slow_start = 4; // as libtorrent: one request more for each block that came
    std::int64_t received_bytes = 0;
    std::vector<request> requested;  // as we see it
    std::deque<request> to_send;     // as the seed sees it: may still be cancelled
    std::deque<request> send_buffer; // may not
    bool sends = false;
  };
  struct piece_state {
    std::vector<bool> there;
    std::vector<int> requests; // of each block
    int missing = 0;
    int not_requested = 0;
    event_loop::time_point last_requested;
  };

  piece_state& begin(int piece);
  void ask(seed& of);
  [[nodiscard]] int next_piece() const;
  void send_request(seed& to, int piece, int block);
  void send_request_again(seed& to, int piece, int block);
  void fill_send_buffer(seed& of);
  void send_next(int number);
  void on_block(int number, request block);
  void cancel(seed& at, request block);
  void cancel_all_but_due();
  void ask_others_for(int piece, piece_state& state);
  [[nodiscard]] event_loop::duration queue_time(seed const& of) const;
  seed* find(int number);
  [[nodiscard]] seed const* find(peer_handle const& peer) const;
  seed* find(peer_handle const& peer);

  event_loop& m_loop;
  int const m_blocks_in_piece;
  std::function<void(int)> const m_on_piece;
  std::list<seed> m_seeds;
  int m_next_seed = 1;
  std::map<int, piece_state> m_pieces; // begun, and not complete
  std::map<int, int> m_priorities;     // of what is wanted and not there
  std::map<int, event_loop::time_point> m_deadlines;
  std::map<int, bool> m_there;
  bool m_in_order = false;
  std::chrono::milliseconds m_patience{10'000};
  std::int64_t m_downloaded_bytes = 0;
  int m_ticks = 0;
};

} // namespace memtorrent::sim
