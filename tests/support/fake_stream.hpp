// A stream without a torrent, for what only passes streams on.

#pragma once

#include "memtorrent/torrent_stream.hpp"

namespace memtorrent::test {

class empty_source final : public byte_source {
 public:
  [[nodiscard]] std::int64_t size_bytes() const noexcept override { return 0; }
  void async_read(std::int64_t, std::int64_t, read_handler handler) override { handler({}, {}); }
  void cancel() override {}
};

/// Of its files the first can be opened, and no other.
class fake_stream final : public torrent_stream {
 public:
  std::unique_ptr<byte_source> open(lt::file_index_t file, boost::system::error_code& ec) override {
    if (file == lt::file_index_t(0)) return std::make_unique<empty_source>();
    ec = errc::torrent_removed;
    return nullptr;
  }
  std::unique_ptr<memtorrent::preload> preload(lt::file_index_t, std::int64_t, boost::system::error_code&) override {
    return nullptr;
  }
  void set_duration(lt::file_index_t, std::chrono::milliseconds, boost::system::error_code&) override {}
  [[nodiscard]] std::vector<reader_status> status() const override { return {}; }
  [[nodiscard]] std::int64_t buffered_bytes() const override { return 0; }
};

} // namespace memtorrent::test
