# Warnings, sanitizers and ccache, as one interface target that every target of ours links privately.

add_library(memtorrent_options INTERFACE)
target_compile_options(memtorrent_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Woverloaded-virtual
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(memtorrent_options INTERFACE -Wthread-safety)
endif()
# Files that are compiled together are no headers of each other, and need not mind each other's names. scripts/test builds
# the library and the command for AddressSanitizer file by file, which has all warnings.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(memtorrent_options INTERFACE
    $<$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>:-Wshadow=local;-Wno-subobject-linkage>)
endif()
if(MEMTORRENT_WERROR)
  target_compile_options(memtorrent_options INTERFACE -Werror)
endif()

if(MEMTORRENT_SANITIZE)
  add_compile_options(-fsanitize=${MEMTORRENT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MEMTORRENT_SANITIZE})
  if(MEMTORRENT_SANITIZE MATCHES "undefined")
    # Needs the type information of libtorrent's own classes, which its shared library hides.
    add_compile_options(-fno-sanitize=vptr)
  endif()
  if(MEMTORRENT_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences, of which gcc says that the sanitizer does not see them. What they order is under a mutex too.
    add_compile_options(-Wno-tsan)
  endif()
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need these two to be cached: https://ccache.dev/manual/latest.html, "Precompiled headers".
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${CCACHE_PROGRAM})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
