#!/bin/sh
# How long does each operation mask interrupts at most? Measures it and compares the table in GUARANTEES.md with it.
#
#     run.sh            fails when the table says something else, or when a stretch grows with pool, block or request
#     run.sh ways       the same of the columns with goals, in small pools, where all ways of a call are found: for `make test`
#     run.sh --write    writes the table
#
# Needs: arm-none-eabi-gcc with picolibc, avr-gcc, avr-libc, libsimavr-dev, libunicorn-dev, a C compiler for the host.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../.."
document=GUARANTEES.md
goal_cortex_m=48 # instructions, at -O2
goal_avr=200     # cycles, at -Os
rounds=all
[ "${1:-}" != ways ] || rounds=ways
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

flags="-std=gnu11 -ffunction-sections -fdata-sections -Wl,--gc-sections -Iinclude"
sources=$(ls src/*.c)
arm="arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs"

build_host() { # MACHINE LIBRARY [SOURCE...]
    machine=$1 library=$2
    shift 2
    ${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror -I/usr/include/simavr -I/usr/local/include/simavr \
        test/masked/measure.c "test/masked/machine_$machine.c" "$@" -o "$folder/measure_$machine" "-l$library"
}
build_host cortex_m unicorn test/emulator/cortex_m.c
build_host avr simavr
for level in O2 Os; do
    $arm $flags -$level -nostartfiles -T test/emulator/cortex_m.ld -Wl,--entry=prepare -Wl,-u,operate \
        $sources test/masked/image.c -o "$folder/cortex_m_$level.elf"
    avr-gcc -mmcu=atmega2560 $flags -$level $sources test/masked/image.c -o "$folder/avr_$level.elf"
done

measure() { # MACHINE CPU LEVEL ROUNDS: a file of "name stretch state" lines, and what was counted
    "$folder/measure_$1" "$2" "$folder/$1_$3.elf" "$4" >"$folder/$1_$3" 2>"$folder/$1_$3.log"
}
recorded() { # COLUMN OPERATIONS: the same of the document, for what is not measured
    awk -v column="$1" 'FNR == NR && /^[|] `ta_/ {
            split($0, cell, " [|] ")
            gsub(/[*]/, "", cell[column])
            for (i = split(cell[1], name, "`") - 1; i > 1; i -= 2)
                figure[name[i]] = cell[column] + 0
        }
        FNR != NR { print $1, figure[$1] + 0 }' $document "$folder/$2"
}
failed=0 runs="cortex_m_O2 avr_Os"
measure cortex_m cortex-m3 O2 $rounds &
measure avr atmega2560 Os $rounds || failed=1
wait $! || failed=1
if [ $rounds = ways ] && [ $failed = 0 ]; then
    recorded 3 cortex_m_O2 >"$folder/cortex_m_Os"
    recorded 5 avr_Os >"$folder/avr_O2"
elif [ $failed = 0 ]; then
    measure avr atmega2560 O2 ways &
    measure cortex_m cortex-m3 Os ways || failed=1
    wait $! || failed=1
    runs="$runs cortex_m_Os avr_O2"
fi
for run in $runs; do
    sed "s/^/$run: /" "$folder/$run.log"
done
[ $failed = 0 ] || exit 1

# Nothing is left out: every function of the headers is measured (but those that need TA_WAKE, which this build has not), and
# the inline ones that call another; and view.h and
# parse.h mask nothing, but that ta_buffer_view() loads a length on AVR, where the compiler masks for stack frames, too.
# Frames mask nothing but in the calls of buffer.h that they make.
for header in allocator slab buffer stream queue recent lines global; do
    sed -nE 's/^static inline bool (ta_[a-z]+_is_empty)\(.*/\1/p
        /^(static|typedef) /d
        s/^[a-z][a-z0-9_ ]*[ *](ta_[a-z0-9_]+)\(.*/\1/p' "include/tinyalloc/$header.h"
done | grep -vE '_$|_set_wake$|_arm$' | sort >"$folder/public"
cut -d ' ' -f 1 "$folder/avr_Os" | sort | diff "$folder/public" - || {
    echo "test/masked/masked.h lists (>) other operations than the headers (<)" >&2
    exit 1
}
for module in view parse framing slip cobs crc; do
    $arm $flags -O2 -c src/$module.c -o "$folder/$module.o"
    if arm-none-eabi-objdump -d "$folder/$module.o" | grep cpsid; then
        echo "src/$module.c masks: its operations belong into test/masked/masked.h" >&2
        exit 1
    fi
    avr-gcc -mmcu=atmega2560 $flags -Os -c src/$module.c -o "$folder/$module.o"
    if avr-objdump -d "$folder/$module.o" | awk '/^[0-9a-f]+ <.*>:/ {name = $2}
        was_cli && !/out\t0x3e/ {print name}
        {was_cli = /\tcli/}' | grep -v '<ta_buffer_view>'; then
        echo "src/$module.c masks on AVR" >&2
        exit 1
    fi
done

echo
echo "Cortex-M3 at -O2: instructions, and a state that leads there"
cat "$folder/cortex_m_O2"
echo
echo "AVR at -Os: cycles, and a state that leads there"
cat "$folder/avr_Os"

version() {
    "$1" -dumpfullversion -dumpversion
}
# One row for all operations with the same figures, the longest on AVR first. What masks no longer on AVR than the two cycles
# in which its compiler sets up a stack frame, and not at all on Cortex-M, masks nothing.
table() {
    echo "| masked at most: | Cortex-M3, -O2 | Cortex-M3, -Os | AVR, -Os | AVR, -O2 |"
    echo "|---|---|---|---|---|"
    echo "| *goal* | *$goal_cortex_m* | | *$goal_avr* | |"
    for run in cortex_m_O2 cortex_m_Os avr_Os avr_O2; do
        cut -d ' ' -f 1,2 "$folder/$run" >"$folder/column_$run"
    done
    paste -d ' ' "$folder/column_cortex_m_O2" "$folder/column_cortex_m_Os" "$folder/column_avr_Os" \
        "$folder/column_avr_O2" | sort -s -k 6,6nr -k 2,2nr | awk -v cortex_m=$goal_cortex_m -v avr=$goal_avr '
        function cell(figure, goal) {
            return figure > goal ? "**" figure "**" : figure
        }
        {
            figures = cell($2, cortex_m) " | " $4 " | " cell($6, avr) " | " $8
            name = "`" $1 "`"
            if ($2 > cortex_m || $6 > avr)
                missed = missed (missed ? ", " : "") name
            if ($2 + $4 == 0 && $6 <= 2 && $8 <= 2) {
                none = none (none ? ", " : "") name
            } else if (figures in row) {
                names[row[figures]] = names[row[figures]] ", " name
            } else {
                row[figures] = ++rows
                names[rows] = name
                in_row[rows] = figures
            }
        }
        END {
            for (i = 1; i <= rows; i++)
                print "| " names[i] " | " in_row[i] " |"
            print ""
            print (missed ? "Missed by " missed : "Every operation meets the goal in all runs") ". Over every path, also those " \
                "that no run takes, [docs/bounds.md](docs/bounds.md) has the figures."
            print ""
            print "These mask nothing: all operations of view.h and parse.h (on AVR, `ta_buffer_view` masks as `ta_buffer_len` " \
                "does), and " none "."
        }' 
    echo
    echo "Instructions and cycles are those of arm-none-eabi-gcc $(version arm-none-eabi-gcc) and avr-gcc $(version avr-gcc)."
}

grep -qx '<!-- masked:begin -->' $document && grep -qx '<!-- masked:end -->' $document || {
    echo "$document has no place for the table" >&2
    exit 1
}
table >"$folder/table"
awk -v table="$folder/table" '
/^<!-- masked:end -->$/ { inside = 0 }
!inside { print }
/^<!-- masked:begin -->$/ {
    inside = 1
    while ((getline line < table) > 0) print line
}' $document >"$folder/document"
[ "${1:-}" != --write ] || cp "$folder/document" $document
diff -u $document "$folder/document" || {
    echo "$document says something else than was measured; make masked mends it" >&2
    exit 1
}
