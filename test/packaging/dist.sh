#!/bin/sh
# Make what is handed out, and unpack the archive elsewhere: the unpacked tree makes the same single file.
# Usage: dist.sh FOLDER    (the tree will be FOLDER/tree)
set -eu
cd "$(dirname "$0")/../.."
tools/dist
rm -rf "$1"
mkdir -p "$1/tree"
tar --extract --gzip --file build/dist/tinyalloc-*.tar.gz --directory "$1/tree" --strip-components=1
"$1/tree/tools/amalgamate" "$1/single"
diff -r "$1/single" build/dist/tinyalloc
ls "$1"/single/LICENSE-MIT "$1"/single/LICENSE-APACHE "$1"/tree/LICENSE-MIT "$1"/tree/LICENSE-APACHE
! ls "$1/tree/build" "$1/tree/.git" 2>/dev/null
