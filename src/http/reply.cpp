#include "http/reply.hpp"

#include "memtorrent/error.hpp"

namespace memtorrent::http {

using boost::beast::http::field;
using boost::beast::http::status;

reply text_reply(status result, std::string const& sentence) {
  reply answer;
  answer.status = result;
  answer.fields.set(field::content_type, "text/plain; charset=utf-8");
  answer.text = sentence + '\n';
  return answer;
}

reply open_failed_reply(boost::system::error_code const& error) {
  auto const is_gone = error == errc::no_such_file || error == errc::torrent_removed;
  return text_reply(is_gone ? status::not_found : status::service_unavailable,
                    "The file cannot be opened: " + error.message() + '.');
}

} // namespace memtorrent::http
