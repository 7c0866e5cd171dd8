// A torrent on a disk without a session, and the bytes that it is made of.

#pragma once

#include "support/layout.hpp"
#include "support/lone_disk.hpp"

#include <libtorrent/disk_interface.hpp>
#include <libtorrent/disk_observer.hpp>
#include <libtorrent/peer_request.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace memtorrent::test {

inline constexpr auto v1_hash = lt::disk_interface::v1_hash;
/// How libtorrent asks for the hashes of a torrent that it checks.
inline constexpr auto checking = v1_hash | lt::disk_interface::sequential_access | lt::disk_interface::volatile_read;

/// What a job answered.
struct read_answer {
  lt::error_code error;
  lt::disk_buffer_holder buffer;
  /// What the buffer should hold.
  std::vector<char> expected;
  /// The buffer may say that it is longer than what was asked for.
  bool may_be_longer = false;

  /// "right", "wrong from byte N on", or the error's message.
  [[nodiscard]] std::string says() const;
};

struct hash_answer {
  lt::error_code error;
  lt::sha1_hash v1;
  std::vector<lt::sha256_hash> v2;
};

/// libtorrent's word for "no longer wanted, and nobody's fault".
lt::error_code cancelled();

/// It leaves the disk when it goes.
class disk_torrent {
 public:
  /// `save_path`: where another torrent has left its files; else a directory of its own.
  disk_torrent(lone_disk& disk, lt::file_storage layout, std::uint64_t seed = 1, std::filesystem::path save_path = {});

  [[nodiscard]] lone_disk& disk() const { return m_disk; }
  [[nodiscard]] lt::storage_index_t index() const { return m_holder; }
  [[nodiscard]] lt::file_storage const& layout() const { return m_layout; }
  [[nodiscard]] std::filesystem::path const& save_path() const { return m_save_path; }
  [[nodiscard]] torrent_bytes const& bytes() const { return m_bytes; }
  [[nodiscard]] int num_pieces() const { return m_layout.num_pieces(); }
  void remove() { m_holder.reset(); }

  /// Other bytes than before, to be written over them.
  void change_block(int piece, int block) { m_bytes.change_block(piece, block, ++m_changes); }

  /// One request, run until it is answered.
  lt::error_code write(int piece, int block);
  read_answer read(int piece, int start, int length, lt::disk_job_flags_t flags = {});
  hash_answer hash(int piece, lt::disk_job_flags_t flags = lt::disk_interface::v1_hash);
  hash_answer hash_block(int piece, int block);

  /// All that peers send of a piece, or of the torrent; expects no error.
  void write_piece(int piece);
  void write_all();
  /// Pieces of which a byte can be read. Asks in order, which counts as a use of each.
  std::vector<int> pieces_there();

  /// The bare requests: what `async_write` returned.
  bool begin_write(int piece, int block, std::function<void(lt::storage_error const&)> handler,
                   std::shared_ptr<lt::disk_observer> observer = nullptr);
  void begin_read(int piece, int start, int length, std::function<void(read_answer)> handler,
                  lt::disk_job_flags_t flags = {});
  void begin_hash(int piece, lt::disk_job_flags_t flags, std::function<void(hash_answer)> handler);
  void begin_hash_block(int piece, int block, std::function<void(hash_answer)> handler);
  /// Writes what peers send of a piece, and nobody hears of it.
  void begin_write_piece(int piece);

 private:
  lone_disk& m_disk;
  lt::file_storage m_layout;
  std::filesystem::path m_save_path;
  torrent_bytes m_bytes;
  std::uint64_t m_changes = 1000;
  lt::storage_holder m_holder;
};

} // namespace memtorrent::test
