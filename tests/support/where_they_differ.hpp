// Where memory_disk_io does otherwise than libtorrent's own disks on purpose, and where those two differ from each
// other. Tests that run against all three ask this table what to expect; what is not in it is alike.

#pragma once

#include <array>

namespace memtorrent::test {

enum class disk_kind { memory, posix, mmap };

enum class habit {
  writes_files,
  keeps_data_of_removed_torrents,
  cancels_what_is_missing,
  takes_holes_for_zeros,
  gives_a_new_file_its_length,
  checks_missing_pieces_without_error,
  keeps_part_of_a_piece_through_a_check,
  checks_whatever_is_claimed,
  honours_no_recheck,
  follows_links,
  minds_files_in_the_way,
  keeps_data_when_the_part_file_goes,
  rewrites_pieces_being_hashed,
  answers_in_order,
  stops_behind_hashes,
  reads_after_abort,
  gives_the_length_asked_for,
  answers_reads_inside_the_call,
  takes_a_block_twice_at_once,
  tells_users_of_a_slot_apart,
  counts_hashed_blocks,
  counts_kept_blocks_as_in_use,
};

struct difference {
  habit what;
  bool memory, posix, mmap;
  char const* why;
};

inline constexpr auto where_they_differ = [] {
  using enum habit;
  using row = difference;
  constexpr bool yes = true, no = false;
  // clang-format off
  return std::array{
    //                                       memory posix mmap  why
    row{writes_files,                          no,  yes, yes, "not to do so is the point of memory"},
    row{keeps_data_of_removed_torrents,        no,  yes, yes, "users expect RAM back after playback"},
    row{cancels_what_is_missing,               yes, no,  no,  "evicted is nobody's fault; an error stops a torrent"},
    row{takes_holes_for_zeros,                 no,  yes, yes, "RAM knows its blocks; a sparse file does not"},
    row{gives_a_new_file_its_length,           no,  no,  yes, "mmap maps all of a file: its end is a hole, too"},
    row{checks_missing_pieces_without_error,   yes, no,  no,  "an error ends a check, or skips the rest of a file"},
    row{keeps_part_of_a_piece_through_a_check, no,  yes, yes, "a check tells libtorrent of whole pieces only"},
    row{checks_whatever_is_claimed,            yes, no,  no,  "resume data speaks of another process's RAM"},
    row{honours_no_recheck,                    no,  yes, yes, "the same: no claim can be believed unchecked"},
    row{follows_links,                         no,  yes, yes, "there are no files to link to"},
    row{minds_files_in_the_way,                no,  yes, yes, "nothing is moved: the path is only remembered"},
    row{keeps_data_when_the_part_file_goes,    no,  yes, yes, "libtorrent deletes only what it is removing"},
    row{rewrites_pieces_being_hashed,          no,  yes, yes, "what was hashed must be what readers get"},
    row{answers_in_order,                      yes, yes, no,  "mmap's threads end in any order"},
    row{stops_behind_hashes,                   no,  yes, no,  "no file is closed, and a job holds what it hashes"},
    row{reads_after_abort,                     yes, yes, no,  "mmap throws; to read RAM needs no thread"},
    row{gives_the_length_asked_for,            yes, no,  no,  "libtorrent's buffers say 16 KiB, whatever is in them"},
    row{answers_reads_inside_the_call,         no,  no,  yes, "mmap, from a write that is not done yet"},
    row{takes_a_block_twice_at_once,           yes, yes, no,  "mmap finds a write by its block"},
    row{tells_users_of_a_slot_apart,           yes, yes, no,  "mmap finds a write by its torrent's slot"},
    row{counts_hashed_blocks,                  yes, no,  no,  "libtorrent counts them as read back"},
    row{counts_kept_blocks_as_in_use,          yes, no,  no,  "here the blocks are the torrent"},
  };
  // clang-format on
}();

/// What `where_they_differ` says.
constexpr bool has_habit(disk_kind disk, habit what) {
  for (auto const& d : where_they_differ)
    if (d.what == what) return disk == disk_kind::memory ? d.memory : disk == disk_kind::posix ? d.posix : d.mmap;
  throw "a habit without a row";
}

} // namespace memtorrent::test
