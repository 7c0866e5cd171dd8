#include "support/disk_harness.hpp"

#include <gtest/gtest.h>

namespace memtorrent::test {

disk_harness::disk_harness(std::int64_t budget_bytes, int hashing_threads)
    : lone_disk(disk_kind::memory), m_constructor({.budget_bytes = budget_bytes}), m_disk(m_constructor.disk()) {
  begin_session(m_constructor, hashing_threads);
}

disk_harness::~disk_harness() {
  end_session();
  EXPECT_EQ(stats().used_bytes, 0);
  EXPECT_EQ(stats().mapped_bytes, 0);
}

} // namespace memtorrent::test
