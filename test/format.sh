#!/bin/sh
# All C and C++ of the project is as .clang-format says. The version of clang-format is that of Debian 12: others differ.
set -eu
cd "$(dirname "$0")/.."
find . \( -path ./build -o -path ./.git \) -prune -o \( -name '*.[ch]' -o -name '*.[ch]pp' \) -print |
    xargs clang-format-14 --dry-run -Werror
