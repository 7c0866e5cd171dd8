// Makes a virtual machine have the memory that it believes it has.
//
// A host may take back what its guest has free ("free page reporting"). The guest's next touch of such a page waits for
// the host, and that time counts as the guest process's own: up to 2.5 s for a GiB were seen, more than all the rest of
// a transfer. Which backend pays would depend on who freed memory last.

#pragma once

#include <cstdint>

namespace memtorrent::bench {

/// Touches `bytes` of free memory, and frees them again: a transfer that follows at once finds it in place. Throws
/// `std::system_error` when there is not so much.
void touch_free_memory(std::int64_t bytes);

} // namespace memtorrent::bench
