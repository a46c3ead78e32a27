#!/bin/sh
# What is installed can be found, compiled against and run: the library and the conformance kit, by CMake.
# Usage: install.sh BUILD-FOLDER
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cmake --install "$1" --prefix "$folder/prefix" >"$folder/log" 2>&1 || { cat "$folder/log" >&2 && exit 1; }
mkdir "$folder/user"
cat >"$folder/user/CMakeLists.txt" <<'C'
cmake_minimum_required(VERSION 3.16)
project(user LANGUAGES C)
find_package(tinyalloc 0.1 REQUIRED)
add_executable(user main.c)
target_link_libraries(user PRIVATE TinyAlloc::tinyalloc TinyAlloc::conformance)
C
cat >"$folder/user/main.c" <<'C'
#include <string.h>
#include <tinyalloc/conformance.h>
#include <tinyalloc/tinyalloc.h>
TA_SLAB_DEFINE(pool, 16, 8);
int main(void)
{
    bool is_refused = ta_conformance(pool) != NULL; /* a build without custom back ends has nothing to check */
    return is_refused == TA_CUSTOM_BACKENDS || strcmp(ta_version(), TA_VERSION) != 0;
}
C
{ cmake -S "$folder/user" -B "$folder/build" -G Ninja -DCMAKE_PREFIX_PATH="$folder/prefix" && cmake --build "$folder/build"; } \
    >"$folder/log" 2>&1 || { cat "$folder/log" >&2 && exit 1; }
"$folder/build/user"
