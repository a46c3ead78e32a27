#!/bin/sh
# Run the test of two cores on an emulated machine that runs them at the same time.
# Usage: run.sh mps2-an521 | virt   queues | recent   [BROKEN]
# BROKEN: how port or library are broken (below); the test must detect that.
set -eu
cd "$(dirname "$0")/../.."
machine=$1 program=$2 broken=${3:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
image=$folder/image.elf
cp -r src "$folder/src"

# ---- What is broken ----------------------------------------------------------------------------------------------------

# Replace the statements of a source that a regular expression matches, over lines. They must be there.
replace() { # file, from, to
    sed -Ez "s/$2/$3/" "src/$1" >"$folder/src/$1"
    ! cmp -s "src/$1" "$folder/src/$1" || { echo "nothing in $1 matches: $2" >&2 && exit 2; }
}

define=""
case $broken in
"") ;;
no_lock) define=-DNO_LOCK ;;
no_mask) define=-DNO_MASK ;;
published_first) # C1 the other way round: the count, and then the bytes
    replace chain_write.c 'memcpy\((use_write_credit\([^)]*\)), data, n\);([^;]*;)' 'uint8_t *at = \1; \2 for (volatile int i = 0; i < 300; i++); memcpy(at, data, n);'
    ;;
freed_first) # C4 the other way round: the reader frees chunks, and then copies
    replace chain_read.c 'if \(!(copy_out\(c->allocator, &p, )data, n\)\)[^;]*;[ \n]*return (ta_chain_remove_[^;]*;)' \
        'place start = p; \1NULL, n); status = \2 copy_out(c->allocator, \&start, data, n); return status;'
    ;;
version_ignored) # the front of recent.c is moved whatever the other side has done to it
    replace recent.c '(static bool move_front\([^{]*\{[^}]*bool is_same = )[^;]*;' '\1true;'
    ;;
*) echo "$0: nobody knows how to break $broken" >&2 && exit 2 ;;
esac

# ---- The image ---------------------------------------------------------------------------------------------------------

# The library is one source, which takes half the time to compile.
for source in src/*.c; do echo "#include \"${source#src/}\""; done >"$folder/src/library.c"
flags="-std=gnu11 -O2 -Wall -Wextra -Werror -Wno-maybe-uninitialized -ffunction-sections -fdata-sections -Iinclude $define
    -DTA_PORT_FILE=\"test/cores/port.h\" -I."
semihosting="-display none -monitor none -serial none -semihosting-config enable=on,target=native"
place() { # flash, RAM
    echo "-Wl,--defsym=__flash=$1 -Wl,--defsym=__flash_size=0x40000 -Wl,--defsym=__ram=$2 -Wl,--defsym=__ram_size=0x10000"
}
case $machine in
mps2-an521)
    compile="arm-none-eabi-gcc -mthumb -mcpu=cortex-m33 --crt0=hosted $(place 0x10000000 0x38000000)
        -DTA_CONFIG_FILE=\"test/cores/an521.h\" test/cores/board_an521.c"
    emulator="qemu-system-arm -M mps2-an521 -smp 2"
    ;;
virt)
    compile="riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -nostartfiles $(place 0x80000000 0x80040000)
        -DTA_CONFIG_FILE=\"test/cores/virt.h\" test/cores/board_virt.c"
    emulator="qemu-system-riscv32 -M virt -smp 2 -bios none"
    ;;
*) echo "no such machine: $machine" >&2 && exit 2 ;;
esac
case $program in
queues) sources="test/cores/cores.c test/thread/work.c" ;;
recent) sources=test/cores/recent.c ;;
*) echo "no such program: $program" >&2 && exit 2 ;;
esac
$compile $flags --specs=picolibc.specs --oslib=semihost -Wl,--gc-sections $sources \
    "$folder/src/library.c" -o "$image"

# ---- The run -----------------------------------------------------------------------------------------------------------

# run LIMIT: on both cores at once
run() {
    timeout "$1" $emulator -accel tcg,thread=multi $semihosting -kernel "$image" >"$folder/out" 2>&1 </dev/null || true
    cat "$folder/out"
}

if [ -z "$broken" ]; then
    run 60
    grep -qx passed "$folder/out"
    exit
fi
for attempt in 1 2 3 4; do # a race need not show each time; and it may keep a core from ever coming to an end
    run 15
    ! grep -q '^FAILED: line' "$folder/out" || { echo "$broken: detected, as it must be" && exit; }
done
echo "$broken: not detected" >&2
exit 1
