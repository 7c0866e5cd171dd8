#include "hybrid/new_files.hpp"

#include "memtorrent/error.hpp"
#include "support/layout.hpp"
#include "support/temporary_folder.hpp"

#include <boost/system/error_code.hpp>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace memtorrent::test {

namespace {

namespace errors = boost::system::errc;

class NewFiles : public testing::Test {
 protected:
  /// Three files of 3, 0 and 4 bytes; "b/c/" holds the second and third.
  std::vector<planned_file> plan() {
    return {{{0, 3}, m_root / "a"}, {{3, 3}, m_root / "b/c/empty"}, {{3, 7}, m_root / "b/c/d"}};
  }
  std::string content(char const* name) { return content_of(m_root / name); }

  temporary_folder m_folder;
  std::filesystem::path m_root = m_folder.path() / "new";
};

} // namespace

TEST_F(NewFiles, AreMadeWithTheirFolders) {
  new_files files(plan());
  EXPECT_FALSE(files.make_empty_files());
  EXPECT_FALSE(files.write(0, 0, {"abc", 3}));
  EXPECT_FALSE(files.write(2, 3, {"def", 3}));
  EXPECT_FALSE(files.write(2, 6, {"g", 1}));
  EXPECT_FALSE(files.close());
  EXPECT_EQ(files_below(m_root), (std::vector<std::string>{"a", "b/c/d", "b/c/empty"}));
  EXPECT_EQ(content("a"), "abc");
  EXPECT_EQ(content("b/c/empty"), "");
  EXPECT_EQ(content("b/c/d"), "defg");
}

TEST_F(NewFiles, HaveTheirFullSizeWhenTheyAreClosedAndAreNotMadeWithoutAByte) {
  new_files files(plan());
  EXPECT_FALSE(files.write(2, 4, {"e", 1}));
  EXPECT_FALSE(files.close());
  EXPECT_EQ(files_below(m_root), (std::vector<std::string>{"b/c/d"}));
  EXPECT_EQ(content("b/c/d"), std::string("\0e\0\0", 4));
}

TEST_F(NewFiles, CanBeWrittenToAgainAfterTheyWereClosed) {
  new_files files(plan());
  EXPECT_FALSE(files.write(2, 3, {"d", 1}));
  EXPECT_FALSE(files.write(0, 0, {"abc", 3}));
  EXPECT_FALSE(files.write(2, 4, {"efg", 3}));
  EXPECT_FALSE(files.close());
  EXPECT_EQ(content("b/c/d"), "defg");
}

TEST_F(NewFiles, NeverTouchWhatWasThere) {
  std::filesystem::create_directories(m_root / "b");
  std::ofstream(m_root / "a") << "abc";
  std::ofstream(m_root / "b/other") << "other";
  {
    new_files files(plan());
    EXPECT_FALSE(files.write(2, 3, {"defg", 4}));
    auto const failure = files.write(0, 0, {"abc", 3});
    EXPECT_EQ(failure.error, errors::make_error_condition(errors::file_exists)) << failure.error.message();
    EXPECT_EQ(failure.path, m_root / "a");
    files.remove();
  }
  EXPECT_EQ(files_below(m_root), (std::vector<std::string>{"a", "b/other"}));
  EXPECT_EQ(content("a"), "abc");
  EXPECT_FALSE(std::filesystem::exists(m_root / "b/c"));
}

TEST_F(NewFiles, DoNotFollowALinkInTheirPlace) {
  std::filesystem::create_directories(m_root);
  std::filesystem::create_symlink(m_folder.path() / "elsewhere", m_root / "a");
  new_files files(plan());
  EXPECT_EQ(files.write(0, 0, {"abc", 3}).error, errors::make_error_condition(errors::file_exists));
  EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "elsewhere"));
}

TEST_F(NewFiles, GoWithAllTheirFolders) {
  new_files files(plan());
  EXPECT_FALSE(files.make_empty_files());
  EXPECT_FALSE(files.write(0, 0, {"abc", 3}));
  files.remove();
  EXPECT_FALSE(std::filesystem::exists(m_root));
  EXPECT_TRUE(std::filesystem::exists(m_folder.path()));
}

// ---- on the device ----

