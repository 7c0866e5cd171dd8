#include "support/any_disk.hpp"
#include "support/disk_load.hpp"
#include "support/short_names.hpp"

#include <libtorrent/add_torrent_params.hpp>
#include <libtorrent/session_handle.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

// async_check_files: what libtorrent is told of data that was there before, when it adds a torrent or checks it again.

namespace memtorrent::test {

namespace {

constexpr int num_pieces = 4;
lt::add_torrent_params have(std::vector<int> const& pieces) {
  lt::add_torrent_params params;
  params.have_pieces.resize(num_pieces, false);
  for (int const p : pieces) params.have_pieces.set_bit(lt::piece_index_t(p));
  return params;
}

lt::add_torrent_params unfinished(int piece) {
  lt::add_torrent_params params;
  params.unfinished_pieces[lt::piece_index_t(piece)] = lt::bitfield(4, true);
  return params;
}

lt::add_torrent_params in_seed_mode(lt::add_torrent_params params) {
  params.flags |= lt::torrent_flags::seed_mode;
  return params;
}

/// How much of the torrent is there.
enum class stored { nothing, half, all };

/// What a disk answers for each amount that is stored.
struct answers_by_stored {
  lt::status_t nothing, half, all;
  [[nodiscard]] lt::status_t operator[](stored s) const {
    return s == stored::nothing ? nothing : s == stored::half ? half : all;
  }
};

struct claim {
  char const* name;
  std::optional<lt::add_torrent_params> resume_data;
  answers_by_stored files, linked_files, memory;
};

/// Every combination of flags, and what it is answered with.
std::vector<claim> claims() {
  constexpr auto N = lt::status_t::no_error, C = lt::status_t::need_full_check;
  // clang-format off
  return {
      //                                               files           with links      memory
      {"no resume data",         std::nullopt,         {N, C, C},      {C, C, C},      {N, C, C}},
      {"empty resume data",      lt::add_torrent_params(), {N, C, C},  {C, C, C},      {N, C, C}},
      {"no piece",               have({}),             {N, N, N},      {C, C, N},      {N, C, C}},
      {"one piece",              have({1}),            {C, N, N},      {C, C, N},      {C, C, C}},
      {"every piece",            have({0, 1, 2, 3}),   {C, C, N},      {N, N, N},      {C, C, C}},
      {"blocks of a piece",      unfinished(1),        {N, C, C},      {C, C, C},      {C, C, C}},
      {"seed mode",              in_seed_mode({}),     {C, C, N},      {N, N, N},      {C, C, C}},
      {"seed mode, no piece",    in_seed_mode(have({})), {C, C, N},    {N, N, N},      {C, C, C}},
      {"seed mode, every piece", in_seed_mode(have({0, 1, 2, 3})), {C, C, N}, {N, N, N}, {C, C, C}},
  };
  // clang-format on
}

class DiskCheck : public any_disk_test {
 protected:
  disk_torrent m_torrent{*m_disk, four_files()};

  static void store(disk_torrent& torrent, stored amount) {
    int const pieces = amount == stored::nothing ? 0 : amount == stored::half ? num_pieces / 2 : num_pieces;
    for (int p = 0; p < pieces; ++p) torrent.write_piece(p);
  }

  /// The resume data must stay alive until the answer.
  void begin_check(disk_torrent& torrent, std::optional<lt::add_torrent_params> const& resume_data,
                   std::optional<lt::status_t>& status, lt::aux::vector<std::string, lt::file_index_t> links = {}) {
    m_disk->io().async_release_files(torrent.index()); // as torrent::force_recheck
    m_disk->io().async_check_files(torrent.index(), resume_data ? &*resume_data : nullptr, std::move(links),
                                   [&status](lt::status_t answer, lt::storage_error const&) { status = answer; });
  }

  lt::status_t check(disk_torrent& torrent, std::optional<lt::add_torrent_params> const& resume_data,
                     lt::aux::vector<std::string, lt::file_index_t> links = {}) {
    std::optional<lt::status_t> status;
    begin_check(torrent, resume_data, status, std::move(links));
    m_disk->run_until([&] { return status.has_value(); });
    return *status;
  }

  /// What libtorrent's full check finds.
  static std::vector<int> pieces_that_match(disk_torrent& torrent) {
    std::vector<int> matching;
    for (int p = 0; p < torrent.num_pieces(); ++p)
      if (torrent.hash(p, checking).v1 == torrent.bytes().v1_hash(p)) matching.push_back(p);
    return matching;
  }

