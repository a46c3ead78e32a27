#!/bin/sh
# What a slab costs on a Cortex-M: 32 blocks of 32 bytes, 8-bit slots and generations, statistics apart, take no more
# RAM than 1,024 + 64 + 4 bytes, all of it zeroed memory, and no initialised data; the rest is constant.
# test/unit/ shows that such a slab holds 1,024 bytes in buffers.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '#include <tinyalloc/tinyalloc.h>\nTA_SLAB_DEFINE(pool, 32, 32);\n' >"$folder/pool.c"

# bytes PREFIX-OF-SECTION-NAME
bytes() {
    arm-none-eabi-size -A "$folder/pool.o" | awk -v name="$1" 'index($1, name) == 1 {sum += $2} END {print sum + 0}'
}

# measure LIMIT OPTION...
measure() {
    limit=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb --specs=picolibc.specs -std=c11 -Os -fdata-sections -Iinclude "$@" \
        -c "$folder/pool.c" -o "$folder/pool.o"
    echo "$*: $(bytes .bss) bytes of RAM (at most $limit), $(bytes .data) initialised, $(bytes .rodata) constant"
    [ "$(bytes .bss)" -le "$limit" ] && [ "$(bytes .bss)" -ge 1024 ] && [ "$(bytes .data)" = 0 ]
}

measure 1092 -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 -DTA_STATISTICS=0
measure 1094 -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8
measure 1164 -DTA_SLOT_BITS=16 -DTA_GENERATION_BITS=16
