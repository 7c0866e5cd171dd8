// The memtorrent command as a process, started and watched by a test. Nothing waits for ever.

#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace memtorrent::test {

class command_process {
 public:
  struct ending {
    /// -1 if a signal ended it, or if it did not end in good time and was killed.
    int exit_code = -1;
    /// What was not read before.
    std::string out;
    std::string err;
  };

  struct surroundings {
    /// Added to the environment of the test; changes what is there already.
    std::map<std::string, std::string> environment = {};
    /// What stdout is, if it is not a pipe to the test.
    std::string out_path = {};
    /// The pipes of stdout and stderr can take nothing more, as after hours in which nobody read them.
    bool pipes_are_full = false;
  };

  explicit command_process(std::vector<std::string> arguments);
  command_process(std::vector<std::string> arguments, surroundings const& around);
  command_process(command_process const&) = delete;
  command_process& operator=(command_process const&) = delete;
  /// Kills it if it still runs.
  ~command_process();

  /// The next line of stdout, without its end; empty if none came in good time.
  std::string read_line();

  /// Reads stderr until a line holds `part`. False if none came in good time.
  bool says(std::string const& part);

  void send(int signal) const;

  ending wait();

  /// Starts it and waits for its end.
  static ending run(std::vector<std::string> arguments);
  static ending run(std::vector<std::string> arguments, surroundings const& around);

 private:
  struct pipe_reader {
    // False at the end, or when nothing came in good time.
    bool read_more();
    bool read_until_line();
    std::string take_line();

    int descriptor = -1;
    std::string text;
  };

  pid_t m_process = 0;
  pipe_reader m_out;
  pipe_reader m_err;
};

} // namespace memtorrent::test
