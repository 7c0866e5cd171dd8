// What went wrong while a torrent was written into files.

#pragma once

#include <boost/system/error_code.hpp>

#include <string>

namespace memtorrent {

/// The error, and the file or folder that it came with, if any. No error is success.
struct export_failure {
  boost::system::error_code error;
  std::string path;

  explicit operator bool() const noexcept { return static_cast<bool>(error); }
};

} // namespace memtorrent
