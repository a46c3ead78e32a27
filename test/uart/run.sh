#!/bin/sh
# Build the UART echo for a board, run it in an emulator whose UART is a pseudo-terminal, and talk to it.
# Usage: run.sh rv32 | avr | cortex_m3
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
image=$folder/echo.elf
qemu="-display none -monitor none -serial TERMINAL -kernel $image"
examples/uart_echo/build.sh "$1" "$image"
case $1 in
rv32) set -- qemu-system-riscv32 -M virt -bios none $qemu ;;
cortex_m3) set -- qemu-system-arm -M mps2-an385 $qemu ;;
avr)
    ${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror -I/usr/include/simavr -I/usr/local/include/simavr \
        test/uart/simavr_tty.c -o "$folder/simavr_tty" -lsimavr
    set -- "$folder/simavr_tty" "$image" TERMINAL
    ;;
esac
test/uart/talk examples/uart_echo/echo.c "$@"
