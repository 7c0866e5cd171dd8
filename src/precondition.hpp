// Preconditions that a header writes as `REQUIRES:`, checked where mistakes are looked for.
//
// In debug and sanitizer builds a broken one prints what it was and where, and aborts. With NDEBUG, as in release
// builds, nothing is checked and the condition is not evaluated: the library never prints or aborts there. So a
// condition must have no effect of its own, and bad input from outside (a peer, a file, a person) is no precondition:
// it gets an error in every build.

#pragma once

#ifndef NDEBUG

#include <cstdio>
#include <cstdlib>

namespace memtorrent::detail {

[[noreturn]] inline void precondition_broken(char const* condition, char const* file, int line) noexcept {
  std::fprintf(stderr, "memtorrent: broken precondition: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

} // namespace memtorrent::detail

#define MEMTORRENT_REQUIRE(condition) \
  ((condition) ? static_cast<void>(0) : ::memtorrent::detail::precondition_broken(#condition, __FILE__, __LINE__))

#else

// In sizeof, so that a name which only the condition uses counts as used.
#define MEMTORRENT_REQUIRE(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))

#endif
