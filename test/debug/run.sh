#!/bin/sh
# A debugger knows the library's functions by their plain names: it stops at `break ta_queue_push` in the firmware of
# examples/uart_echo on an emulated Cortex-M3, and `print ta_queue_len(&received)` says how many bytes are in the queue.
# Usage: run.sh
# Needs: arm-none-eabi-gcc with picolibc, qemu-system-arm, gdb-multiarch.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The echo calls no ta_queue_len itself: -u keeps it for the debugger.
examples/uart_echo/build.sh cortex_m3 "$folder/echo.elf" -Wl,-u,ta_queue_len

# One byte arrives on the UART: the interrupt pushes it. Two more are pushed by hand.
printf x >"$folder/wire.in"
: >"$folder/wire.out"
cat >"$folder/commands" <<E2
set confirm off
set breakpoint pending off
target remote | exec timeout 60 qemu-system-arm -M mps2-an385 -display none -monitor none -S -gdb stdio -serial pipe:$folder/wire -kernel $folder/echo.elf
tbreak ta_queue_push
continue
print ta_queue_len(&received)
finish
print ta_queue_len(&received)
print ta_queue_push(&received, 'y')
print ta_queue_push(&received, 'z')
print ta_queue_len(&received)
kill
E2
timeout 60 gdb-multiarch -nx -batch -x "$folder/commands" "$folder/echo.elf" >"$folder/log" 2>&1 </dev/null || : # it may fail to stop the emulator, at its end

cat >"$folder/expected" <<E2
Temporary breakpoint 1, ta_queue_push
= 0
= 1
= TA_OK
= TA_OK
= 3
E2
sed -nE 's/^(Temporary breakpoint 1, ta_queue_push) .*/\1/p; s/^\$[0-9]+ (= .*)/\1/p' "$folder/log" | diff "$folder/expected" - || {
    echo "expected (<) and what the debugger said (>) differ; all of it:" >&2
    cat "$folder/log" >&2
    exit 1
}
echo "the debugger stops at ta_queue_push and counts 0, 1 and 3 bytes in the queue"
