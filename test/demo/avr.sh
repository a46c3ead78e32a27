#!/bin/sh
# The tests of the packets where size_t has 16 bits and a packet may be longer than memory: on a simulated ATmega2560.
# Usage: avr.sh WORK-FOLDER
set -eu
cd "$(dirname "$0")/../.."
mkdir -p "$1"
avr-gcc -mmcu=atmega2560 -std=gnu11 -Os -ffunction-sections -fdata-sections -Iinclude -Itest/target \
    -DTEST_RAM=8192 -DTEST_FLASH=262144 -Wall -Wextra -Wshadow -Wundef -Werror -Wno-type-limits -Wl,--gc-sections \
    src/*.c examples/mqtt_node/mqtt.c test/demo/test_mqtt.c test/target/board_avr.c -o "$1/mqtt.elf"
timeout 100 simavr -m atmega2560 -f 16000000 "$1/mqtt.elf" >"$1/mqtt.log" 2>&1 </dev/null || true
cat "$1/mqtt.log"
grep -qE "passed $(grep -c 'cmocka_unit_test(' test/demo/test_mqtt.c)[^0-9]" "$1/mqtt.log"
