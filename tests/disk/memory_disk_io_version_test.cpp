#include "disk/memory_disk_io.hpp"

#include "disk/memory_disk_state.hpp"
#include "memtorrent/error.hpp"

#include <libtorrent/session.hpp>
#include <libtorrent/session_params.hpp>
#include <libtorrent/version.hpp>

#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <string>

// A libtorrent of another version may have its private members elsewhere.

namespace memtorrent::test {

namespace {

/// What went wrong when a session was begun on a memory disk I/O that finds that version loaded.
boost::system::error_code begin_session(std::string const& version, std::string& text) {
  lt::session_params params;
  params.settings.set_str(lt::settings_pack::listen_interfaces, "127.0.0.1:0");
  for (int const off : {lt::settings_pack::enable_dht, lt::settings_pack::enable_lsd, lt::settings_pack::enable_upnp,
                        lt::settings_pack::enable_natpmp})
    params.settings.set_bool(off, false);
  params.disk_io_constructor = [&](lt::io_context& network_thread, lt::settings_interface const& settings,
                                   lt::counters& counters) -> std::unique_ptr<lt::disk_interface> {
    return std::make_unique<memory_disk_io>(std::make_shared<memory_disk_state>(memory_disk_config{}), network_thread,
                                            settings, counters, version);
  };
  try {
    lt::session const session(std::move(params));
  } catch (boost::system::system_error const& error) {
    text = error.what();
    return error.code();
  }
  return {};
}

} // namespace

TEST(MemoryDiskIoVersion, OfTheLibtorrentThatWasCompiledForIsServed) {
  std::string text;
  EXPECT_FALSE(begin_session(lt::version(), text)) << text;
}

TEST(MemoryDiskIoVersion, OfAnotherLibtorrentIsRefusedBeforeThereIsATorrent) {
  std::string text;
  EXPECT_EQ(begin_session("2.0.99.0", text), errc::picker_mismatch);
  EXPECT_NE(text.find("2.0.99.0"), std::string::npos) << text;
  EXPECT_NE(text.find(LIBTORRENT_VERSION), std::string::npos) << text;
}

} // namespace memtorrent::test
