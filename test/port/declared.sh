#!/bin/sh
# Compile the library with a port that needs a vendor's SDK, against declarations of the names that the port uses (pico/,
# esp-idf/). It is not run. The library must refer to the SDK's lock, and define the state of the port once.
# Usage: declared.sh rp2040 | rp2350-arm | rp2350-riscv | esp32
set -eu
cd "$(dirname "$0")/../.."
chip=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

pico="-Itest/port/pico" riscv="riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs"
case $chip in
rp2040) port=rp2040 cc="arm-none-eabi-gcc -mthumb -mcpu=cortex-m0plus $pico" ;;
rp2350-arm) port=rp2040 cc="arm-none-eabi-gcc -mthumb -mcpu=cortex-m33 -DSOFTWARE_LOCKS $pico" ;;
rp2350-riscv) port=rp2040 cc="$riscv -DSOFTWARE_LOCKS $pico" ;;
esp32) port=esp32 cc="$riscv -Itest/port/esp-idf" ;;
*) echo "no such chip: $chip" >&2 && exit 2 ;;
esac
case $port in
rp2040) state=ta_port_owner_ enter=spin_lock_unsafe_blocking exit=spin_unlock_unsafe ;;
esp32) state=ta_port_lock_ enter=declared_enter exit=declared_exit ;;
esac

fail() {
    echo "FAILED: $chip: $*" >&2
    exit 1
}

for source in src/*.c; do
    $cc -std=gnu11 -Os -Wall -Wextra -Wshadow -Wundef -Werror -Iinclude -DTA_PORT_FILE="\"tinyalloc/port/$port.h\"" \
        -c "$source" -o "$folder/$(basename "$source" .c).o"
done
ld=${cc%%-gcc*}-ld
case $cc in *rv32*) ld="$ld -m elf32lriscv" ;; esac
$ld -r "$folder"/*.o -o "$folder/library"
${cc%%-gcc*}-nm "$folder/library" >"$folder/names"
[ "$(grep -cE " [BDbd] $state\$" "$folder/names")" = 1 ] || fail "the state is not defined once"
for name in $enter $exit; do
    grep -q " U $name\$" "$folder/names" || fail "nothing calls $name"
done
! grep -q " U __atomic" "$folder/names" || fail "a word needs a function of the compiler's library"
echo "$chip: compiled, with port/$port.h"
