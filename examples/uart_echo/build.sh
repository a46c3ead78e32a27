#!/bin/sh
# Build the echo for a board.
# Usage: build.sh rv32 | avr | cortex_m3 IMAGE [FLAG...]
#
# Then talk to it, with Control-J at the end of a line (in QEMU Control-A and x ends it all):
#   qemu-system-riscv32 -M virt -bios none -display none -serial mon:stdio -kernel IMAGE
#   qemu-system-arm -M mps2-an385 -display none -serial mon:stdio -kernel IMAGE
#   avrdude -p m328p -c arduino -P /dev/ttyACM0 -U IMAGE        (an Arduino Uno)
set -eu
root=$(dirname "$0")/../..
here=$root/examples/uart_echo
sources="$root/src/*.c $here/echo.c" # the linker drops what is not used
flags="-std=gnu11 -Os -g -Wall -Wextra -Werror -ffunction-sections -fdata-sections -Wl,--gc-sections
    -I$root/include"

board=${1:-} image=${2:-}
[ $# -lt 2 ] || shift 2
flags="$flags $*"
case $board in
rv32)
    # picolibc's start-up and linker script, told where the memory is
    set -- riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs \
        -Wl,--defsym=__flash=0x80000000 -Wl,--defsym=__flash_size=0x40000 \
        -Wl,--defsym=__ram=0x80040000 -Wl,--defsym=__ram_size=0x2000 "$here/board_rv32.c"
    ;;
avr)
    # this memory holds fewer than 255 blocks: so the small table will do
    set -- avr-gcc -mmcu=atmega328p -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 "$here/board_avr.c"
    ;;
cortex_m3)
    set -- arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs \
        -Wl,--defsym=__flash=0 -Wl,--defsym=__flash_size=0x40000 \
        -Wl,--defsym=__ram=0x20000000 -Wl,--defsym=__ram_size=0x2000 "$here/board_mps2.c"
    ;;
*)
    echo "usage: $0 rv32 | avr | cortex_m3 IMAGE [FLAG...]" >&2
    exit 2
    ;;
esac
"$@" $flags $sources -o "$image"
