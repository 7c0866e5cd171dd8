#include "support/any_disk.hpp"
#include "support/disk_harness.hpp"
#include "support/short_names.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/session_handle.hpp>

#include <functional>
#include <ostream>
#include <string>
#include <utility>

// What holds for every method of lt::disk_interface that takes a handler, one body of tests for all of them. That an
// answer comes once, on the network thread and not inside the call, is seen to by the disk's answer_watch.

namespace memtorrent::test {

namespace {

/// A handler for any method. Empty if it has nothing to call.
class any_handler {
 public:
  any_handler() = default;
  explicit any_handler(std::function<void()> call) : m_call(std::move(call)) {}

  template <typename... Args>
  operator std::function<void(Args...)>() const { // NOLINT(google-explicit-constructor): it stands for all of them
    if (!m_call) return nullptr;
    return [call = m_call](Args...) { call(); };
  }

 private:
  std::function<void()> m_call;
};

struct request {
  char const* name;
  void (*send)(lt::disk_interface&, lt::storage_index_t, any_handler);
};

constexpr lt::piece_index_t there{0};     // complete
constexpr lt::piece_index_t not_there{1}; // nothing of it

using disk = lt::disk_interface;
using torrent = lt::storage_index_t;

void write_nothing_much(disk& io, torrent t, any_handler h) {
  std::string const block(16 * KiB, 'x');
  io.async_write(t, {not_there, 0, 16 * KiB}, block.data(), nullptr, h);
}

request const requests[] = {
    {"read",
     [](disk& io, torrent t, any_handler h) {
       io.async_read(t, {there, 0, 16 * KiB}, h);
     }},
    {"read_across_blocks",
     [](disk& io, torrent t, any_handler h) {
       io.async_read(t, {there, 9 * KiB, 16 * KiB}, h);
     }},
    {"read_not_there",
     [](disk& io, torrent t, any_handler h) {
       io.async_read(t, {not_there, 0, 16 * KiB}, h);
     }},
    {"write", write_nothing_much},
    {"hash", [](disk& io, torrent t, any_handler h) { io.async_hash(t, there, {}, v1_hash, h); }},
    {"hash_not_there", [](disk& io, torrent t, any_handler h) { io.async_hash(t, not_there, {}, v1_hash, h); }},
    {"hash2", [](disk& io, torrent t, any_handler h) { io.async_hash2(t, there, 0, {}, h); }},
    {"hash2_not_there", [](disk& io, torrent t, any_handler h) { io.async_hash2(t, not_there, 0, {}, h); }},
    {"move_storage",
     [](disk& io, torrent t, any_handler h) { io.async_move_storage(t, ".", lt::move_flags_t::dont_replace, h); }},
    {"release_files", [](disk& io, torrent t, any_handler h) { io.async_release_files(t, h); }},
    {"check_files", [](disk& io, torrent t, any_handler h) { io.async_check_files(t, nullptr, {}, h); }},
    {"stop_torrent", [](disk& io, torrent t, any_handler h) { io.async_stop_torrent(t, h); }},
    {"rename_file", [](disk& io, torrent t, any_handler h) { io.async_rename_file(t, {}, "name", h); }},
    {"delete_files",
     [](disk& io, torrent t, any_handler h) { io.async_delete_files(t, lt::session_handle::delete_files, h); }},
    {"set_file_priority", [](disk& io, torrent t, any_handler h) { io.async_set_file_priority(t, {}, h); }},
    {"clear_piece", [](disk& io, torrent t, any_handler h) { io.async_clear_piece(t, there, h); }},
    {"clear_piece_being_hashed",
     [](disk& io, torrent t, any_handler h) {
       io.async_hash(t, there, {}, v1_hash, any_handler([] {}));
       io.async_clear_piece(t, there, h);
     }},
};

struct request_to {
  disk_kind kind;
  request what;
  friend void PrintTo(request_to const& r, std::ostream* out) {
    PrintTo(r.kind, out);
    *out << ", " << r.what.name;
  }
};

std::vector<request_to> requests_to(disk_kind kind) {
  std::vector<request_to> all;
  for (auto const& r : requests) all.push_back({kind, r});
  return all;
}

std::string name_of_request(testing::TestParamInfo<request_to> const& info) { return info.param.what.name; }

class DiskAnswers : public testing::TestWithParam<request_to> {
 protected:
  DiskAnswers() { m_torrent.write_piece(0); }

