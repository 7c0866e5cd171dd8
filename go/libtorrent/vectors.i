// Vectors, as SWIG's own std_vector.i declares them, but that an index out of range is no exception, which would be a
// panic in Go: programs use indices of a torrent in vectors that are empty because it has just gone. Get gives a zero
// value then, or null, and Set does nothing.

%{
#include <cstddef>
#include <vector>

namespace {

// What is asked of the zero value changes nothing.
template <typename T>
T const& element_or_zero(std::vector<T> const& vector, int i) {
  static T const zero{};
  return i >= 0 && static_cast<std::size_t>(i) < vector.size() ? vector[static_cast<std::size_t>(i)] : zero;
}

std::size_t size_or_zero(long long size) { return size > 0 ? static_cast<std::size_t>(size) : 0; }

} // namespace
%}

namespace std {

template <class T>
class vector {
 public:
  typedef size_t size_type;
  typedef T value_type;
  typedef value_type const& const_reference;

  vector();
  vector(vector const& other);

  size_type size() const;
  size_type capacity() const;
  %rename(isEmpty) empty;
  bool empty() const;
  void clear();
  %rename(add) push_back;
  void push_back(value_type const& x);
  %extend {
    vector(long long size) { return new std::vector<T>(size_or_zero(size)); }
    void reserve(long long size) { $self->reserve(size_or_zero(size)); }
    const_reference get(int i) const { return element_or_zero(*$self, i); }
    void set(int i, value_type const& x) {
      if (i >= 0 && static_cast<std::size_t>(i) < $self->size()) (*$self)[static_cast<std::size_t>(i)] = x;
    }
  }
};

} // namespace std
