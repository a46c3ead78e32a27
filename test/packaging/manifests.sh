#!/bin/sh
# What is written twice agrees: Meson's list of sources with src/, the blocks of the documents with worlds.txt. And
# tools/amalgamate refuses names that clash.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

ls src/*.c >"$work/sources"
sed -nE "s/^ *'(src\/.*\.c)',/\1/p" meson.build | sort | diff "$work/sources" - || {
    echo "src/*.c (<) and meson.build (>) differ" >&2
    exit 1
}

sed -nE 's/^<!-- run: ([a-z0-9_]+) -->$/\1/p' README.md docs/building.md | sort >"$work/blocks"
[ -z "$(uniq -d "$work/blocks")" ] || { echo "blocks of the same name: $(uniq -d "$work/blocks")" >&2 && exit 1; }
for block in $(cat "$work/blocks"); do
    grep -qE "(run_block|run_cmake|block \"run:) $block\b" test/packaging/worlds.sh || { echo "nothing runs the block $block" >&2 && exit 1; }
done

cp -R include src tools LICENSE-MIT LICENSE-APACHE "$work"
"$work/tools/amalgamate" "$work/single"
echo 'static int limit_of(void) { return 0; }' >>"$work/src/crc.c"
! "$work/tools/amalgamate" "$work/other" 2>"$work/log" || { echo "tools/amalgamate hides a clash of names" >&2 && exit 1; }
grep "limit_of is defined in chain.c and in crc.c" "$work/log"
