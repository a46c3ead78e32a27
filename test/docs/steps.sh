#!/bin/sh
# Do what a guide says, in an empty folder: write its files, the blocks after "<!-- file: NAME -->", and run its commands, the
# blocks after "<!-- run: NAME -->", one after another.
# Usage: steps.sh DOCUMENT
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -v folder="$work" '
    /^<!-- (file|run): .* -->$/ { file = $2 == "run:" ? "commands" : $3; next }
    /^```/ { inside = !inside && file != ""; if (!inside) file = ""; next }
    inside { print > (folder "/" file) }' "$project/$1"
cd "$work"
sed -i "s,path/to/tinyalloc,$project,g" commands
sh -eu commands
