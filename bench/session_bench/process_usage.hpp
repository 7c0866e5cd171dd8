// What this process has cost so far.

#pragma once

namespace memtorrent::bench {

/// User and system time of all its threads. Throws `std::system_error`.
double cpu_seconds();

/// Makes the peak of the resident memory start again from what is resident now. Where the system does not allow it
/// (proc(5), `clear_refs`), the peak is that since the start of the process.
void reset_peak_rss();

/// The most memory that was resident, mapped files included; files that were only read and written are not. Throws
/// `std::runtime_error`.
double peak_rss_mib();

} // namespace memtorrent::bench
