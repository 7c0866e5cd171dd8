# What `cmake --install` puts in place: the library, its headers, and memtorrent.pc, by which pkg-config finds them
# wherever they are.

include(GNUInstallDirs)
install(TARGETS memtorrent ARCHIVE COMPONENT library LIBRARY COMPONENT library)
install(DIRECTORY include/memtorrent DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)

set(MEMTORRENT_PC_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH MEMTORRENT_PC_TO_PREFIX
  ${CMAKE_INSTALL_PREFIX}/${MEMTORRENT_PC_DIR} ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/memtorrent.pc.in memtorrent.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/memtorrent.pc DESTINATION ${MEMTORRENT_PC_DIR} COMPONENT library)
