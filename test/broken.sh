#!/bin/sh
# Every change in a test's broken.txt still changes the library, also where only the long form of a test makes it.
set -eu
cd "$(dirname "$0")"
failed=0
for list in */broken.txt; do
    while IFS=@ read -r name file expression _; do
        case $name in '#'* | '') continue ;; esac
        file=$(echo $file)
        if sed -E "$expression" "../src/$file" | cmp -s - "../src/$file"; then
            echo "$list: nothing in $file is what $name changes" >&2
            failed=1
        fi
    done <"$list"
done
exit $failed
