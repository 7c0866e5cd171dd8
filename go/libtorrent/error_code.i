%{
#include <libtorrent/error_code.hpp>
%}

namespace boost {
namespace system {

class error_code {
 public:
  error_code();
  int value() const;
  %extend {
    bool failed() const { return static_cast<bool>(*$self); }
    void clear() { $self->clear(); }
    // The second one, for another error of the same category, makes this return interface{} in Go, which programs for
    // libtorrent 1.1 rely on: the types must differ.
    std::string message() const { return $self->message(); }
    std::string const message(int value) const { return $self->category().message(value); }
  }
};

} // namespace system
} // namespace boost

namespace libtorrent {
typedef boost::system::error_code error_code;
}
