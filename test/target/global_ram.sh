#!/bin/sh
# A program that chooses a ready-made global allocator links that one's RAM and no other's; one that chooses none links
# the default's; one that never asks links none. Seen in images linked for Cortex-M3 with --gc-sections.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
flags="-mcpu=cortex-m3 -mthumb -std=c11 -Os -DTA_GLOBAL=1 -ffunction-sections -fdata-sections -Iinclude"
failed=0

# expect BYTES-OF-RAM SOURCE: what the variables in the linked image add up to
expect() {
    printf '#include <tinyalloc/tinyalloc.h>\n%s\n' "$2" >"$folder/main.c"
    arm-none-eabi-gcc $flags --specs=picolibc.specs -c "$folder/main.c" -o "$folder/main.o"
    arm-none-eabi-gcc $flags -nostdlib -Wl,--gc-sections -Wl,-e,main "$folder/main.o" "$folder"/lib/*.o -lgcc \
        -o "$folder/image"
    got=$(arm-none-eabi-nm -S --radix=d "$folder/image" | awk '$3 ~ /^[bBdD]$/ {sum += $2} END {print sum + 0}')
    echo "$got bytes of RAM, expected $1: $2"
    [ "$got" = "$1" ] || failed=1
}

mkdir "$folder/lib"
for source in src/*.c; do
    arm-none-eabi-gcc $flags --specs=picolibc.specs -c "$source" -o "$folder/lib/$(basename "$source" .c).o"
done

body='int main(void) { return ta_is_live(ta_global(), ta_alloc(ta_global(), 8)); }'
replacement=4 # the pointer that ta_global_set() sets
table() { echo $(($1 * 4 + 12)); } # a table of that many slots, with state and statistics
expect $((256 + $(table 32) + replacement)) "$body"
for size in 256_32:8:32 256_16:16:16 256_8:32:8 512_32:16:32 512_16:32:16 512_8:64:8 768_32:24:32 768_16:48:16 768_8:96:8 \
    1k_32:32:32 1k_16:64:16 1k_8:128:8; do
    count=$(echo "$size" | cut -d: -f2)
    bytes=$(echo "$size" | cut -d: -f3)
    expect $((count * bytes + $(table "$count") + replacement)) "TA_GLOBAL_USE(${size%%:*}); $body"
done
expect 0 'int main(void) { return (int)sizeof(ta_buffer); }'
exit $failed