  static std::vector<int> pieces_of(stored amount) {
    std::vector<std::vector<int>> const pieces{{}, {0, 1}, {0, 1, 2, 3}};
    return pieces[static_cast<std::size_t>(amount)];
  }
};

constexpr stored every_amount[] = {stored::nothing, stored::half, stored::all};

} // namespace

// ---- a torrent that is added ----

TEST_P(DiskCheck, AnswersEveryClaimWithWhatIsThere) {
  for (auto const& claim : claims())
    for (auto const amount : every_amount) {
      SCOPED_TRACE(std::string(claim.name) + ", stored: " + std::to_string(static_cast<int>(amount)));
      disk_torrent torrent(*m_disk, four_files());
      store(torrent, amount);
      auto const expected = has(habit::checks_whatever_is_claimed) ? claim.memory[amount] : claim.files[amount];
      EXPECT_EQ(check(torrent, claim.resume_data), expected);
      EXPECT_EQ(pieces_that_match(torrent), pieces_of(amount));
    }
}

TEST_P(DiskCheck, AnswersEveryClaimWithWhatIsThereOrLinked) {
  m_torrent.write_all();
  lt::aux::vector<std::string, lt::file_index_t> links;
  for (auto const file : m_torrent.layout().file_range())
    links.push_back(m_torrent.layout().file_path(file, m_torrent.save_path().string()));
  bool const linked = has(habit::follows_links);

  for (auto const& claim : claims())
    for (auto const amount : every_amount) {
      SCOPED_TRACE(std::string(claim.name) + ", stored: " + std::to_string(static_cast<int>(amount)));
      disk_torrent torrent(*m_disk, four_files());
      store(torrent, amount);
      EXPECT_EQ(check(torrent, claim.resume_data, links), linked ? claim.linked_files[amount] : claim.memory[amount]);
      EXPECT_EQ(pieces_that_match(torrent), pieces_of(linked ? stored::all : amount));
    }
}

TEST_P(DiskCheck, DoesWithoutACheckOnlyWhereThatMayBe) {
  m_disk->settings().set_bool(lt::settings_pack::no_recheck_incomplete_resume, true);
  m_disk->io().settings_updated();
  m_torrent.write_all();
  EXPECT_EQ(check(m_torrent, std::nullopt) == lt::status_t::no_error, has(habit::honours_no_recheck));
  EXPECT_EQ(pieces_that_match(m_torrent), pieces_of(stored::all));
}

TEST_P(DiskCheck, TakesBlocksAfterACheckOfNothing) {
  EXPECT_EQ(check(m_torrent, std::nullopt), lt::status_t::no_error);
  m_torrent.write_all();
  EXPECT_EQ(pieces_that_match(m_torrent), pieces_of(stored::all));
}

TEST_P(DiskCheck, KeepsPartOfAPieceInFilesOnly) {
  m_torrent.write_piece(0);
  ASSERT_EQ(m_torrent.write(1, 2), lt::error_code());
  EXPECT_EQ(check(m_torrent, std::nullopt), lt::status_t::need_full_check);
  EXPECT_EQ(pieces_that_match(m_torrent), std::vector{0});
  EXPECT_EQ(m_torrent.read(1, 2 * block_bytes, block_bytes).says() == "right",
            has(habit::keeps_part_of_a_piece_through_a_check));
}

// ---- a torrent that is checked again ----

TEST_P(DiskCheck, KeepsWhatIsThereWhenItIsCheckedAgain) {
  m_torrent.write_all();
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(check(m_torrent, std::nullopt), lt::status_t::need_full_check);
    EXPECT_EQ(pieces_that_match(m_torrent), pieces_of(stored::all));
  }
}

TEST_P(DiskCheck, FindsThePieceThatWasSpoilt) {
  m_torrent.write_all();
  auto const before = m_torrent.bytes().v1_hash(2);
  m_torrent.change_block(2, 1);
  ASSERT_EQ(m_torrent.write(2, 1), lt::error_code());
  EXPECT_EQ(check(m_torrent, std::nullopt), lt::status_t::need_full_check);
  EXPECT_NE(m_torrent.hash(2, checking).v1, before);
  EXPECT_EQ(pieces_that_match(m_torrent), pieces_of(stored::all)) << "as it is now";
}

TEST_P(DiskCheck, KeepsWhatIsThereWhenItIsCheckedAgainWhileItIsBusy) {
  m_torrent.write_all();
  for (auto const& claim : claims()) {
    SCOPED_TRACE(claim.name);
    disk_load load(m_torrent);
    std::optional<lt::status_t> status;
    load.begin();
    begin_check(m_torrent, claim.resume_data, status);
    m_disk->run_all();
    EXPECT_EQ(status, has(habit::checks_whatever_is_claimed) ? claim.memory.all : claim.files.all);
    EXPECT_EQ(load.answers(), "all right");
  }
  EXPECT_EQ(pieces_that_match(m_torrent), pieces_of(stored::all));
}

TEST_P(DiskCheck, ChecksOneTorrentWhileAnotherIsBusy) {
  disk_torrent other(*m_disk, hybrid_layout(64 * KiB, {300 * KiB, 70 * KiB}), 2);
  other.write_all();
  m_torrent.write_all();
  for (int round = 0; round < 3; ++round) {
    disk_load load(other);
    load.begin();
    EXPECT_EQ(check(m_torrent, std::nullopt), lt::status_t::need_full_check);
    EXPECT_EQ(pieces_that_match(m_torrent), pieces_of(stored::all));
    m_disk->run_all();
    EXPECT_EQ(load.answers(), "all right");
  }
}

FOR_EVERY_DISK(DiskCheck);

} // namespace memtorrent::test
