// A lawful way to the private members of libtorrent's classes: the name of a private member may be used in an explicit
// template instantiation ([temp.spec.general]/6), which hands out a pointer to the member. Nothing is cast, and no
// symbol of the library is needed.
//
//   MEMTORRENT_REACH(num_have, lt::piece_picker::m_num_have);   // in an unnamed namespace
//   member(picker, num_have{}) -= 1;

#pragma once

namespace memtorrent {

#define MEMTORRENT_REACH(name, ...)                                        \
  struct name {                                                            \
    friend constexpr auto private_member(name) noexcept;                   \
  };                                                                       \
  template <auto Member>                                                   \
  struct hand_out_##name {                                                 \
    friend constexpr auto private_member(name) noexcept { return Member; } \
  };                                                                       \
  template struct hand_out_##name<&__VA_ARGS__>

template <typename Tag, typename T>
auto& member(T& object, Tag tag) noexcept {
  return object.*private_member(tag);
}

} // namespace memtorrent
