#!/bin/sh
# Every public name is documented, and doxygen understands what is said. Usage: doxygen.sh <output folder>
set -eu
mkdir -p "$1"
output=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
{ cat Doxyfile && echo "OUTPUT_DIRECTORY = \"$output\""; } | doxygen -
[ -s "$output/html/buffer_8h.html" ] || { echo "no page for buffer.h" >&2; exit 1; }
