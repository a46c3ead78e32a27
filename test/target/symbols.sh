#!/bin/sh
# Which outside symbols does the library refer to on a target? Exactly those in symbols/TARGET.txt besides the four
# of <string.h>, and none at all on the hot calls.
# Usage: symbols.sh TARGET
set -eu
export LC_ALL=C
cd "$(dirname "$0")/../.."
target=$1
flags="-std=gnu11 -Os -ffreestanding -ffunction-sections -Iinclude"
specs=""
case $target in
cortex-m0) prefix=arm-none-eabi- specs=--specs=picolibc.specs machine="-mcpu=cortex-m0 -mthumb" ;;
cortex-m3) prefix=arm-none-eabi- specs=--specs=picolibc.specs machine="-mcpu=cortex-m3 -mthumb" ;;
rv32) prefix=riscv64-unknown-elf- specs=--specs=picolibc.specs machine="-march=rv32imac_zicsr -mabi=ilp32" ;;
avr) prefix=avr- machine="-mmcu=atmega328p" ;;
x86-64) prefix="" machine="-fno-pie -no-pie" ;;
*) echo "no such target: $target" >&2 && exit 2 ;;
esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for source in src/*.c; do
    ${prefix}gcc $machine $specs $flags -c "$source" -o "$folder/$(basename "$source" .c).o"
done

# The undefined symbols that anything refers to, after the objects are linked with each other; "$@": for the linker.
undefined() {
    ${prefix}gcc $machine -nostdlib -r "$@" "$folder"/*.o -o "$folder/all"
    ${prefix}nm -u "$folder/all" | awk '{print $NF}' | sort >"$folder/undefined"
    ${prefix}objdump -r "$folder/all" | awk 'NF == 3 {sub(/[-+]0x[0-9a-f]+$/, "", $3); print $3}' | sort -u |
        comm -12 - "$folder/undefined"
}

failed=0
undefined | grep -vxE 'memcpy|memmove|memset|memcmp' >"$folder/found" || true
grep -v '^#' "test/target/symbols/$target.txt" | sort >"$folder/listed" || true
if ! diff "$folder/listed" "$folder/found"; then
    echo "$target: the list (<) and what the library refers to (>) differ" >&2
    failed=1
fi

roots="-Wl,--gc-sections"
for call in alloc free get buffer_push buffer_pop queue_push queue_pop; do
    ${prefix}nm "$folder"/*.o | grep -qx "[0-9a-f]* T ta_$call" || { echo "no ta_$call" >&2 && exit 1; }
    roots="$roots -Wl,-u,ta_$call"
done
undefined $roots >"$folder/hot"
if [ -s "$folder/hot" ]; then
    echo "$target: alloc, free, get, push or pop refer to:" >&2
    cat "$folder/hot" >&2
    failed=1
fi
exit $failed
