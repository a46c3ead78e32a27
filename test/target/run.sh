#!/bin/sh
# Build the library for a target of targets.txt; or build a test program with it, run that there, and leave the result in
# build/target/TARGET/PROGRAM.result for table.sh. A program that does not fit is run in several images.
# Usage: run.sh TARGET library | unit_TYPE | model_TYPE
set -eu
cd "$(dirname "$0")/../.."
target=$1 program=$2
folder=build/target/$target
work=$folder/$program
mkdir -p "$folder"
rm -f "$work".*
description=$(grep "^$target|" test/target/targets.txt)
ram=$(echo "$description" | cut -d'|' -f4)
flash=$(echo "$description" | cut -d'|' -f5)

# ---- How each target is compiled for, linked and run -------------------------------------------------------------------

semihosting="-display none -monitor none -serial none -semihosting-config enable=on,target=native -kernel"
bare_link="--oslib=semihost --crt0=hosted -Wl,--defsym=__flash_size=$flash -Wl,--defsym=__ram_size=$ram"
stack=590 # bytes of RAM kept for it; the AVR board says when that was not enough
prefix="" machine="" link="" emulator="" board=test/target/board_hosted.c cmocka=-Itest/target
case $target in
cortex-m?*)
    prefix=arm-none-eabi-
    machine="-mcpu=$target -mthumb --specs=picolibc.specs"
    link="$bare_link -Wl,--defsym=__flash=0 -Wl,--defsym=__ram=0x20000000"
    ;;
esac
case $target in
cortex-m0) emulator="qemu-system-arm -M microbit $semihosting" ;;
cortex-m3) emulator="qemu-system-arm -M mps2-an385 $semihosting" ;;
cortex-m4) emulator="qemu-system-arm -M mps2-an386 $semihosting" ;;
cortex-m33)
    link="$bare_link -Wl,--defsym=__flash=0x10000000 -Wl,--defsym=__ram=0x38000000"
    emulator="qemu-system-arm -M mps2-an505 $semihosting"
    ;;
rv32)
    prefix=riscv64-unknown-elf-
    machine="-march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs"
    link="$bare_link -Wl,--defsym=__flash=0x80000000 -Wl,--defsym=__ram=0x80400000"
    emulator="qemu-system-riscv32 -M virt -bios none $semihosting"
    ;;
atmega*)
    prefix=avr-
    machine="-mmcu=$target"
    emulator="simavr -m $target -f 16000000"
    board=test/target/board_avr.c
    ;;
x86-64) link=-lcmocka cmocka="" ;; # the real one
i686) prefix=i686-linux-gnu- link=-static emulator=qemu-i386 ;; # not every kernel runs 32-bit programs
powerpc) prefix=powerpc-linux-gnu- link=-static emulator=qemu-ppc ;;
*) echo "no such target: $target" >&2 && exit 2 ;;
esac
cc="${prefix}gcc $machine -std=gnu11 -Os -ffunction-sections -fdata-sections -Iinclude
    -Wall -Wextra -Wshadow -Wundef -Werror"
[ "$ram" = - ] || cc="$cc -DTEST_RAM=$ram -DTEST_FLASH=$flash"

# ---- The library -------------------------------------------------------------------------------------------------------

if [ "$program" = library ]; then
    rm -rf "$folder"
    mkdir -p "$work"
    for source in src/*.c; do
        $cc -c "$source" -o "$work/$(basename "$source" .c).o"
    done
    ${prefix}ar rcs "$work.a" "$work"/*.o
    $cc -c $board -o "$folder/board.o"
    size -t "$work"/*.o | awk 'END {print $1 + $2}' >"$work.result"
    exit
fi

# ---- A program ---------------------------------------------------------------------------------------------------------

case $program in
unit_*)
    sources=test/unit/test_${program#unit_}.c
    # the tests that are listed, by what the stand-in makes of an entry
    $cc -Itest/target -E "$sources" | sed -nE 's/^ *\{ *\(unsigned\)\(.* \? \(([a-z0-9_]+)\) : .*/\1/p' >"$work.tests"
    cc="$cc $cmocka"
    [ "$program" != unit_conformance ] || sources="$sources conformance/conformance.c"
    ;;
