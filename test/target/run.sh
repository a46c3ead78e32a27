#!/bin/sh
# Build a model test for a target, run it there, and say what it takes.
# Usage: run.sh TARGET NOUN
set -eu
cd "$(dirname "$0")/../.."
target=$1 noun=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
flags="-std=gnu11 -Os -ffunction-sections -fdata-sections -Wl,--gc-sections -Iinclude -Iport -Itest/model"
sources="src/allocator.c src/slab.c src/chain.c src/buffer.c src/deque.c src/stream.c src/view.c src/queue.c src/global.c
    test/model/model_$noun.c test/model/driver_target.c"
arm="arm-none-eabi-gcc -mthumb --specs=picolibc.specs --oslib=semihost --crt0=hosted"
ram_at_20="-Wl,--defsym=__flash=0 -Wl,--defsym=__flash_size=0x40000 -Wl,--defsym=__ram=0x20000000"
semihosting="-display none -monitor none -serial none -semihosting-config enable=on,target=native"

build() {
    image=$folder/image.elf
    "$@" $flags $sources -o "$image"
}

case $target in
cortex-m0)
    build $arm -mcpu=cortex-m0 $ram_at_20 -Wl,--defsym=__ram_size=0x4000 test/target/main_hosted.c
    set -- qemu-system-arm -M microbit $semihosting -kernel "$image"
    ;;
cortex-m3)
    build $arm -mcpu=cortex-m3 $ram_at_20 -Wl,--defsym=__ram_size=0x10000 test/target/main_hosted.c
    set -- qemu-system-arm -M mps2-an385 $semihosting -kernel "$image"
    ;;
cortex-m4)
    build $arm -mcpu=cortex-m4 $ram_at_20 -Wl,--defsym=__ram_size=0x10000 test/target/main_hosted.c
    set -- qemu-system-arm -M mps2-an386 $semihosting -kernel "$image"
    ;;
cortex-m33)
    build $arm -mcpu=cortex-m33 -Wl,--defsym=__flash=0x10000000 -Wl,--defsym=__flash_size=0x40000 \
        -Wl,--defsym=__ram=0x38000000 -Wl,--defsym=__ram_size=0x10000 test/target/main_hosted.c
    set -- qemu-system-arm -M mps2-an505 $semihosting -kernel "$image"
    ;;
rv32)
    build riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs --oslib=semihost --crt0=hosted \
        -Wl,--defsym=__flash=0x80000000 -Wl,--defsym=__flash_size=0x40000 -Wl,--defsym=__ram=0x80040000 \
        -Wl,--defsym=__ram_size=0x10000 test/target/main_hosted.c
    set -- qemu-system-riscv32 -M virt -bios none $semihosting -kernel "$image"
    ;;
atmega2560 | atmega328p)
    build avr-gcc -mmcu="$target" test/target/main_avr.c
    set -- simavr -m "$target" -f 16000000 "$image"
    ;;
x86-64)
    build gcc test/target/main_hosted.c
    set -- "$image"
    ;;
i686)
    build i686-linux-gnu-gcc -static test/target/main_hosted.c
    set -- "$image"
    ;;
powerpc) # the big-endian one
    build powerpc-linux-gnu-gcc -static test/target/main_hosted.c
    set -- qemu-ppc "$image"
    ;;
*) echo "no such target: $target" >&2 && exit 2 ;;
esac

timeout 120 "$@" >"$folder/out" 2>&1 </dev/null || true
grep -q passed "$folder/out" || {
    cat "$folder/out" >&2
    exit 1
}
size "$image" 2>/dev/null | awk -v t="$target" -v n="$noun" 'NR == 2 {print t ", " n ": passed; " $1 + $2 " bytes of flash, " $2 + $3 " of RAM"}'