class NewFilesOnTheDevice : public NewFiles {
 protected:
  sync_function sync() {
    return [this](int descriptor) {
      auto const path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor));
      m_synced.push_back(path == m_folder.path() ? "." : path.lexically_relative(m_folder.path()).string());
      errno = m_error;
      return m_error != 0 && std::filesystem::is_directory(path) ? -1 : 0;
    };
  }
  std::vector<std::string> synced() { return std::exchange(m_synced, {}); }

  std::vector<std::string> m_synced;
  int m_error = 0;
};

using names = std::vector<std::string>;

TEST_F(NewFilesOnTheDevice, AreFoundThereThroughEveryFolderThatNamesOneOfThem) {
  new_files files(plan(), sync());
  EXPECT_FALSE(files.write(0, 0, {"abc", 3}));
  EXPECT_FALSE(files.write(2, 3, {"defg", 4}));
  EXPECT_FALSE(files.close());
  EXPECT_EQ(synced(), (names{"new/a", "new/b/c/d"}));

  EXPECT_FALSE(files.sync_folders());

  // The last one was there before, and has got a new name.
  EXPECT_EQ(synced(), (names{"new/b/c", "new/b", "new", "."}));
}

TEST_F(NewFilesOnTheDevice, NeedOnlyTheFoldersThatGotANewName) {
  std::filesystem::create_directories(m_root / "b/c");
  new_files files(plan(), sync());
  EXPECT_FALSE(files.write(2, 3, {"d", 1}));
  EXPECT_FALSE(files.close());
  EXPECT_FALSE(files.sync_folders());
  EXPECT_EQ(synced(), (names{"new/b/c/d", "new/b/c"}));

  EXPECT_FALSE(files.write(2, 4, {"e", 1}));
  EXPECT_FALSE(files.close());
  EXPECT_FALSE(files.sync_folders());
  EXPECT_EQ(synced(), (names{"new/b/c/d"})) << "its name is there already";
}

TEST_F(NewFilesOnTheDevice, SayWhichFolderIsNot) {
  new_files files(plan(), sync());
  EXPECT_FALSE(files.write(0, 0, {"abc", 3}));
  EXPECT_FALSE(files.close());
  m_error = EIO;
  auto const failure = files.sync_folders();
  EXPECT_EQ(failure.error, errors::make_error_condition(errors::io_error)) << failure.error.message();
  EXPECT_EQ(failure.path, m_root);
}

TEST_F(NewFilesOnTheDevice, AreThereAlsoWhereAFileSystemHasNothingToDoForFolders) {
  new_files files(plan(), sync());
  EXPECT_FALSE(files.write(0, 0, {"abc", 3}));
  EXPECT_FALSE(files.close());
  m_error = EINVAL;
  EXPECT_FALSE(files.sync_folders());
}

TEST_F(NewFiles, SayWhichFolderCannotBeMade) {
  std::ofstream(m_root) << "a file where a folder is needed";
  new_files files(plan());
  auto const failure = files.write(2, 3, {"d", 1});
  EXPECT_EQ(failure.error, errors::make_error_condition(errors::not_a_directory)) << failure.error.message();
  EXPECT_EQ(failure.path, m_root / "b");
}

// ---- where a torrent's files go ----

TEST(PlanFiles, LeavesOutPadsAndKeepsTheOrder) {
  std::vector<planned_file> files;
  auto const layout = v1_layout(16 * 1024, {{100}, pad(16 * 1024 - 100), {0}, {70}});
  EXPECT_FALSE(plan_files(layout, "/films", files));
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].path, "/films/layout/0");
  EXPECT_EQ(files[1].path, "/films/layout/2");
  EXPECT_EQ(files[2].path, "/films/layout/3");
  EXPECT_EQ(files[2].in_torrent.begin, 16 * 1024);
  EXPECT_EQ(files[2].in_torrent.end, 16 * 1024 + 70);
}

TEST(PlanFiles, TakesNewNames) {
  std::vector<planned_file> files;
  auto layout = v1_layout(16 * 1024, {{100}});
  layout.rename_file(lt::file_index_t(0), "layout/../other/name");
  EXPECT_FALSE(plan_files(layout, "/films", files));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, "/films/other/name");
}

TEST(PlanFiles, RefusesNamesThatLeadOut) {
  for (auto const* const name : {"../films-of-others/name", "layout/../../name", "..", "/etc/name", "layout/.."}) {
    std::vector<planned_file> files;
    auto layout = v1_layout(16 * 1024, {{100}});
    layout.rename_file(lt::file_index_t(0), name);
    EXPECT_EQ(plan_files(layout, "/films", files).error, errc::outside_folder) << name;
  }
}

} // namespace memtorrent::test
