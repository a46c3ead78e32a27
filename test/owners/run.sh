#!/bin/sh
# How many instructions does TA_OWNERS add to ta_alloc() and ta_free() on Cortex-M3, at -O2 and -Os?
# Fails when it is another number than docs/debugging.md says, or when it is above the limit.
# Usage: run.sh
# Needs: arm-none-eabi-gcc with picolibc, libunicorn-dev, a C compiler for the host.
set -eu
cd "$(dirname "$0")/../.."
limit=7
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror test/owners/cost.c test/emulator/cortex_m.c -o "$folder/cost" -lunicorn
for level in O2 Os; do
    for owners in 0 4; do
        arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs -std=gnu11 -$level -DTA_OWNERS=$owners \
            -ffunction-sections -fdata-sections -Wl,--gc-sections -Iinclude -nostartfiles \
            -T test/emulator/cortex_m.ld -Wl,--entry=prepare -Wl,-u,pool_of_image src/allocator.c src/slab.c \
            test/owners/image.c -o "$folder/image.elf"
        "$folder/cost" "$folder/image.elf" >"$folder/$owners"
    done
    join "$folder/0" "$folder/4" | while read -r call before after; do
        echo "| \`ta_$call\` at -$level | $before | $after | $((after - before)) |"
    done
done >"$folder/table"
cat "$folder/table"
awk -F'|' -v limit=$limit '$5 + 0 > limit { print "above the limit of " limit ": " $0; failed = 1 } END { exit failed }' \
    "$folder/table" >&2
grep '^| `ta_[a-z]*` at -O' docs/debugging.md | diff - "$folder/table" >&2 || {
    echo "docs/debugging.md says (<) something else than what was measured (>)" >&2
    exit 1
}
