// What constants.go says, held against the library. A change of one is a change of the other.

#include <libtorrent/alert.hpp>
#include <libtorrent/create_torrent.hpp>
#include <libtorrent/session_handle.hpp>
#include <libtorrent/settings_pack.hpp>
#include <libtorrent/torrent_handle.hpp>

#include <cstdint>

namespace {

template <typename Flags>
constexpr bool is_bit(Flags flags, int bit) {
  return static_cast<std::uint32_t>(static_cast<typename Flags::underlying_type>(flags)) == std::uint32_t{1} << bit;
}

namespace category = lt::alert_category;
static_assert(is_bit(category::error, 0) && is_bit(category::peer, 1) && is_bit(category::port_mapping, 2));
static_assert(is_bit(category::storage, 3) && is_bit(category::tracker, 4) && is_bit(category::connect, 5));
static_assert(is_bit(category::status, 6) && is_bit(category::ip_block, 8) && is_bit(category::performance_warning, 9));
static_assert(is_bit(category::dht, 10) && is_bit(category::stats, 11) && is_bit(category::session_log, 13));
static_assert(is_bit(category::torrent_log, 14) && is_bit(category::peer_log, 15));
static_assert(is_bit(category::incoming_request, 16) && is_bit(category::dht_log, 17));
static_assert(is_bit(category::dht_operation, 18) && is_bit(category::port_mapping_log, 19));
static_assert(is_bit(category::picker_log, 20) && is_bit(category::file_progress, 21));
static_assert(is_bit(category::piece_progress, 22) && is_bit(category::upload, 23));
static_assert(is_bit(category::block_progress, 24));

using pack = lt::settings_pack;
static_assert(pack::fixed_slots_choker == 0 && pack::rate_based_choker == 2);
static_assert(pack::round_robin == 0 && pack::fastest_upload == 1 && pack::anti_leech == 2);
static_assert(pack::prefer_tcp == 0 && pack::peer_proportional == 1);
static_assert(pack::pe_forced == 0 && pack::pe_enabled == 1 && pack::pe_disabled == 2);
static_assert(pack::pe_plaintext == 1 && pack::pe_rc4 == 2 && pack::pe_both == 3);
static_assert(pack::none == 0 && pack::socks4 == 1 && pack::socks5 == 2 && pack::socks5_pw == 3);
static_assert(pack::http == 4 && pack::http_pw == 5 && pack::i2p_proxy == 6);

using handle = lt::torrent_handle;
static_assert(is_bit(handle::query_distributed_copies, 0) && is_bit(handle::query_accurate_download_counters, 1));
static_assert(is_bit(handle::query_last_seen_complete, 2) && is_bit(handle::query_pieces, 3));
static_assert(is_bit(handle::query_verified_pieces, 4) && is_bit(handle::query_torrent_file, 5));
static_assert(is_bit(handle::query_name, 6) && is_bit(handle::query_save_path, 7));
static_assert(is_bit(handle::graceful_pause, 0) && is_bit(handle::alert_when_available, 0));
static_assert(is_bit(handle::flush_disk_cache, 0) && is_bit(handle::save_info_dict, 1));
static_assert(is_bit(handle::only_if_modified, 2) && is_bit(lt::session_handle::delete_files, 0));

static_assert(is_bit(lt::create_torrent::v2_only, 5) && is_bit(lt::create_torrent::v1_only, 6));

} // namespace
