%{
#include <libtorrent/bitfield.hpp>
%}

namespace libtorrent {

%nodefaultctor bitfield;
%nodefaultdtor bitfield;
class bitfield {
 public:
  int size() const;
  int count() const;
  %extend {
    bool get_bit(int index) const { return index >= 0 && index < $self->size() && $self->get_bit(index); }
    // The first bit is the highest one of the first byte. Valid as long as what the bits were got from.
    void const* bytes() const { return $self->data(); }
  }
};

} // namespace libtorrent
