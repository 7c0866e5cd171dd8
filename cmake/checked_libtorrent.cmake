# Included by libtorrent's own CMakeLists.txt when scripts/invariants builds it, as CMAKE_PROJECT_libtorrent_INCLUDE.
# Its files are compiled together, but for those that do not stand it: they have `using namespace aux` for all that
# follows, or a macro that is called `local`, or a name that another file has too.
set_source_files_properties(
  src/copy_file.cpp src/drive_info.cpp src/natpmp.cpp src/posix_part_file.cpp src/puff.cpp src/upnp.cpp
  PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
