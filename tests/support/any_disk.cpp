#include "support/any_disk.hpp"

#include "support/disk_harness.hpp"
#include "support/file_disk.hpp"

namespace memtorrent::test {

std::unique_ptr<lone_disk> make_disk(disk_kind kind, int threads, std::int64_t budget_bytes) {
  if (kind == disk_kind::memory) return std::make_unique<disk_harness>(budget_bytes, threads);
  return std::make_unique<file_disk>(kind, threads);
}

void PrintTo(disk_kind kind, std::ostream* out) {
  switch (kind) {
    case disk_kind::memory: *out << "memory"; break;
    case disk_kind::posix: *out << "posix"; break;
    case disk_kind::mmap: *out << "mmap"; break;
  }
}

std::vector<disk_choice> disks_of(disk_kind kind) {
  // posix does everything on the network thread.
  if (kind == disk_kind::posix) return {{kind, 1}};
  return {{kind, 1}, {kind, 4}};
}

std::string name_of(testing::TestParamInfo<disk_choice> const& choice) {
  return std::to_string(choice.param.threads) + (choice.param.threads == 1 ? "_thread" : "_threads");
}

} // namespace memtorrent::test
