// The process that has the torrent.

#pragma once

#include "session_bench/backend.hpp"
#include "session_bench/worker.hpp"
#include "support/film.hpp"

namespace memtorrent::bench {

/// Makes a session that seeds `film` from backend `b`, and sends its port. Told "start", it counts its CPU time until
/// it is told "stop", and sends it in seconds.
void run_seed(test::film const& film, backend b, channel& parent);

} // namespace memtorrent::bench
