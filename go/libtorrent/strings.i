// Strings come as C memory that is ours to free. SWIG's own way of copying them is none that `go vet` accepts.

%typemap(goout) std::string, std::string const, std::string const&, char*, char const* "$result = takeString($1)"
