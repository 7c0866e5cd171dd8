// A command line that does not say what to do.

#pragma once

#include <stdexcept>

namespace memtorrent::cli {

/// Ends the command with exit code 2; any other exception ends it with 1. `what` is one sentence for the user.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

} // namespace memtorrent::cli
