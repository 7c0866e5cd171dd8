// The median: what a benchmark reports, because one disturbed run does not move it.

#pragma once

#include <algorithm>
#include <vector>

namespace memtorrent::bench {

/// Of an even number of values, the mean of the two in the middle. REQUIRES: at least one value.
inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  auto const middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

} // namespace memtorrent::bench
