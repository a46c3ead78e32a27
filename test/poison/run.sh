#!/bin/sh
# A raw pointer that is used after its block was freed: AddressSanitizer reports it as use-after-poison, and the line
# after the report says which block of which pool it was and in what state. With gcc and with clang. Correct programs are
# not reported: that is the variant `poison` of the unit tests.
# Usage: run.sh
# Needs: gcc and clang with their sanitizers.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0
for source in src/*.c; do echo "#include \"$PWD/$source\""; done >"$folder/library.c" # one source, for the sake of time

expect() { # CASE ACCESS LINE
    if ASAN_OPTIONS=symbolize=0 "$folder/planted" "$1" >"$folder/out" 2>&1; then
        echo "$compiler, $1: the program ends well" >&2
        failed=1
    fi
    for text in 'use-after-poison' "^$2 of size 1" "^TinyAlloc: 0x[0-9a-f]* is $3\$"; do
        grep -q "$text" "$folder/out" && continue
        echo "$compiler, $1: the report does not say: $text" >&2
        cat "$folder/out" >&2
        failed=1
    done
}

for compiler in gcc clang; do
    $compiler -std=gnu11 -O1 -g -Wall -Wextra -Werror -fsanitize=address -DTA_POISON=1 -DTA_OWNERS=4 -Iinclude \
        "$folder/library.c" test/poison/planted.c -o "$folder/planted"
    of="in a pool of 8 blocks of 32 bytes; the block is free, generation 2, last owner"
    expect read READ "byte 5 of block 1 $of 1"
    expect write WRITE "byte 5 of block 1 $of 1"
    expect front READ "byte 31 of block 0 $of 2"
    expect clear WRITE "byte 0 of block 0 $of 0"
    expect slab READ "byte 5 of block 0 in a pool of 10 blocks of 32 bytes; the block is free, generation 2, last owner 0"
    "$folder/planted" live | grep -q 'reached the end' || failed=1
done

# Without owners the line is shorter. It is the last but what the sanitizer says of its end.
gcc -std=gnu11 -O1 -g -fsanitize=address -DTA_POISON=1 -Iinclude "$folder/library.c" test/poison/planted.c -o "$folder/planted"
compiler='gcc, without owners'
expect read READ 'byte 5 of block 1 in a pool of 8 blocks of 32 bytes; the block is free, generation 2'
tail -n 2 "$folder/out" | sed -E 's/0x[0-9a-f]+/ADDRESS/; s/^==[0-9]+==/==PID==/' >"$folder/end"
sed -n '/^TinyAlloc: /,/^==PID==ABORTING/p' docs/debugging.md | diff - "$folder/end" >&2 || {
    echo "docs/debugging.md shows (<) another end of the report (>)" >&2
    failed=1
}
[ $failed = 0 ] || exit 1
echo "each pointer into a freed block is reported, with the block's state"
