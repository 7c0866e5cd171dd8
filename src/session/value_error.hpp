// Text from a person that is not the value it should be.

#pragma once

#include <stdexcept>

namespace memtorrent::session {

/// `what` is one sentence for that person: what was written, and what would be accepted.
class value_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

} // namespace memtorrent::session
