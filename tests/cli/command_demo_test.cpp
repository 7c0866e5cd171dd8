#include "cli/command_process.hpp"
#include "cli/printed_url.hpp"
#include "support/film.hpp"
#include "support/http_client.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace memtorrent::test {
namespace {

// Where the demo keeps its film.
class scratch {
 public:
  scratch() : m_owner(small()), m_path(m_owner.folder() / "scratch") { std::filesystem::create_directory(m_path); }

  [[nodiscard]] command_process::surroundings around() const { return {.environment = {{"TMPDIR", m_path.string()}}}; }
  // Beside it, for what else a test needs.
  [[nodiscard]] std::filesystem::path const& neighbour() const { return m_owner.folder(); }
  [[nodiscard]] bool is_empty() const { return std::filesystem::is_empty(m_path); }

  [[nodiscard]] std::string film_of_the_demo() const {
    for (auto const& entry : std::filesystem::recursive_directory_iterator(m_path)) {
      if (entry.path().extension() != ".mp4") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      return {std::istreambuf_iterator<char>(in), {}};
    }
    return {};
  }

  // Processes that were started with a path in here.
  [[nodiscard]] std::set<std::string> processes() const {
    std::set<std::string> found;
    for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream in(entry.path() / "cmdline", std::ios::binary);
      std::string const words{std::istreambuf_iterator<char>(in), {}};
      if (words.find(m_path.string()) != std::string::npos) found.insert(entry.path().filename().string());
    }
    return found;
  }

 private:
  static film::options small() {
    film::options options;
    options.size_bytes = 1;
    return options;
  }

  film m_owner;
  std::filesystem::path m_path;
};

std::vector<std::string> demo(std::string const& seconds) {
  return {"demo", "--seconds", seconds, "--http", "127.0.0.1:0"};
}

TEST(CommandDemo, StreamsTheFilmThatItMade) {
  scratch const folder;
  command_process command(demo("2"), folder.around());
  auto const line = command.read_line();
  printed_url const url(line);
  ASSERT_NE(url.port, 0) << line;
  EXPECT_TRUE(command.says("watch it with: mpv " + line));
  EXPECT_TRUE(command.says("3 peers (3 seeds)"));
  EXPECT_EQ(folder.processes(), std::set<std::string>{}) << "the swarm is in the command itself";

  http_client client(url.port);
  auto const got = client.get(url.path);
  EXPECT_EQ(got.status, 200);
  EXPECT_GT(got.body.size(), 1'000'000U);
  EXPECT_TRUE(got.body == folder.film_of_the_demo());

  command.send(SIGINT);
  auto const end = command.wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(folder.is_empty());
  EXPECT_EQ(folder.processes(), std::set<std::string>{});
}

TEST(CommandDemo, EndsWhileItMakesTheFilm) {
  scratch const folder;
  command_process command(demo("3600"), folder.around());
  ASSERT_TRUE(command.says("making a film"));
  EXPECT_EQ(folder.processes().size(), 1U);
  command.send(SIGTERM);
  auto const end = command.wait();
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(folder.is_empty());
  EXPECT_EQ(folder.processes(), std::set<std::string>{});
}

TEST(CommandDemo, SaysWhenTheFilmCannotBeMade) {
  scratch const folder;
  // A program of that name that fails.
  std::filesystem::create_symlink("/bin/false", folder.neighbour() / "ffmpeg");
  auto around = folder.around();
  around.environment["PATH"] = folder.neighbour().string();
  auto const end = command_process::run(demo("2"), around);
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(end.err, "memtorrent: ffmpeg could not make the film of the demo\n");
  EXPECT_TRUE(folder.is_empty());
}

} // namespace
} // namespace memtorrent::test
