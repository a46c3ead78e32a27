#!/bin/sh
# Compile a piece of C++ of the documents with its harness, and run it. Usage: run_cpp.sh NAME FOLDER-OF-BLOCKS LIBRARY
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -std=c++17 -O1 -g -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsanitize=address,undefined \
    -fno-sanitize-recover=all -Iinclude -Itest/docs -I"$2" "test/docs/$1.cpp" "$3" -o "$work/$1"
"$work/$1"
