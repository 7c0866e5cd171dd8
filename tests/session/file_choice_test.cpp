#include "session/file_choice.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace memtorrent::session {
namespace {

lt::file_storage files(std::vector<std::pair<std::string, std::int64_t>> const& names_and_sizes) {
  lt::file_storage storage;
  for (auto const& [name, size] : names_and_sizes) {
    auto const is_pad = name.find(".pad") != std::string::npos;
    storage.add_file("film/" + name, size, is_pad ? lt::file_storage::flag_pad_file : lt::file_flags_t{});
  }
  return storage;
}

int chosen(lt::file_storage const& from, std::optional<std::string> const& wanted = std::nullopt) {
  return static_cast<int>(choose_file(from, wanted));
}

lt::file_storage some_files() {
  return files({{"readme.txt", 900},
                {"sample.mkv", 100},
                {".pad/500", 500},
                {"Film.MKV", 800},
                {"extras/making of.mp4", 300},
                {"sound.mp3", 700},
                {"image.iso", 5000}});
}

TEST(FileChoice, TakesTheLargestThatPlays) { EXPECT_EQ(chosen(some_files()), 3); }

TEST(FileChoice, TakesTheLargestOfAllWhenNonePlays) {
  EXPECT_EQ(chosen(files({{"a.txt", 1}, {"b.iso", 3}, {".pad/9", 9}, {"c.txt", 2}})), 1);
}

TEST(FileChoice, TakesAnIndex) {
  EXPECT_EQ(chosen(some_files(), "0"), 0);
  EXPECT_EQ(chosen(some_files(), "6"), 6);
}

TEST(FileChoice, TakesAPatternOfNameOrPathInAnyCase) {
  EXPECT_EQ(chosen(some_files(), "*.mp4"), 4);
  EXPECT_EQ(chosen(some_files(), "film/extras/*"), 4);
  EXPECT_EQ(chosen(some_files(), "film.mkv"), 3);
  EXPECT_EQ(chosen(some_files(), "readme.txt"), 0);
}

TEST(FileChoice, TakesTheBestOfThoseThatMatch) {
  EXPECT_EQ(chosen(some_files(), "*.mkv"), 3);
  EXPECT_EQ(chosen(some_files(), "*a*.*"), 4); // the iso is larger, but does not play
}

TEST(FileChoice, NeverTakesAPadFile) {
  EXPECT_THROW(chosen(some_files(), "2"), std::runtime_error);
  EXPECT_THROW(chosen(some_files(), "500"), std::runtime_error);
  EXPECT_THROW(chosen(files({{".pad/9", 9}})), std::runtime_error);
}

TEST(FileChoice, ListsTheFilesWhenNoneMatches) {
  try {
    chosen(some_files(), "*.avi");
    FAIL() << "nothing was thrown";
  } catch (std::runtime_error const& error) {
    std::string const sentence = error.what();
    EXPECT_NE(sentence.find("'*.avi'"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("3 film/Film.MKV, 4 film/extras/making of.mp4"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("pad"), std::string::npos) << sentence;
  }
}

TEST(FileChoice, ListsNoMoreThanASentenceHolds) {
  std::vector<std::pair<std::string, std::int64_t>> many;
  for (int i = 0; i < 50; ++i) many.emplace_back("part-" + std::to_string(i), 1);
  try {
    chosen(files(many), "50");
    FAIL() << "nothing was thrown";
  } catch (std::runtime_error const& error) {
    std::string const sentence = error.what();
    EXPECT_NE(sentence.find("19 film/part-19 and 30 more"), std::string::npos) << sentence;
  }
}

} // namespace
} // namespace memtorrent::session
