#include "stream/why_waiting.hpp"

#include <sstream>

namespace memtorrent {

namespace {

std::string seconds(std::chrono::milliseconds time) {
  std::ostringstream text;
  text.precision(1);
  text << std::fixed << std::chrono::duration<double>(time).count() << " s";
  return text.str();
}

std::string reason_text(wait_status const& wait) {
  auto const piece = "piece " + std::to_string(static_cast<int>(wait.piece));
  switch (wait.reason) {
    case wait_reason::none: return {};
    case wait_reason::no_peers: return "no peer is connected";
    case wait_reason::nobody_has_it: return "no peer has " + piece;
    case wait_reason::choked: return "all peers that have " + piece + " choke us";
    case wait_reason::no_space: return "the memory is full of what may not go";
    case wait_reason::budget_too_small:
      return "the budget is too small for " + piece + " beside those of readers that came later";
    case wait_reason::not_requested: return piece + " is about to be requested";
    case wait_reason::checking: return "the hash of " + piece + " is being checked";
    case wait_reason::requested: break;
  }
  std::ostringstream text;
  text << wait.peer << " has owed " << wait.blocks << (wait.blocks == 1 ? " block" : " blocks") << " of " << piece
       << " for " << seconds(wait.owed);
  return text.str();
}

} // namespace

wait_reason why_waiting(wanted_piece_state const& piece) noexcept {
  if (piece.is_complete) return wait_reason::checking;
  if (!piece.has_space) return wait_reason::budget_too_small;
  if (piece.was_dropped) return wait_reason::no_space;
  if (piece.supply.peers == 0) return wait_reason::no_peers;
  if (piece.supply.have_it == 0) return wait_reason::nobody_has_it;
  if (piece.supply.let_us_ask == 0) return wait_reason::choked;
  return piece.supply.blocks_owed > 0 ? wait_reason::requested : wait_reason::not_requested;
}

std::string to_sentence(wait_status const& wait) {
  auto text = reason_text(wait);
  if (!text.empty() && wait.failures > 0)
    text += ", which failed its hash " + std::to_string(wait.failures) + (wait.failures == 1 ? " time" : " times");
  return text;
}

} // namespace memtorrent
