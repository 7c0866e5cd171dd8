// What a block of pad holds (BEP 47). It is no peer's, needs no space in the budget, and is always there.

#pragma once

#include "memtorrent/block_ref.hpp"

#include <array>

namespace memtorrent {

inline constexpr std::array<char, block_size_bytes> zero_block{};

} // namespace memtorrent
