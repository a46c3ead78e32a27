#!/bin/sh
# Build behaviour.cpp and run it.
# Usage: run.sh COMPILER STANDARD LIBRARY [flag...]     on the host: with a library that CMake has built
#        run.sh cortex-m3 | atmega328p                  on an emulated target: with the library of test/target/run.sh
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wold-style-cast -Wshadow -Wundef -Werror"
library=build/target/$1/library.a
emulator=""

case $1 in
cortex-m3)
    machine="-mcpu=cortex-m3 -mthumb --specs=picolibc.specs"
    cc="arm-none-eabi-gcc $machine" cxx="arm-none-eabi-g++ $machine -std=c++17 -Os -fno-exceptions -fno-rtti -nostdinc++ -Wuseless-cast"
    link="--oslib=semihost --crt0=hosted -Wl,--defsym=__flash=0,--defsym=__flash_size=4194304
        -Wl,--defsym=__ram=0x20000000,--defsym=__ram_size=4194304"
    emulator="qemu-system-arm -M mps2-an385 -display none -monitor none -serial none
        -semihosting-config enable=on,target=native -kernel"
    board=board_hosted.c
    ;;
atmega328p) # avr-g++ has no C++ library, so it links as C does
    cc="avr-gcc -mmcu=atmega328p" link=""
    cxx="avr-g++ -mmcu=atmega328p -std=gnu++11 -Os -fno-exceptions -fno-rtti -Wuseless-cast"
    emulator="simavr -m atmega328p -f 16000000"
    board=board_avr.c
    ;;
*)
    cxx="$1 -std=$2 -O1 -g" library=$3
    case $1 in *clang*) cc=clang ;; *) cc=gcc cxx="$cxx -Wuseless-cast" ;; esac
    shift 3
    cxx="$cxx $*" link="$*"
    board=board_hosted.c
    ;;
esac

$cxx $warnings -ffunction-sections -Iinclude -c test/cpp/behaviour.cpp -o "$work/behaviour.o"
$cc -std=gnu11 -Os -Itest/target -c "test/target/$board" -o "$work/board.o"
linker=$cc
case $cxx in *-fno-exceptions*) ;; *) linker=$cxx ;; esac
$linker "$work/behaviour.o" "$work/board.o" "$library" -Wl,--gc-sections $link -o "$work/behaviour"
status=0
timeout 60 $emulator "$work/behaviour" >"$work/log" 2>&1 </dev/null || status=$?
sed 's/\x1b\[[0-9;]*m//g' "$work/log" | grep -E "^(passed|test) |rror" || true
[ $status = 0 ] && grep -q "passed [1-9]" "$work/log" || { cat "$work/log" >&2 && exit 1; }
