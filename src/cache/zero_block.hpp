// The zeros of a block that is all pad (BEP 47). They take no space in the budget, and are always there.

#pragma once

#include "memtorrent/block_ref.hpp"

#include <array>

namespace memtorrent {

inline constexpr std::array<char, block_size_bytes> zero_block{};

} // namespace memtorrent
