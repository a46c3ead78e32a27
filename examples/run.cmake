# Runs PROGRAM and compares its whole output with the file EXPECTED:
#   cmake -D PROGRAM=<program> -D EXPECTED=<file> -P run.cmake
set(actual ${PROGRAM}.out.txt)
execute_process(COMMAND ${PROGRAM} OUTPUT_FILE ${actual} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  file(READ ${actual} output)
  message(FATAL_ERROR "${PROGRAM} returned ${result} after\n${output}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${EXPECTED} ${actual} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  execute_process(COMMAND diff -u ${EXPECTED} ${actual})
  message(FATAL_ERROR "the output of ${PROGRAM} is not that of ${EXPECTED}")
endif()
