#include "session_bench/leech.hpp"

#include "session_bench/process_usage.hpp"
#include "session_bench/session_settings.hpp"
#include "support/swarm.hpp"

#include <libtorrent/alert_types.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace memtorrent::bench {

namespace {

constexpr std::int64_t read_bytes = 1 << 20;
constexpr std::chrono::seconds limit(300);

// One session with one torrent, however it is brought to have everything.
class leecher {
 public:
  leecher(test::film const& film, lt::disk_io_constructor_type disk,
          std::function<void(lt::settings_pack&)> const& change, lt::add_torrent_params params)
      : m_session(std::move(disk), [&](lt::settings_pack& pack) {
          apply_transfer_settings(pack);
          change(pack);
        }) {
    params.ti = film.info();
    params.flags &= ~(lt::torrent_flags::auto_managed | lt::torrent_flags::paused);
    m_torrent = m_session.session().add_torrent(std::move(params));
    auto const is_added = [](lt::alert const& a) {
      return lt::alert_cast<lt::torrent_checked_alert>(&a) || lt::alert_cast<lt::torrent_error_alert>(&a);
    };
    if (!m_session.wait_for(is_added)) throw std::runtime_error("the torrent was not added");
    throw_problem();
  }
  leecher(leecher const&) = delete;
  leecher& operator=(leecher const&) = delete;
  virtual ~leecher() = default;

  leech_figures measure(int seed_port) {
    reset_peak_rss();
    double const cpu_before = cpu_seconds();
    m_torrent.connect_peer({lt::make_address("127.0.0.1"), static_cast<std::uint16_t>(seed_port)});
    auto const end = get_everything();
    leech_figures figures;
    figures.cpu_seconds = cpu_seconds() - cpu_before;
    figures.peak_rss_mib = peak_rss_mib();
    figures.seconds = std::chrono::duration<double>(end - connected_at()).count();
    throw_problem();
    return figures;
  }

 protected:
  /// When it was done.
  virtual lt::time_point get_everything() = 0;

  bool wait_for(std::function<bool(lt::alert const&)> const& wanted) {
    return m_session.wait_for(
        [&](lt::alert const& a) {
          if (lt::alert_cast<lt::peer_connect_alert>(&a)) m_connected_at = a.timestamp();
          return wanted(a);
        },
        limit);
  }

  bool wait_until(std::function<bool()> const& reached) { return m_session.wait_until(reached, limit); }

  [[nodiscard]] lt::torrent_handle const& torrent() const { return m_torrent; }

 private:
  void throw_problem() {
    if (auto const problems = m_session.problems(); !problems.empty()) throw std::runtime_error(problems.front());
  }

  lt::time_point connected_at() {
    if (!m_connected_at) wait_for([](lt::alert const& a) { return lt::alert_cast<lt::peer_connect_alert>(&a); });
    if (!m_connected_at) throw std::runtime_error("libtorrent did not say when it was connected");
    return *m_connected_at;
  }

  test::loopback_session m_session;
  lt::torrent_handle m_torrent;
  std::optional<lt::time_point> m_connected_at;
};

class download final : public leecher {
 public:
  using leecher::leecher;

 private:
  lt::time_point get_everything() override {
    lt::time_point end;
    bool const finished = wait_for([&](lt::alert const& a) {
      if (!lt::alert_cast<lt::torrent_finished_alert>(&a)) return false;
      end = a.timestamp();
      return true;
    });
    if (!finished) throw std::runtime_error("the download did not finish");
    // Without hash checks libtorrent finishes when the last write is issued, and counts the piece when it is answered.
    bool const is_whole = wait_until([&] {
      auto const status = torrent().status();
      return status.is_seeding && status.num_pieces == torrent().torrent_file()->num_pieces();
    });
    if (!is_whole) throw std::runtime_error("the download finished without all pieces");
    return end;
  }
};

class reading final : public leecher {
 public:
  reading(test::film const& film, memory_disk_constructor const& ram, lt::add_torrent_params params)
      : leecher(film, ram, apply_streaming_settings, std::move(params)), m_film(film) {
    boost::system::error_code ec;
    m_stream = torrent_stream::create(torrent(), ram.disk(), ec);
    if (!ec) m_reader = m_stream->open(lt::file_index_t{0}, ec);
    if (ec) throw std::runtime_error(ec.message());
  }

 private:
  lt::time_point get_everything() override {
    for (std::int64_t offset = 0; offset < m_film.size_bytes();) {
      boost::system::error_code ec;
      auto const bytes = m_reader->read(offset, read_bytes, ec);
      if (ec || bytes.empty())
        throw std::runtime_error("cannot read at " + std::to_string(offset) + ": " + ec.message());
      for (auto const& slice : bytes) {
        if (*slice.data != m_film.byte_at(0, offset))
          throw std::runtime_error("wrong byte at " + std::to_string(offset));
        offset += slice.size_bytes;
      }
    }
    return lt::clock_type::now();
  }

  test::film const& m_film;
  std::shared_ptr<torrent_stream> m_stream;
  std::unique_ptr<byte_source> m_reader;
};

memory_disk_constructor ram_of(std::int64_t budget_bytes) {
  memory_disk_config config;
  config.budget_bytes = budget_bytes;
  return memory_disk_constructor(config);
}

std::unique_ptr<leecher> make_leecher(test::film const& film, leech_options const& options) {
  lt::add_torrent_params params;
  params.save_path = options.folder.string();
  auto const nothing_more = [](lt::settings_pack&) {};
  switch (options.kept_in) {
    case backend::ceiling: {
      auto const no_hashes = [](lt::settings_pack& pack) {
        pack.set_bool(lt::settings_pack::disable_hash_checks, true);
      };
      return std::make_unique<download>(film, disk_of(options.kept_in), no_hashes, params);
    }
    case backend::posix:
    case backend::mmap: return std::make_unique<download>(film, disk_of(options.kept_in), nothing_more, params);
    case backend::memtorrent:
      return std::make_unique<download>(film, ram_of(2 * film.size_bytes()), nothing_more, params);
    case backend::memtorrent_windowed:
      prepare_for_streaming(params);
      return std::make_unique<reading>(film, ram_of(options.budget_bytes), params);
  }
  throw std::invalid_argument("no such backend");
}

} // namespace

std::string leech_figures::to_text() const {
  std::ostringstream text;
  text << seconds << ' ' << cpu_seconds << ' ' << peak_rss_mib;
  return text.str();
}

leech_figures leech_figures::from_text(std::string const& text) {
  leech_figures figures;
  std::istringstream(text) >> figures.seconds >> figures.cpu_seconds >> figures.peak_rss_mib;
  return figures;
}

void run_leech(test::film const& film, leech_options const& options, channel& parent) {
  auto const leecher = make_leecher(film, options);
  parent.send("ready");
  auto const figures = leecher->measure(std::stoi(parent.receive()));
  parent.send(figures.to_text());
}

} // namespace memtorrent::bench
