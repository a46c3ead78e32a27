#!/bin/sh
# No undefined behaviour by the standard, in the unit and model tests: the sanitizers of clang and of gcc, with arithmetic on
# NULL and outside arrays. The tests of test/unit and test/model run under gcc's in most configurations; this adds clang's.
#
#     undefined.sh          clang, the default configuration: the tests of what does arithmetic on pointers
#     undefined.sh all      clang and gcc, each test, in the default configuration and 8/8
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
flags="-std=c11 -D_GNU_SOURCE -O1 -Iinclude -Itest/unit -Itest/model -fno-sanitize-recover=all"
compilers="clang" nouns="slab buffer deque view queue" models="buffer" options="-DTA_STATISTICS=1"
if [ "${1:-}" = all ]; then
    compilers="clang gcc" models="slab buffer view queue recent" options="-DTA_STATISTICS=1 -DTA_SLOT_BITS=8,-DTA_GENERATION_BITS=8"
    nouns="allocator slab buffer deque stream view look stale stamp parse framing damage crc queue recent lines global pool"
fi

cat >"$folder/null.c" <<'END'
#include <stddef.h>
int main(int argc, char **argv) { char *p = argc > 9 ? argv[0] : NULL; return p + argc == argv[0]; }
END
cat >"$folder/outside.c" <<'END'
#include <stdint.h>
int main(int argc, char **argv) { return argv[0] + (SIZE_MAX / 2 + 1 - (uintptr_t)argc) * 2 + argc == argv[0]; }
END
for source in src/*.c; do echo "#include \"$PWD/$source\""; done >"$folder/library.c" # one source, for the sake of time
tests=0
for compiler in $compilers; do
    sanitize="-fsanitize=undefined,float-divide-by-zero"
    planted="" # gcc sees neither
    [ "$compiler" = gcc ] || sanitize="$sanitize,pointer-overflow,nullability,local-bounds" planted="null outside"
    for broken in $planted; do
        "$compiler" $flags $sanitize "$folder/$broken.c" -o "$folder/broken"
        if "$folder/broken" >"$folder/log" 2>&1; then
            echo "$compiler does not find arithmetic on a pointer: $broken" >&2
            exit 1
        fi
    done
    for option in $options; do
        option=$(echo "$option" | tr , ' ')
        "$compiler" $flags $sanitize $option -c "$folder/library.c" -o "$folder/library.o"
        for test in $(for n in $nouns; do echo "unit/test_$n"; done; for n in $models; do echo "model/model_$n"; done); do
            driver=""
            case $test in model/*) driver=test/model/driver_random.c ;; esac
            "$compiler" $flags $sanitize $option "test/$test.c" $driver "$folder/library.o" -o "$folder/test" -lcmocka
            "$folder/test" >"$folder/log" 2>&1 || {
                echo "$compiler $option, $test:" >&2
                grep -E "runtime error|FAILED" "$folder/log" >&2 || tail -n 20 "$folder/log" >&2
                exit 1
            }
            tests=$((tests + 1))
        done
    done
done
echo "$tests programs run without undefined behaviour by $compilers; clang sees arithmetic on NULL and outside arrays"
