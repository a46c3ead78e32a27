# Stands in for the first of two times that ESP-IDF reads a component: as a script, only to learn what the component requires.
macro(idf_component_register)
  cmake_parse_arguments(component "" "" "SRCS;INCLUDE_DIRS;REQUIRES" ${ARGV})
  message("requires: ${component_REQUIRES}")
  return()
endmacro()
include(components/tinyalloc/CMakeLists.txt)
