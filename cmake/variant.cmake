# The library in a configuration of its own, for the tests and examples that link it: built once, whoever asks for it.
set(SANITIZE -fsanitize=address,undefined -fno-sanitize-recover=all)

# add_variant(<name> [SANITIZED | TSAN] [SEPARATE] [LEVEL <level>] [definition...]): the library as tinyalloc_<name>
#
# All sources are one translation unit, which takes half the time; SEPARATE ones are compiled as a user's build does it.
# With sanitizers, the level is -O1 unless LEVEL says otherwise, and programs that link the variant are not optimised:
# compiling them takes longer than they run.
function(add_variant name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SANITIZED;TSAN;SEPARATE" "LEVEL" "")
  if(TARGET tinyalloc_${name})
    return()
  endif()
  add_library(tinyalloc_${name} STATIC ${TINYALLOC_SOURCES})
  target_include_directories(tinyalloc_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include)
  target_compile_features(tinyalloc_${name} PUBLIC c_std_11)
  target_compile_definitions(tinyalloc_${name} PUBLIC ${arg_UNPARSED_ARGUMENTS})
  if(NOT arg_LEVEL)
    set(arg_LEVEL $<IF:$<BOOL:${arg_SANITIZED}>,O1,O2>)
  endif()
  target_compile_options(tinyalloc_${name} PRIVATE -${arg_LEVEL} PUBLIC ${TINYALLOC_WARNINGS})
  if(NOT arg_SEPARATE)
    set_target_properties(tinyalloc_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
    # A local name may be another file's; and more inlining makes gcc suspect what each source shows to be set.
    target_compile_options(tinyalloc_${name} PRIVATE -Wno-shadow -Wno-maybe-uninitialized)
  endif()
  if(arg_SANITIZED)
    set(sanitize ${SANITIZE})
    target_compile_options(tinyalloc_${name} INTERFACE -O0)
  elseif(arg_TSAN)
    set(sanitize -fsanitize=thread -pthread)
  endif()
  target_compile_options(tinyalloc_${name} PUBLIC ${sanitize})
  target_link_options(tinyalloc_${name} PUBLIC ${sanitize})
endfunction()
