# What gcc and clang do against memory errors that an attacker would use, in optimised builds. Distributions build their
# packages with the same options; here they hold for whoever builds from source too. Each is used where the compiler
# and the linker know it. tests/hardening looks at the command for them.
#
# Not in debug builds: FORTIFY_SOURCE needs optimisation, and the rest only makes them slower. Not under sanitizers,
# which look at the same calls themselves.

include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckLinkerFlag)

set(optimised $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)

function(harden_by_flag flag)
  string(MAKE_C_IDENTIFIER "MEMTORRENT_KNOWS${flag}" known)
  check_cxx_compiler_flag(${flag} ${known})
  if(${known})
    target_compile_options(memtorrent_options INTERFACE $<${optimised}:${flag}>)
  endif()
endfunction()

function(harden_by_linker_flag flag)
  string(MAKE_C_IDENTIFIER "MEMTORRENT_LINKS${flag}" known)
  check_linker_flag(CXX ${flag} ${known})
  if(${known})
    target_link_options(memtorrent_options INTERFACE $<${optimised}:${flag}>)
  endif()
endfunction()

# A compiler or C library that does not know level 3 says so in a warning.
function(harden_by_fortify)
  set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
  check_cxx_source_compiles("#include <cstring>\nint main() { return 0; }" MEMTORRENT_KNOWS_FORTIFY_3)
  set(level 2)
  if(MEMTORRENT_KNOWS_FORTIFY_3)
    set(level 3)
  endif()
  # As options, because what is a definition to CMake comes before all options: -U would undo it.
  target_compile_options(memtorrent_options INTERFACE
    "$<${optimised}:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=${level}>")
endfunction()

# The command is loaded at another address each time it runs, and so is what is linked into it. Many compilers do this
# by themselves. Whoever links the library into a shared one sets CMAKE_POSITION_INDEPENDENT_CODE, which goes further.
function(harden_by_position)
  set(type $<TARGET_PROPERTY:TYPE>)
  set(goes_further $<BOOL:$<TARGET_PROPERTY:POSITION_INDEPENDENT_CODE>>)
  set(into_a_program $<IN_LIST:${type},EXECUTABLE$<SEMICOLON>STATIC_LIBRARY>)
  target_compile_options(memtorrent_options INTERFACE
    $<$<AND:${optimised},$<NOT:${goes_further}>,${into_a_program}>:-fPIE>)
  target_link_options(memtorrent_options INTERFACE
    $<$<AND:${optimised},$<STREQUAL:${type},EXECUTABLE>>:-pie>)
endfunction()

if(NOT MEMTORRENT_SANITIZE)
  harden_by_flag(-fstack-protector-strong)
  harden_by_flag(-fstack-clash-protection)
  harden_by_flag(-fcf-protection) # on x86 only
  harden_by_fortify()
  harden_by_position()
  harden_by_linker_flag(-Wl,-z,relro)
  harden_by_linker_flag(-Wl,-z,now)
endif()
