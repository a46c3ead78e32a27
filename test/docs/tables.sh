#!/bin/sh
# The tables of docs/sizing.md are what the library says. They stand between <!-- table: name --> and <!-- end -->.
#
#     tables.sh <folder of the programs tables_…>            fails when the document says something else
#     tables.sh <folder of the programs tables_…> --write    writes them into the document
set -eu
programs=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
document=docs/sizing.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

heading() { # "a | b | c": the first two lines of a table
    echo "| $1 |"
    echo "| $1 |" | sed 's/[^|][^|]*/---/g'
}

table_widths() {
    heading "widths | bytes a slot | bytes a slab | with statistics | blocks at most | lifetimes of a slot told apart"
    for widths in s8g8 s8g16 s16g16 s16g32; do "$programs/tables_$widths" widths; done
}

table_reuse() {
    heading "generation bits | slots that stay free | frees | at 1 a second | at 100 a second | at 10,000 a second"
    for widths in s8g8 s16g16 s16g32; do "$programs/tables_$widths" reuse; done
}

table_blocks() {
    heading "bytes | blocks of 8: fewest | buffer | queue | blocks of 32: fewest | buffer | queue | blocks of 64: fewest | buffer | queue"
    "$programs/tables_s16g16" blocks
}

table_ram() {
    heading "bytes for data | block size | blocks | besides, 8/8 | besides, 16/16"
    for program in s8g8:ram_keys s8g8:ram s16g16:ram; do
        "$programs/tables_${program%%:*}" "${program#*:}" >"$work/$program"
    done
    paste -d ' ' "$work/s8g8:ram_keys" "$work/s8g8:ram" "$work/s16g16:ram"
}

# sizes WIDTHS COMPILER...: sizeof(ta_buffer), of a queue, of a view
sizes() {
    widths=$1
    shift
    printf '#include <tinyalloc/tinyalloc.h>\nchar a[sizeof(ta_buffer)], b[sizeof(ta_queue)], c[sizeof(ta_view)];\n' >"$work/sizes.c"
    "$@" -std=gnu11 -Iinclude -Iport -DTA_SLOT_BITS="${widths%/*}" -DTA_GENERATION_BITS="${widths#*/}" -fno-common \
        -c "$work/sizes.c" -o "$work/sizes.o"
    "${1%gcc}nm" -S --radix=d "$work/sizes.o" |
        awk '$4 ~ /^[abc]$/ && NF == 4 {size[$4] = $2 + 0} END {printf " %d | %d | %d |", size["a"], size["b"], size["c"]}'
}

row() { # NAME COMPILER...
    name=$1
    shift
    echo "| $name |$(sizes 8/8 "$@")$(sizes 16/16 "$@")"
}

table_structs() {
    heading "target | 8/8: \`ta_buffer\` | \`ta_queue\` | \`ta_view\` | 16/16: \`ta_buffer\` | \`ta_queue\` | \`ta_view\`"
    row "Cortex-M" arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs
    row "RV32" riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32 --specs=picolibc.specs
    row "AVR" avr-gcc -mmcu=atmega328p
}

for table in $(sed -n 's/^<!-- table: \([a-z]*\) -->$/\1/p' "$document"); do
    "table_$table" >"$work/$table.md"
done
[ "$(ls "$work"/*.md | wc -l)" = 5 ] || { echo "$document has not the five tables" >&2; exit 1; }

awk -v work="$work" '
/^<!-- end -->$/ { inside = 0 }
!inside { print }
/^<!-- table: [a-z]+ -->$/ {
    inside = 1
    print ""
    file = work "/" $3 ".md"
    while ((getline line < file) > 0) print line
    print ""
}' "$document" >"$work/document"

[ "${2:-}" != --write ] || cp "$work/document" "$document"
diff -u "$document" "$work/document" || {
    echo "$document says something else; test/docs/tables.sh --write mends it" >&2
    exit 1
}
