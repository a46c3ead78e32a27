#!/bin/sh
# Every name in `code` in GUARANTEES.md that looks like a test is one: a cmocka test that is run, or a ctest.
# Usage: guarantees.sh BUILD-FOLDER
set -eu
cd "$(dirname "$0")/.."
known=$(
    # a test that no list runs is an unused function, and does not compile
    sed -nE 's/^static void ([a-z0-9_]+)\(void \*\*state\)$/\1/p' test/unit/*.c
    ctest --test-dir "$1" -N | sed -n 's/^ *Test *#[0-9]*: //p' | sed -E 's/^(model_[a-z]+)_.*/\1/'
)
missing=0
for name in $(grep -oE '`[a-z0-9_-]+_[a-z0-9_-]+`' GUARANTEES.md | tr -d '`' | sort -u); do
    case $name in
    ta_*) continue ;;
    guarantees_name_tests) continue ;;
    esac
    echo "$known" | grep -qx -- "$name" || {
        echo "GUARANTEES.md names $name, which is no test" >&2
        missing=1
    }
done
exit $missing
