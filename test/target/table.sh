#!/bin/sh
# What the test programs did on each target, as run.sh left it in build/target/; exit with 1 when one did not pass there.
# Image, RAM and stack are the largest of a target's programs. RAM: variables, and constants that lie there; on Cortex-M and
# RV32 with the 2 KiB that picolibc keeps for the stack.
# Usage: table.sh [-C full]    (what ctest was told, and so which programs there are)
set -eu
cd "$(dirname "$0")/../.."
tests=$(ctest --test-dir build/host -N "$@")
format="%-11s %-20s %-15s %9s %7s %8s %6s %9s %9s %9s %6s\n"
printf "$format" target CPU "runs on" "passed/run" skipped "left out" images "image, B" "library, B" "RAM, B" "stack, B"
status=0 notes=""
while IFS='|' read -r target cpu machine _; do
    [ "${target#\#}" = "$target" ] || continue
    folder=build/target/$target listed=0 results="" left_out="" failed=""
    for program in $(echo "$tests" | sed -n "s/^ *Test .*: target_${target}_\([um].*\)/\1/p"); do
        [ -s "$folder/$program.tests" ] && listed=$((listed + $(wc -l <"$folder/$program.tests")))
        [ -s "$folder/$program.left_out" ] && left_out="$left_out $(tr '\n' ' ' <"$folder/$program.left_out")"
        [ -s "$folder/$program.result" ] && results="$results $folder/$program.result" || failed="$failed $program"
    done
    [ -z "$failed" ] || status=1 notes="$notes$target: FAILED or not run:$failed\n"
    [ -z "$left_out" ] || notes="$notes$target: left out, for they need more memory:$left_out\n"
    printf "$format" "$target" "$cpu" "$machine" $(cat /dev/null $results | awk -v listed=$listed \
        -v left_out="$(echo "$left_out" | wc -w)" -v library="$(cat "$folder/library.result" 2>/dev/null || echo -)" '
        {passed += $1; skipped += $2; images += $3}
        $4 > image {image = $4}
        $5 > ram {ram = $5}
        $6 > stack {stack = $6}
        END {print passed + 0 "/" listed - skipped - left_out, skipped + 0, left_out, images + 0, image + 0, library, ram + 0, stack ? stack : "-"}')
done <test/target/targets.txt
printf "$notes"
exit $status
