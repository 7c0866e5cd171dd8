#include "support/answer_watch.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace memtorrent::test {

/// Outlives the watch while an answer can come.
struct answer_watch::tally {
  std::thread::id network_thread = std::this_thread::get_id();
  bool reads_may_come_inside = false;
  int outstanding = 0;
  int inside = 0;
  // An answer that never runs may be destroyed on any thread.
  std::atomic<bool> forgives_losses{false};
};

/// One call, from the moment it is made.
class answer_watch::job {
 public:
  job(char const* name, std::shared_ptr<tally> of) : m_record(std::make_shared<record>(name, std::move(of))) {}
  job(job const&) = delete;
  job& operator=(job const&) = delete;
  ~job() { m_record->call_returned = true; }

  /// An empty handler, which libtorrent passes here and there, stays empty.
  template <typename... Args>
  std::function<void(Args...)> watch(std::function<void(Args...)> handler) {
    if (!handler) return handler;
    m_record->expect();
    return [expected = m_record, handler = std::move(handler)](Args... args) {
      expected->answered();
      handler(std::forward<Args>(args)...);
    };
  }

 private:
  struct record {
    record(char const* name, std::shared_ptr<tally> of) : m_name(name), m_tally(std::move(of)) {}
    record(record const&) = delete;
    record& operator=(record const&) = delete;
    ~record() {
      if (m_is_expected && m_answers == 0 && !m_tally->forgives_losses)
        ADD_FAILURE() << m_name << " is never answered: its handler is gone";
    }

    void expect() {
      m_is_expected = true;
      ++m_tally->outstanding;
    }

    void answered() {
      if (std::this_thread::get_id() != m_tally->network_thread) {
        ADD_FAILURE() << m_name << " is answered on another thread than libtorrent's";
        return;
      }
      if (++m_answers > 1) {
        ADD_FAILURE() << m_name << " is answered " << m_answers << " times";
        return;
      }
      --m_tally->outstanding;
      if (call_returned) return;
      if (m_tally->reads_may_come_inside && m_name == "async_read")
        ++m_tally->inside;
      else
        ADD_FAILURE() << m_name << " is answered inside the call";
    }

    bool call_returned = false;

   private:
    std::string const m_name;
    std::shared_ptr<tally> const m_tally;
    bool m_is_expected = false;
    int m_answers = 0;
  };

  std::shared_ptr<record> const m_record;
};

answer_watch::answer_watch(std::unique_ptr<lt::disk_interface> disk, bool reads_may_come_inside)
    : m_disk(std::move(disk)), m_tally(std::make_shared<tally>()) {
  m_tally->reads_may_come_inside = reads_may_come_inside;
}

answer_watch::~answer_watch() = default;

int answer_watch::outstanding() const { return m_tally->outstanding; }
int answer_watch::inside() const { return m_tally->inside; }
void answer_watch::forgive_losses() { m_tally->forgives_losses = true; }

lt::storage_holder answer_watch::new_torrent(lt::storage_params const& params, std::shared_ptr<void> const& torrent) {
  return m_disk->new_torrent(params, torrent);
}

void answer_watch::remove_torrent(lt::storage_index_t index) { m_disk->remove_torrent(index); }

void answer_watch::async_read(lt::storage_index_t index, lt::peer_request const& request,
                              std::function<void(lt::disk_buffer_holder, lt::storage_error const&)> handler,
                              lt::disk_job_flags_t flags) {
  job read("async_read", m_tally);
  m_disk->async_read(index, request, read.watch(std::move(handler)), flags);
}

bool answer_watch::async_write(lt::storage_index_t index, lt::peer_request const& request, char const* data,
                               std::shared_ptr<lt::disk_observer> observer,
                               std::function<void(lt::storage_error const&)> handler, lt::disk_job_flags_t flags) {
  job write("async_write", m_tally);
  return m_disk->async_write(index, request, data, std::move(observer), write.watch(std::move(handler)), flags);
}

void answer_watch::async_hash(
    lt::storage_index_t index, lt::piece_index_t piece, lt::span<lt::sha256_hash> v2, lt::disk_job_flags_t flags,
    std::function<void(lt::piece_index_t, lt::sha1_hash const&, lt::storage_error const&)> handler) {
  job hash("async_hash", m_tally);
  m_disk->async_hash(index, piece, v2, flags, hash.watch(std::move(handler)));
}

void answer_watch::async_hash2(
    lt::storage_index_t index, lt::piece_index_t piece, int offset, lt::disk_job_flags_t flags,
    std::function<void(lt::piece_index_t, lt::sha256_hash const&, lt::storage_error const&)> handler) {
  job hash("async_hash2", m_tally);
  m_disk->async_hash2(index, piece, offset, flags, hash.watch(std::move(handler)));
}

void answer_watch::async_move_storage(
    lt::storage_index_t index, std::string path, lt::move_flags_t flags,
    std::function<void(lt::status_t, std::string const&, lt::storage_error const&)> handler) {
  job move("async_move_storage", m_tally);
  m_disk->async_move_storage(index, std::move(path), flags, move.watch(std::move(handler)));
}

void answer_watch::async_release_files(lt::storage_index_t index, std::function<void()> handler) {
  job release("async_release_files", m_tally);
  m_disk->async_release_files(index, release.watch(std::move(handler)));
}

void answer_watch::async_check_files(lt::storage_index_t index, lt::add_torrent_params const* resume_data,
                                     lt::aux::vector<std::string, lt::file_index_t> links,
                                     std::function<void(lt::status_t, lt::storage_error const&)> handler) {
  job check("async_check_files", m_tally);
  m_disk->async_check_files(index, resume_data, std::move(links), check.watch(std::move(handler)));
}

void answer_watch::async_stop_torrent(lt::storage_index_t index, std::function<void()> handler) {
  job stop("async_stop_torrent", m_tally);
  m_disk->async_stop_torrent(index, stop.watch(std::move(handler)));
}

void answer_watch::async_rename_file(
    lt::storage_index_t index, lt::file_index_t file, std::string name,
    std::function<void(std::string const&, lt::file_index_t, lt::storage_error const&)> handler) {
  job rename("async_rename_file", m_tally);
  m_disk->async_rename_file(index, file, std::move(name), rename.watch(std::move(handler)));
}

void answer_watch::async_delete_files(lt::storage_index_t index, lt::remove_flags_t options,
                                      std::function<void(lt::storage_error const&)> handler) {
  job remove("async_delete_files", m_tally);
  m_disk->async_delete_files(index, options, remove.watch(std::move(handler)));
}

void answer_watch::async_set_file_priority(
    lt::storage_index_t index, lt::aux::vector<lt::download_priority_t, lt::file_index_t> priorities,
    std::function<void(lt::storage_error const&, lt::aux::vector<lt::download_priority_t, lt::file_index_t>)> handler) {
  job set("async_set_file_priority", m_tally);
  m_disk->async_set_file_priority(index, std::move(priorities), set.watch(std::move(handler)));
}

void answer_watch::async_clear_piece(lt::storage_index_t index, lt::piece_index_t piece,
                                     std::function<void(lt::piece_index_t)> handler) {
  job clear("async_clear_piece", m_tally);
  m_disk->async_clear_piece(index, piece, clear.watch(std::move(handler)));
}

} // namespace memtorrent::test
