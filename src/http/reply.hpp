// What a route answers a request with, before a connection puts it on the wire.

#pragma once

#include "memtorrent/byte_source.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace memtorrent::http {

/// A request's header. Bodies are refused before a route sees the request.
using request = boost::beast::http::request<boost::beast::http::empty_body>;

/// Opens a reader of a file, owned by the caller; null and an error when there is none to have.
using source_opener = std::function<std::unique_ptr<byte_source>(boost::system::error_code&)>;

/// A body that is read while it is sent. Opened only when it is: never for HEAD.
struct file_body {
  source_opener open;
  std::int64_t offset_bytes = 0;
  /// More than 0.
  std::int64_t size_bytes = 0;
};

/// The connection adds what is the same for every reply: Content-Length, Connection, Date.
struct reply {
  boost::beast::http::status status = boost::beast::http::status::ok;
  boost::beast::http::fields fields;
  /// The body, when there is no `file`.
  std::string text;
  std::optional<file_body> file;
  /// The connection serves no further request.
  bool ends_connection = false;
};

/// A reply with one sentence for whoever reads it.
reply text_reply(boost::beast::http::status result, std::string const& sentence);

/// The reply when `file_body::open` failed: 404 when the file is gone or never was there, else 503.
reply open_failed_reply(boost::system::error_code const& error);

} // namespace memtorrent::http
