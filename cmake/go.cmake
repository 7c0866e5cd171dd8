# The Go packages (go/), by the targets `go_package`, which makes what SWIG makes and builds them, `go_test`, and
# `go_test_race`, which is slower and watches threads. All use the library as it is installed, from a folder of the
# build's own.

find_program(SWIG_EXECUTABLE swig REQUIRED)
find_program(GO_EXECUTABLE go REQUIRED HINTS /usr/local/go/bin)

set(MEMTORRENT_GO_STAGE ${CMAKE_CURRENT_BINARY_DIR}/stage)
set(MEMTORRENT_GO_ENVIRONMENT ${CMAKE_COMMAND} -E env
  "PKG_CONFIG_PATH=${MEMTORRENT_GO_STAGE}/${CMAKE_INSTALL_LIBDIR}/pkgconfig:$ENV{PKG_CONFIG_PATH}")

add_custom_target(go_package
  COMMAND ${CMAKE_COMMAND} --install ${CMAKE_CURRENT_BINARY_DIR} --prefix ${MEMTORRENT_GO_STAGE} --component library
  COMMAND ${MEMTORRENT_GO_ENVIRONMENT} ${GO_EXECUTABLE} generate ./...
  COMMAND ${MEMTORRENT_GO_ENVIRONMENT} ${GO_EXECUTABLE} build ./...
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/go
  DEPENDS memtorrent
  USES_TERMINAL VERBATIM)

foreach(target IN ITEMS go_test go_test_race)
  set(race "")
  if(target STREQUAL "go_test_race")
    set(race -race)
  endif()
  add_custom_target(${target}
    COMMAND ${MEMTORRENT_GO_ENVIRONMENT} ${GO_EXECUTABLE} vet ./...
    # Counted anew: Go does not see that the library has changed.
    COMMAND ${MEMTORRENT_GO_ENVIRONMENT} ${GO_EXECUTABLE} test -count=1 ${race} -timeout 20m ./...
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/go
    DEPENDS go_package
    USES_TERMINAL VERBATIM)
endforeach()
