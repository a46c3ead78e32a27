#!/bin/sh
# Tasks that the library wakes, on an emulated Cortex-M3 (QEMU's mps2-an385) with the scheduler of kernel.c. Time is counted in
# instructions, so that the load of this machine does not matter. With `broken`: what is wrong in the program (a flag) or in a
# copy of the library (a sed expression, -E) must be detected.
# Usage: run.sh receiver | worker | broken | ports      (the first two: which task is more urgent)
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
link="--oslib=semihost --crt0=hosted -Wl,--gc-sections -Wl,--defsym=__flash=0 -Wl,--defsym=__flash_size=0x400000
    -Wl,--defsym=__ram=0x20000000 -Wl,--defsym=__ram_size=0x10000"
cc="arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs -std=gnu11 -Os -ffunction-sections -fdata-sections
    -Wall -Wextra -Wshadow -Wundef -Werror -Iinclude -DTA_WAKE=1 -DTA_PORT_BASEPRI=0x40
    -DTA_PORT_FILE=\"tinyalloc/port/cortex_m_basepri.h\""

compile() { # folder of objects, sources
    mkdir -p "$1"
    to=$1
    shift
    for source; do
        $cc -c "$source" -o "$to/$(basename "$source" .c).o"
    done
}

build() { # image, folder of the library's objects, the program's flags
    image=$1 library=$2
    shift 2
    $cc "$@" test/rtos/*.c "$library"/*.o $link -o "$image"
}

run() {
    timeout 100 qemu-system-arm -M mps2-an385 -display none -monitor none -serial none -icount shift=5,sleep=off \
        -semihosting-config enable=on,target=native -kernel "$1" 2>&1
}

expect_failure() { # name, image: the program itself must say what failed
    if run "$2" >"$work/log"; then
        cat "$work/log" >&2
        echo "FAILED: $1 is not detected" >&2
        exit 1
    fi
    grep -q '^failed: ' "$work/log" || { cat "$work/log" >&2 && echo "FAILED: $1: no message" >&2 && exit 1; }
    sed -n "s/^failed: /detected: $1: /p" "$work/log"
}

break_program() { # name, flags
    name=$1
    shift
    build "$work/broken.elf" "$work/library" "$@"
    expect_failure "$name" "$work/broken.elf"
}

break_library() { # name, file below src/, sed expression, the program's flags
    rm -rf "$work/broken"
    cp -R src "$work/broken"
    sed -E "$3" "src/$2" >"$work/broken/$2"
    ! cmp -s "src/$2" "$work/broken/$2" || { echo "FAILED: $1: nothing in $2 matches" >&2 && exit 1; }
    cp -R "$work/library" "$work/broken/objects"
    compile "$work/broken/objects" "$work/broken/$2"
    build "$work/broken.elf" "$work/broken/objects" ${4:-}
    expect_failure "$1" "$work/broken.elf"
}

# The ports of RTOSes compile for processors that have BASEPRI and that have not.
compile_ports() {
    for cpu in cortex-m0 cortex-m3 cortex-m33; do
        for port in freertos zephyr "zephyr -DCONFIG_SMP"; do
            cc="arm-none-eabi-gcc -mcpu=$cpu -mthumb --specs=picolibc.specs -std=gnu11 -Os -Wall -Wextra -Wconversion
                -Wshadow -Wundef -Werror -Iinclude -Itest/rtos/declarations -DTA_WAKE=1
                -DTA_PORT_FILE=\"tinyalloc/port/${port%% *}.h\" $(echo "$port" | cut -s -d ' ' -f 2)"
            compile "$work/ports" src/slab.c src/blocks.c src/chain_write.c src/queue.c
            echo "compiled for $cpu: $port"
        done
    done
}

[ "$1" = ports ] || compile "$work/library" src/*.c
case $1 in
ports) compile_ports ;;
receiver | worker)
    build "$work/image.elf" "$work/library" -DWORKER_IS_URGENT=$([ "$1" = worker ] && echo 1 || echo 0)
    run "$work/image.elf"
    ;;
broken)
    break_program "the reader arms after it has looked" -DARMS=2
    break_program "the reader arms only after it has slept" -DARMS=1
    break_program "one of two waiting tasks is woken" -DWAKES_ONE=1
    break_library "a write wakes nobody" wake.c 's/is_writer \? take_data\(q\)/is_writer ? 0/'
    break_library "a removal wakes nobody" wake.c 's/: take_room\(q\)/: 0/'
    break_library "a refused write does not arm" chain_write.c 's/\? want_room\(q, n\) :/? 0 :/'
    break_library "freed chunks wake nobody" blocks.c 's/ta_slab_wake_if_awaited_\(a\);//'
    break_library "the flag is taken before the bytes are there" chain_write.c \
        '/^void ta_chain_publish_/,/^}/s/(ta_port_store\(.*\);)/{ if (is_watched) ta_chain_notify_(c, true); } \1 is_watched = false;/' \
        -DWORKER_IS_URGENT=1
    ;;
*) echo "usage: $0 receiver | worker | broken | ports" >&2 && exit 2 ;;
esac
