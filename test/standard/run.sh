#!/bin/sh
# The library is standard C11 where a compiler has no extensions, and unit tests pass there.
# Usage: run.sh text       only compiler.h and the ports have extensions, and none is left with TA_GNU_EXTENSIONS=0
#        run.sh pedantic   gcc and clang, -pedantic-errors, TA_GNU_EXTENSIONS=0
#        run.sh tcc        a compiler that has no extensions by itself
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
words='__(asm|attribute|builtin|extension|atomic|sync)'

# build COMPILER...: the library
build() {
    for source in src/*.c; do
        "$@" -Iinclude -c "$source" -o "$work/$(basename "$source" .c).o"
    done
    rm -f "$work/library.a"
    ar rcs "$work/library.a" "$work"/*.o
}

# run_tests COMPILER... -- TYPE...: unit tests, with the stand-in for cmocka
run_tests() {
    compiler=""
    while [ "$1" != -- ]; do
        compiler="$compiler $1"
        shift
    done
    shift
    for type; do
        $compiler -Iinclude -Itest/target "test/unit/test_$type.c" test/target/board_hosted.c "$work/library.a" -o "$work/test"
        "$work/test" >"$work/log" || { cat "$work/log" && exit 1; }
        sed "s/^/$type: /" "$work/log"
    done
}

case $1 in
text)
    found=$(grep -nE "$words" include/tinyalloc/*.h* src/* | grep -vE '^include/tinyalloc/compiler.h:|^[^:]*:[0-9]*: \*' || true)
    # The macros of <stdatomic.h> are extensions, so it is left out.
    for source in src/*.c; do
        gcc -std=c11 -DTA_GNU_EXTENSIONS=0 -D__STDC_NO_ATOMICS__ -Iinclude -E "$source"
    done | awk -v words="$words" '/^# [0-9]+ "/ { file = $3; is_ours = file ~ /^"(src|include)\//; next }
        is_ours { lines++ }
        is_ours && $0 ~ words { print file ": " $0 }
        END { if (lines < 1000) print "only " lines + 0 " lines were looked at" }' >"$work/left"
    [ -z "$found" ] && [ ! -s "$work/left" ] || { printf "%s\n" "$found" && cat "$work/left" && exit 1; } >&2
    ;;
pedantic)
    warnings="-Wall -Wextra -Wconversion -Wshadow -Wundef -Werror"
    for compiler in gcc clang; do
        build $compiler -std=c11 -pedantic-errors $warnings -O1 -DTA_GNU_EXTENSIONS=0
        run_tests $compiler -std=gnu11 -DTA_GNU_EXTENSIONS=0 -- allocator buffer queue
    done
    ;;
tcc) # without test_view.c, in which tcc 0.9.27 takes a designator for too large
    build tcc -std=c11 -Wall -Werror
    run_tests tcc -std=c11 -- allocator slab pool buffer deque stream queue recent lines parse framing crc stale damage
    ;;
*) echo "usage: $0 text | pedantic | tcc" >&2 && exit 2 ;;
esac
