#include "bridge/late_verdicts.hpp"

#include <utility>

namespace memtorrent {

std::shared_ptr<late_verdicts> late_verdicts::attach(lt::torrent_handle torrent,
                                                     std::function<void(lt::piece_index_t)> decided) {
  std::shared_ptr<late_verdicts> verdicts(new late_verdicts(std::move(decided)));
  // On the network thread libtorrent adds it before this returns.
  torrent.add_extension([verdicts](lt::torrent_handle const&, lt::client_data_t) { return verdicts; }, {});
  return verdicts;
}

void late_verdicts::decide(lt::piece_index_t piece) {
  if (m_awaited.erase(piece) > 0) m_decided(piece);
}

} // namespace memtorrent
