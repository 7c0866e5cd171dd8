#include "session/torrent_download.hpp"

#include "session/torrent_source.hpp"

#include <utility>

namespace memtorrent::session {

torrent_download::torrent_download(boost::asio::io_context& io, url const& from, http_get_limits const& limits,
                                   std::function<void(downloaded)> handler)
    : m_io(io), m_limits(limits), m_handler(std::move(handler)) {
  ask(from);
}

torrent_download::~torrent_download() {
  if (m_request) m_request->cancel();
}

void torrent_download::ask(url const& from) {
  m_request =
      http_get::start(m_io, from, m_limits, [this, from](http_answer answer) { on_answer(from, std::move(answer)); });
}

void torrent_download::on_answer(url const& from, http_answer answer) {
  if (!answer.failure.empty()) return finish(download_failure{std::move(answer.failure)});
  if (answer.status == 200) return finish(torrent_bytes{std::move(answer.body)});
  bool const is_redirect = answer.status == 301 || answer.status == 302 || answer.status == 303 ||
                           answer.status == 307 || answer.status == 308;
  if (is_redirect && !answer.location.empty()) return follow(from, answer);
  finish(download_failure{from.origin() + " answered " + std::to_string(answer.status) + " " + answer.reason});
}

void torrent_download::follow(url const& from, http_answer const& answer) {
  if (kind_of_source(answer.location) == source_kind::magnet) return finish(magnet_link{answer.location});
  if (++m_redirects > max_redirects) {
    return finish(download_failure{from.origin() + " redirects more than " + std::to_string(max_redirects) + " times"});
  }
  auto const next = resolve_reference(from, answer.location);
  if (!next) return finish(download_failure{from.origin() + " redirects to what is not an http or https URL"});
  if (from.is_https && !next->is_https) {
    return finish(download_failure{from.origin() + " redirects to " + next->origin() + ", which is not encrypted"});
  }
  ask(*next);
}

void torrent_download::finish(downloaded result) {
  // On the stack, because the handler may destroy this.
  auto const handler = std::exchange(m_handler, nullptr);
  handler(std::move(result));
}

} // namespace memtorrent::session
