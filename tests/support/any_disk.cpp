#include "support/any_disk.hpp"

#include "support/disk_harness.hpp"
#include "support/file_disk.hpp"
#include "support/routed_disk.hpp"

namespace memtorrent::test {

std::unique_ptr<lone_disk> make_disk(disk_choice const& choice, std::int64_t budget_bytes) {
  if (choice.is_routed) return std::make_unique<routed_disk>(choice.kind, choice.threads, budget_bytes);
  if (choice.kind == disk_kind::memory) return std::make_unique<disk_harness>(budget_bytes, choice.threads);
  return std::make_unique<file_disk>(choice.kind, choice.threads);
}

void PrintTo(disk_kind kind, std::ostream* out) {
  switch (kind) {
    case disk_kind::memory: *out << "memory"; break;
    case disk_kind::posix: *out << "posix"; break;
    case disk_kind::mmap: *out << "mmap"; break;
  }
}

std::vector<disk_choice> disks_of(disk_kind kind, bool are_routed) {
  // posix does everything on the network thread.
  if (kind == disk_kind::posix) return {{kind, 1, are_routed}};
  return {{kind, 1, are_routed}, {kind, 4, are_routed}};
}

std::string name_of(testing::TestParamInfo<disk_choice> const& choice) {
  return std::to_string(choice.param.threads) + (choice.param.threads == 1 ? "_thread" : "_threads");
}

} // namespace memtorrent::test
