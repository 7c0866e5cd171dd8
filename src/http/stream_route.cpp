#include "http/stream_route.hpp"

#include "http/content_type.hpp"
#include "http/etag.hpp"
#include "http/range.hpp"
#include "http/target.hpp"

namespace memtorrent::http {

namespace {

using boost::beast::http::field;
using boost::beast::http::status;
using boost::beast::http::verb;

boost::beast::string_view to_beast(std::string_view text) { return {text.data(), text.size()}; }

std::string_view to_std(boost::beast::string_view text) { return {text.data(), text.size()}; }

// All lines of a field as one value (RFC 9110, section 5.3), or nothing if there is none.
std::optional<std::string> field_value(request const& asked, field name) {
  std::optional<std::string> value;
  auto const [begin, end] = asked.equal_range(name);
  for (auto line = begin; line != end; ++line) {
    if (value) {
      value->append(", ").append(to_std(line->value()));
    } else {
      value.emplace(to_std(line->value()));
    }
  }
  return value;
}

bool lists_file(std::string const& value, stream_file const& file, etag_comparison comparison) {
  // "*" asks for any content at all, and there is some.
  return file.etag.empty() ? value == "*" : lists_etag(value, file.etag, comparison);
}

range_answer asked_range(request const& asked, stream_file const& file) {
  // Range is defined for GET alone (RFC 9110, section 14.2).
  auto const range = asked.method() == verb::get ? field_value(asked, field::range) : std::nullopt;
  if (!range) return whole_file{};
  auto const if_range = field_value(asked, field::if_range);
  if (if_range && (file.etag.empty() || !if_range_holds(*if_range, file.etag))) return whole_file{};
  return resolve_range(*range, file.size_bytes);
}

void set_validator(reply& answer, stream_file const& file) {
  if (!file.etag.empty()) answer.fields.set(field::etag, quoted_etag(file.etag));
  // Whoever keeps a torrent in RAM does not want the player's or a proxy's cache to write the film to the same flash.
  // Seeking does not suffer: players hold what they buffered in memory either way.
  answer.fields.set(field::cache_control, "no-store");
}

reply file_reply(file_part const& part, stream_file const& file) {
  reply answer;
  set_validator(answer, file);
  answer.fields.set(field::accept_ranges, "bytes");
  answer.fields.set(field::content_type, to_beast(content_type(file.name)));
  // A stranger's file must not become a page of ours because a browser guesses that it looks like one.
  answer.fields.set("X-Content-Type-Options", "nosniff");
  if (part.size_bytes > 0) answer.file = file_body{file.open, part.offset_bytes, part.size_bytes};
  return answer;
}

reply unsatisfied_reply(stream_file const& file) {
  auto answer = text_reply(status::range_not_satisfiable, "The file has no bytes in that range.");
  answer.fields.set(field::accept_ranges, "bytes");
  answer.fields.set(field::content_range, unsatisfied_content_range(file.size_bytes));
  return answer;
}

// In the order of RFC 9110, section 13.2.2.
reply answer_for_file(request const& asked, stream_file const& file) {
  auto const if_match = field_value(asked, field::if_match);
  if (if_match && !lists_file(*if_match, file, etag_comparison::strong)) {
    return text_reply(status::precondition_failed, "The file is not the one in If-Match.");
  }
  auto const if_none_match = field_value(asked, field::if_none_match);
  if (if_none_match && lists_file(*if_none_match, file, etag_comparison::weak)) {
    reply answer;
    answer.status = status::not_modified;
    set_validator(answer, file);
    return answer;
  }
  auto const range = asked_range(asked, file);
  if (std::holds_alternative<unsatisfiable_range>(range)) return unsatisfied_reply(file);
  auto const* part = std::get_if<file_part>(&range);
  if (!part) return file_reply({0, file.size_bytes}, file);

  auto answer = file_reply(*part, file);
  answer.status = status::partial_content;
  answer.fields.set(field::content_range, content_range(*part, file.size_bytes));
  return answer;
}

} // namespace

reply answer_stream_request(request const& asked, stream_lookup const& lookup) {
  if (asked.method() != verb::get && asked.method() != verb::head) {
    auto answer = text_reply(status::method_not_allowed, "Only GET and HEAD are answered here.");
    answer.fields.set(field::allow, "GET, HEAD");
    return answer;
  }
  auto const target = parse_stream_target(to_std(asked.target()));
  if (auto const* error = std::get_if<target_error>(&target)) {
    return *error == target_error::malformed ? text_reply(status::bad_request, "The address is malformed.")
                                             : text_reply(status::not_found, "There is nothing at this address.");
  }
  auto const& wanted = std::get<stream_target>(target);
  auto const file = lookup(wanted.info_hash_hex, wanted.file_index);
  if (!file) return text_reply(status::not_found, "There is no such file here.");
  return answer_for_file(asked, *file);
}

} // namespace memtorrent::http