  void send(any_handler handler) {
    GetParam().what.send(m_disk->io(), m_torrent.index(), std::move(handler));
    m_disk->io().submit_jobs();
  }

  std::unique_ptr<lone_disk> const m_disk = make_disk({GetParam().kind, 1});
  disk_torrent m_torrent{*m_disk, v2_layout(64 * KiB, {200 * KiB})};
  int m_answers = 0;
  any_handler m_handler{[this] { ++m_answers; }};
};

/// What only memory promises, for libtorrent does without.
class MemoryDiskIoAnswers : public DiskAnswers {};

} // namespace

TEST_P(DiskAnswers, ArePostedAndNeverGivenInsideTheCall) {
  send(m_handler);
  EXPECT_EQ(m_answers, 0);
  m_disk->run_all();
  EXPECT_EQ(m_answers, 1);
}

TEST_P(DiskAnswers, AreGivenOnceWhenTheSessionEndsBeforehand) {
  send(m_handler);
  m_disk->io().abort(false);
  EXPECT_EQ(m_answers, 0);
  m_disk->run_all();
  EXPECT_EQ(m_answers, 1);
}

TEST_P(DiskAnswers, AreGivenOnceWhenTheSessionWaitsForItsEndBeforehand) {
  send(m_handler);
  m_disk->io().abort(true);
  EXPECT_EQ(m_answers, 0);
  m_disk->run_all();
  EXPECT_EQ(m_answers, 1);
}

TEST_P(DiskAnswers, AreGivenOnceWhenTheSessionHasEnded) {
  if (!m_disk->has(habit::reads_after_abort) && std::string(GetParam().what.name).starts_with("read"))
    GTEST_SKIP() << "mmap throws, looking in the job for the buffer that it has not made";
  m_disk->io().abort(true);
  send(m_handler);
  EXPECT_EQ(m_answers, 0);
  m_disk->run_all();
  EXPECT_EQ(m_answers, 1);
}

TEST_P(DiskAnswers, AreGivenOnceWhenTheTorrentLeavesBeforehand) {
  send(m_handler);
  m_torrent.remove();
  m_disk->run_all();
  EXPECT_EQ(m_answers, 1);
}

TEST_P(MemoryDiskIoAnswers, AreLeftOutWhenNobodyAsksForThem) {
  EXPECT_NO_THROW(send(any_handler()));
  EXPECT_NO_THROW(m_disk->run_all());
}

TEST_P(MemoryDiskIoAnswers, AreDestroyedWithTheirBuffersWhenTheyAreNeverRun) {
  send(m_handler);
  m_torrent.remove();
  m_disk->end_session_abruptly();
  EXPECT_EQ(m_answers, 0);
}

INSTANTIATE_TEST_SUITE_P(Memory, DiskAnswers, testing::ValuesIn(requests_to(disk_kind::memory)), name_of_request);
INSTANTIATE_TEST_SUITE_P(Posix, DiskAnswers, testing::ValuesIn(requests_to(disk_kind::posix)), name_of_request);
INSTANTIATE_TEST_SUITE_P(Mmap, DiskAnswers, testing::ValuesIn(requests_to(disk_kind::mmap)), name_of_request);
INSTANTIATE_TEST_SUITE_P(, MemoryDiskIoAnswers, testing::ValuesIn(requests_to(disk_kind::memory)), name_of_request);

} // namespace memtorrent::test
