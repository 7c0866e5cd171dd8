#include "support/scripted_film.hpp"

#include "memtorrent/error.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace memtorrent::test {

namespace {

// A prime, so that no block looks like another.
constexpr std::size_t pattern_period = 65'521;

} // namespace

class scripted_film::reader final : public byte_source {
 public:
  explicit reader(scripted_film& film) : m_film(film) { m_film.opened.add(); }

  ~reader() override {
    cancel();
    m_film.destroyed.add();
  }

  [[nodiscard]] std::int64_t size_bytes() const noexcept override { return m_film.m_size_bytes; }

  void async_read(std::int64_t offset, std::int64_t max_bytes, read_handler handler) override {
    m_film.longest_read_bytes = std::max(m_film.longest_read_bytes, max_bytes);
    if (m_film.m_manner == reader_manner::answers_inside_the_call) {
      complete(m_film, offset, max_bytes, handler);
    } else if (m_film.m_manner == reader_manner::answers_on_another_thread) {
      boost::asio::post(m_film.m_other_thread, [&film = m_film, offset, max_bytes, late = std::move(handler)] {
        complete(film, offset, max_bytes, late);
      });
    } else {
      m_waiting = std::move(handler);
    }
    m_film.reads.add();
  }

  void cancel() override {
    if (!m_waiting) return;
    auto const handler = std::exchange(m_waiting, nullptr);
    if (m_film.m_manner == reader_manner::outlived_by_its_read) {
      m_film.m_late_handlers.push_back(handler);
    } else {
      handler(errc::read_cancelled, {});
    }
  }

 private:
  static void complete(scripted_film const& film, std::int64_t offset, std::int64_t max_bytes,
                       read_handler const& handler) {
    if (offset >= film.m_fails_from) {
      handler(film.m_failure, {});
    } else {
      handler({}, film.answer(offset, std::min({max_bytes, film.m_most_bytes, film.m_fails_from - offset})));
    }
  }

  scripted_film& m_film;
  read_handler m_waiting;
};

scripted_film::scripted_film(std::int64_t size_bytes, reader_manner manner)
    : m_size_bytes(size_bytes), m_manner(manner), m_pattern(pattern_period + block_size_bytes, '\0') {
  for (std::size_t i = 0; i < m_pattern.size(); ++i) {
    auto const place = i % pattern_period;
    m_pattern[i] = static_cast<char>(place ^ (place >> 8));
  }
}

scripted_film::~scripted_film() { m_other_thread.join(); }

void scripted_film::fail_from(std::int64_t offset, boost::system::error_code error) {
  m_fails_from = offset;
  m_failure = error;
}

std::unique_ptr<byte_source> scripted_film::open() { return std::make_unique<reader>(*this); }

std::string scripted_film::bytes(std::int64_t offset, std::int64_t size_bytes) const {
  std::string all;
  for (auto const& slice : answer(offset, size_bytes))
    all.append(slice.data, static_cast<std::size_t>(slice.size_bytes));
  return all;
}

void scripted_film::complete_late_reads() {
  for (auto const& handler : std::exchange(m_late_handlers, {})) handler(errc::read_cancelled, {});
}

file_bytes scripted_film::answer(std::int64_t offset, std::int64_t max_bytes) const {
  file_bytes slices;
  auto const end = std::min(offset + max_bytes, m_size_bytes);
  while (offset < end) {
    auto const left_in_block = block_size_bytes - offset % block_size_bytes;
    auto const size_bytes = std::min(left_in_block, end - offset);
    slices.push_back(slice_at(offset, static_cast<int>(size_bytes)));
    offset += size_bytes;
  }
  return slices;
}

block_slice scripted_film::slice_at(std::int64_t offset, int size_bytes) const {
  auto const* const contents = m_pattern.data() + offset % static_cast<std::int64_t>(pattern_period);
  if (!m_arena) return {{}, contents, size_bytes};
  auto block = m_arena->allocate();
  if (!block) return {{}, contents, size_bytes};
  std::memcpy(block.data(), contents, static_cast<std::size_t>(size_bytes));
  auto const* const copied = block.data();
  return {std::move(block), copied, size_bytes};
}

} // namespace memtorrent::test
