# Included by libtorrent's own CMakeLists.txt when scripts/invariants builds it, as CMAKE_PROJECT_libtorrent_INCLUDE.
# Its files are compiled together, but for those that change what names mean in all that follows them (by
# `using namespace aux`, or by a macro that is called `local`), and for one that names a function as another file does.
set_source_files_properties(src/natpmp.cpp src/posix_part_file.cpp src/puff.cpp src/upnp.cpp
  PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