model_*)
    sources="test/model/$program.c test/model/driver_target.c"
    cc="$cc -Itest/target"
    echo "$program" >"$work.tests"
    ;;
esac
case $target-$program in
x86-64-unit_*) ;;
*) sources="$sources $folder/board.o" ;;
esac

# build FIRST END: an image of these tests; false when it is too large for the target
build() {
    image=$work.$1-$2.elf
    if ! $cc -Wno-type-limits -DTEST_FIRST="$1" -DTEST_END="$2" $sources "$folder/library.a" -Wl,--gc-sections $link -o "$image" \
        2>"$image.log"; then
        ! grep -q "region" "$image.log" || return 1
        cat "$image.log" >&2
        exit 1
    fi
    size "$image" | awk 'NR == 2 {print $1 + $2, $2 + $3}' >"$image.size"
    [ "$ram" = - ] ||
        awk -v ram="$ram" -v stack=$stack -v flash="$flash" '{exit !($1 <= flash && $2 + stack <= ram)}' "$image.size"
}

# What an image says in its last line, or cmocka in two: passed, skipped, deepest stack. Nothing when it did not come so far.
result_of() {
    awk '{gsub(/\033\[[0-9;]*m/, "")}
        /^passed [0-9]/ {gsub(/[a-z,.]/, ""); print $1, $2, $3 + 0; exit}
        /^\[  PASSED  \]/ {passed = $4}
        /^\[  SKIPPED \].* test\(s\)/ {skipped = $4}
        END {if (passed) print passed, skipped + 0, 0}' "$1"
}

# The names of the tests of which an image says something: named LOG WORDS
named() {
    for number in $(sed -nE "s/.*test ([0-9]+) $2.*/\1/p" "$1"); do
        sed -n "$((number + 1))p" "$work.tests"
    done
}

# Run the tests from FIRST on and before END, in halves if they do not fit.
run() {
    if build "$1" "$2"; then
        status=0
        timeout 100 $emulator "$image" >"$image.log" 2>&1 </dev/null || status=$?
        result=$(result_of "$image.log")
        if [ $status != 0 ] || [ -z "$result" ]; then
            { cat "$image.log" && named "$image.log" "failed at"; } >&2
            exit 1
        fi
        echo "$result $(cat "$image.size")" >>"$work.images"
        named "$image.log" "left out" >>"$work.left_out"
    elif [ $(($2 - $1)) -gt 1 ]; then
        run "$1" $((($1 + $2) / 2))
        run $((($1 + $2) / 2)) "$2"
    else
        echo "too large for $target: $(sed -n "$2p" "$work.tests"); bytes of flash and RAM, or what the linker says:" >&2
        cat "$image.size" "$image.log" >&2 2>/dev/null || true
        exit 1
    fi
}

run 0 "$(wc -l <"$work.tests")"
result=$(awk '{passed += $1; skipped += $2}
    $3 > stack {stack = $3}
    $4 > flash {flash = $4}
    $5 > ram {ram = $5}
    END {print passed, skipped, NR, flash, ram, stack + 0}' "$work.images")
left_out=$(wc -l <"$work.left_out")
echo "$result" | awk -v listed="$(wc -l <"$work.tests")" -v left_out="$left_out" '{
    printf "%d tests: %d passed, %d skipped, %d left out; images: %d; bytes of flash: %d, of RAM: %d, of stack: %s\n",
        listed, $1, $2, left_out, $3, $4, $5, $6 ? $6 : "not measured"
    exit !(listed > 0 && $1 + $2 + left_out == listed)}' || { echo "not every test that is listed was run" >&2 && exit 1; }
[ "$left_out" = 0 ] || sed 's/^/left out, for it needs more memory: /' "$work.left_out"
echo "$result" >"$work.result"
