#!/bin/sh
# Check a port on an emulated target: its mask register, and an interrupt that comes inside a critical section.
# Usage: run.sh TARGET     cortex-m0, -m3, -m23, -m33: PRIMASK; basepri-m3, -m33; rv32; atmega328p, atmega2560;
#                          misuse-m0, -m3, -m33, -basepri-m3, -multicore-m33: misuse.c, with the check and without it
#                          multicore-m33, multicore-rv32: the ports for several cores, on one of two
#                          posix_signal, posix_thread: on the host; broken: ports that the kit must refuse
set -eu
cd "$(dirname "$0")/../.."
target=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
image=$folder/image.elf
for source in src/*.c; do echo "#include \"$PWD/$source\""; done >"$folder/library.c"
library="$folder/library.c conformance/port_kit.c"
sources="$library test/port/main.c"
semihosting="-display none -monitor none -serial none -semihosting-config enable=on,target=native"

build() {
    "$@" -std=gnu11 -Os -Wall -Wextra -Werror -ffunction-sections -fdata-sections -Wl,--gc-sections \
        -Iinclude -Iinclude/tinyalloc/port -Iconformance -Itest/port \
        $sources -o "$image"
}

picolibc() { # start of flash, start of RAM, its size, then the compiler and its flags
    place="-Wl,--defsym=__flash=$1 -Wl,--defsym=__flash_size=0x40000 -Wl,--defsym=__ram=$2 -Wl,--defsym=__ram_size=$3"
    shift 3
    build "$@" --specs=picolibc.specs --oslib=semihost --crt0=hosted $place
}

cortex_m() { # core, board, flash, RAM, its size, then what is different
    core=$1 board=$2 flash=$3 ram=$4 size=$5
    shift 5
    picolibc "$flash" "$ram" "$size" arm-none-eabi-gcc -mthumb -mcpu="$core" "$@"
    run="qemu-system-arm -M $board $semihosting -kernel $image"
}

misuse() { # whether it is checked, then as for cortex_m
    sources="$library test/port/misuse.c"
    checked=$1
    shift
    cortex_m "$@" -DTA_CHECKED="$checked" -DTA_CONFIG_FILE='"misuse.h"' -Itest/port
}

# Run the image: true if every check holds.
passes() {
    timeout 60 $run >"$folder/out" 2>&1 </dev/null || true
    grep -aoE 'does not hold: [^[:cntrl:]]*|[0-9]+ checks, [0-9]+ failed' "$folder/out" | sed "s/^/$target: /"
    grep -aqE '[1-9][0-9]* checks, 0 failed' "$folder/out"
}
run_image() {
    passes || {
        cat "$folder/out" >&2
        exit 1
    }
}
m0="cortex-m0 microbit 0 0x20000000 0x4000"
m3="cortex-m3 mps2-an385 0 0x20000000 0x10000"
m23="cortex-m23 mps2-an505 0x10000000 0x38000000 0x10000" # no emulator has the core: its code, on a larger one
m33="cortex-m33 mps2-an505 0x10000000 0x38000000 0x10000"
ceiling='-DTA_PORT_FILE="tinyalloc/port/cortex_m_basepri.h" -DTA_PORT_BASEPRI='
basepri="${ceiling}0x60 test/port/board_basepri.c"
m33_of_two="cortex-m33 mps2-an521 0x10000000 0x38000000 0x10000"
multicore='-DTA_PORT_FILE="tinyalloc/port/cortex_m_multicore.h" test/port/board_primask.c'
cpu_identity='-DTA_PORT_CORE()=(*(volatile unsigned *)0x5001F000)'
rv32() { # what is different
    picolibc 0x80000000 0x80040000 0x10000 riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 \
        test/port/board_riscv.c "$@"
    run="qemu-system-riscv32 -M virt -bios none $semihosting -kernel $image"
}

build_target() { # TARGET, then what is different
    target=$1
    shift
    case $target in
    cortex-m0) cortex_m $m0 test/port/board_primask.c ;;
    cortex-m3) cortex_m $m3 test/port/board_primask.c "$@" ;;
    cortex-m23) cortex_m $m23 test/port/board_primask.c ;;
    cortex-m33) cortex_m $m33 test/port/board_primask.c ;;
    basepri-m3) cortex_m $m3 $basepri ;;
    basepri-m33) cortex_m $m33 $basepri ;;
    rv32) rv32 ;;
    multicore-m33) cortex_m $m33_of_two $multicore "$cpu_identity" ;;
    multicore-rv32) rv32 '-DTA_PORT_FILE="tinyalloc/port/riscv_multicore.h"' ;;
    atmega2560 | atmega328p)
        build avr-gcc -mmcu="$target" -DPORT_KIT_TIMER test/port/board_avr.c "$@"
        run="simavr -m $target -f 16000000 $image"
        ;;
    posix_*)
        build "${CC:-cc}" -pthread -DTA_PORT_FILE="\"tinyalloc/port/$target.h\"" "test/port/board_$target.c" "$@"
        run=$image
        ;;
    *) echo "no such target: $target" >&2 && exit 2 ;;
    esac
}

# refuses TARGET PORT WHAT EXPRESSION...: the kit reports a copy of a port that sed -E has broken
refuses() {
    what=$3 port=include/tinyalloc/port/$2.h
    sed -E "$4" "$port" >"$folder/broken.h"
    ! cmp -s "$port" "$folder/broken.h" || { echo "FAILED: $port is not broken: $4" >&2 && exit 1; }
    build_target "$1" -Wno-unused -UTA_PORT_FILE '-DTA_PORT_FILE="broken.h"' "-I$folder"
    ! passes >"$folder/said" || { echo "FAILED: the kit accepts a $1 port that $what" >&2 && exit 1; }
    grep -q 'does not hold' "$folder/said" || { echo "FAILED: of a port that $what, it says nothing" >&2 && exit 1; }
    echo "$1, a port that $what: $(sed -n 's/.*does not hold: //p' "$folder/said" | head -n 1)"
}

case $target in
broken)
    refuses cortex-m3 cortex_m "does not mask" 's/.n.tcpsid i//'
    refuses cortex-m3 cortex_m "enables blindly" 's/msr primask, %0/cpsie i/'
    refuses cortex-m3 cortex_m "does not nest" \
        's/^typedef.*/&\nstatic ta_mask last;/; s/(return mask;)/last = mask; \1/; s/"r"\(mask\)/"r"(last)/'
    refuses cortex-m3 cortex_m "is no barrier" 's/(: : "r"\(mask\)) : "memory"/\1/'
    refuses atmega328p avr "loads and stores words in two steps" \
        '/^#define TA_PORT_OWN_WORDS/,/^#endif/{/^#endif/!d}'
    refuses posix_signal posix_signal "does not restore" 's/sigprocmask\(SIG_SETMASK, &mask/(void)mask, sigprocmask(0, NULL/'
    refuses posix_thread posix_thread "unlocks at an inner exit" 's/^    ta_port_holds_lock_ = mask;/    mask = false;&/'
    exit
    ;;
misuse-*)
    case $target in
    *-basepri-m3) what="$m3 ${ceiling}0x80" ;;
    *-multicore-m33) what="$m33_of_two ${multicore% *}" ;;
    *-m0) what=$m0 ;;
    *-m3) what=$m3 ;;
    *-m33) what=$m33 ;;
    esac
    misuse 0 $what
    run_image
    misuse 1 $what
    ;;
*) build_target "$target" ;;
esac

run_image
