#include "memtorrent/torrent_pieces.hpp"

#include "bridge/peer_bridge.hpp"
#include "bridge/streaming_peer.hpp"
#include "pieces/marked_torrent.hpp"

#include <libtorrent/extensions.hpp>

#include <utility>

namespace memtorrent {

namespace {

// Makes the torrent own its mark, and tells the mark when the torrent's files are checked.
class mark_owner final : public lt::torrent_plugin {
 public:
  mark_owner(std::shared_ptr<marked_torrent> mark, lt::torrent& torrent)
      : m_mark(std::move(mark)), m_torrent(torrent) {}
  mark_owner(mark_owner const&) = delete;
  mark_owner& operator=(mark_owner const&) = delete;
  // Destroyed with the torrent, which may be the last of its session (go/libtorrent waits for that by another plugin).
  ~mark_owner() override { peer_bridge::forget_peers(m_torrent); }

  void on_files_checked() override { m_mark->begin_to_listen(); }

 private:
  std::shared_ptr<marked_torrent> const m_mark;
  lt::torrent& m_torrent;
};

} // namespace

void torrent_pieces::mark(lt::add_torrent_params& params, memory_disk const& disk, torrent_placement const& where) {
  auto const torrent = std::make_shared<marked_torrent>(disk, where);
  params.userdata = lt::client_data_t(&torrent->placement());
  params.extensions.emplace_back([torrent](lt::torrent_handle const& handle, lt::client_data_t) {
    torrent->set_torrent(handle);
    return std::make_shared<mark_owner>(torrent, *handle.native_handle());
  });
  if (where.where != place::memory) return;
  forget_pieces_in_memory(params);
  params.extensions.emplace_back(&streaming_peers);
  // libtorrent requires a path. Nothing is read or written there.
  if (params.save_path.empty()) params.save_path = "/";
}

std::shared_ptr<torrent_pieces> torrent_pieces::of(lt::torrent_handle const& torrent) {
  // The torrent owns its mark: it stays while we look.
  auto const held = torrent.native_handle();
  auto const* const mark = held ? torrent.userdata().get<torrent_placement>() : nullptr;
  auto* const marked = mark ? dynamic_cast<marked_torrent*>(mark->pieces) : nullptr;
  return marked ? marked->shared() : nullptr;
}

} // namespace memtorrent
