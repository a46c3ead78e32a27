#!/bin/sh
# Every name in `code` in CONFORMANCE.md that looks like a test is a test that is run; and every statement has one.
# Usage: conformance.sh BUILD-FOLDER
set -eu
cd "$(dirname "$0")"
page=../../examples/mqtt_node/CONFORMANCE.md
known=$(
    # a test that no list runs is an unused function, and does not compile
    sed -nE 's/^static void ([a-z0-9_]+)\(void \*\*state\)$/\1/p' test_mqtt.c test_node.c test_line.c
    ctest --test-dir "$1" -N | sed -n 's/^ *Test *#[0-9]*: //p'
)
wrong=0
for name in $(grep -oE '`[a-z0-9]+_[a-z0-9_]+`' "$page" | tr -d '`' | sort -u); do
    echo "$known" | grep -qx -- "$name" || {
        echo "CONFORMANCE.md names $name, which is no test" >&2
        wrong=1
    }
done
rows=$(grep -cE '^\| [1-9]\.' "$page")
tested=$(grep -E '^\| [1-9]\.' "$page" | grep -cE '\| (`[a-z0-9_.]+` ?)+ *\|$')
[ "$rows" -gt 0 ] && [ "$rows" = "$tested" ] || {
    echo "CONFORMANCE.md has $rows statements, and $tested have tests" >&2
    wrong=1
}
exit $wrong
