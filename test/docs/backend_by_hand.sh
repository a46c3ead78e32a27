#!/bin/sh
# The command of docs/add-a-backend.md builds the program of that page, and the kit accepts the example.
# Usage: backend_by_hand.sh BLOCKS    (what extract.sh made of the documents)
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$tree/include" "$tree/src" "$tree/examples" "$tree/conformance" "$work"
cp "$1/backend_check.h" "$work/check.c"
awk '/^```/ && inside {exit} inside {print}
    /^```/ && previous == "<!-- run: conformance -->" {inside = 1} {previous = $0}' "$tree/docs/add-a-backend.md" >"$work/command.sh"
cd "$work"
sh -eu command.sh | grep -x "it keeps the contract"
