// A system with so many threads left, and then none.

#pragma once

#include "thread_maker.hpp"

#include <cerrno>
#include <system_error>

namespace memtorrent::test {

struct limited_threads {
  explicit limited_threads(int threads) : left(threads) {}

  /// This object must outlive it.
  [[nodiscard]] thread_maker maker() {
    return [this](std::function<void()> body) {
      if (left == 0) throw std::system_error(EAGAIN, std::generic_category());
      --left;
      return make_thread(std::move(body));
    };
  }

  int left;
};

} // namespace memtorrent::test
