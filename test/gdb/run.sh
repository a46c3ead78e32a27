#!/bin/sh
# The debugger's script, tools/gdb/tinyalloc.py, on a program with planted faults: it must find the leaks and name their
# owners, the stale handle and the broken chain. Each session is compared with the recorded one in expected/, and the
# sessions that docs/debugging.md shows with those.
#   live_16     an emulated Cortex-M3, at a breakpoint
#   damaged     the same after wild writes to a slab, a buffer and a pointer: all other answers stay as they were
#   live_8      the same with 8-bit slots and generations
#   dump_8      the RAM of that one, saved to a file and put into an ELF file by objcopy; no target
#   core        a core file of the same program on the host
#   bare        the emulated Cortex-M3 without owners and statistics, with 32-bit generations and pool bits
# And test/gdb/damage.py overwrites random bytes of the program on the host: no command may fail in Python then.
# Usage: run.sh [--record]    --record writes expected/ and the sessions in the guide
# Needs: arm-none-eabi-gcc with picolibc, qemu-system-arm, gdb-multiarch, python3, a C compiler for the host.
set -eu
cd "$(dirname "$0")/../.."
record=${1:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

for source in src/*.c; do echo "#include \"$PWD/$source\""; done >"$folder/library.c" # one source, for the sake of time

# The planted program comes last: debug information of functions that the linker has dropped covers the first addresses.
build() { # NAME FLAG...
    name=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs -std=gnu11 -Os -g -Wall -Wextra -Werror \
        -fno-reorder-functions -ffunction-sections -fdata-sections -Wl,--gc-sections -Iinclude -DTA_WITH_GLOBAL=0 \
        -Wl,--defsym=__flash=0 -Wl,--defsym=__flash_size=0x40000 \
        -Wl,--defsym=__ram=0x20000000 -Wl,--defsym=__ram_size=0x4000 "$@" "$folder/library.c" test/gdb/planted.c \
        -o "$folder/$name.elf"
}

# gdb writes each command after a plus sign.
session() { # NAME FILE... : commands on standard input
    name=$1
    shift
    cat >"$folder/$name.gdb"
    timeout 100 gdb-multiarch -nx -nh -batch -iex 'set auto-load off' -ex 'set confirm off' -ex 'set width 0' \
        -ex 'set debuginfod enabled off' -x "$folder/$name.gdb" "$@" >"$folder/$name.log" 2>&1 </dev/null || : # gdb may fail to stop the emulator, at its end
    grep -q '^+end_of_session' "$folder/$name.log" || {
        cat "$folder/$name.log" >&2
        exit 1
    }
    sed -n '/^+ta pool$/,/^+end_of_session/p' "$folder/$name.log" | sed '$d; s/^+/(gdb) /; s/0x[0-9a-f]*/ADDRESS/g' \
        >"$folder/$name.txt"
}

commands() {
    echo 'source tools/gdb/tinyalloc.py'
    echo 'define end_of_session'
    echo 'end'
    echo 'set trace-commands on'
    cat test/gdb/session.gdb
    echo 'end_of_session'
}

live() { # NAME [COMMAND [WITHOUT]] : without the commands of the session that contain this text
    {
        echo "target remote | exec timeout 60 qemu-system-arm -M mps2-an385 -display none -monitor none -serial none -S -gdb stdio -kernel $folder/$1.elf"
        echo 'tbreak stop'
        echo 'continue'
        echo "${2:-}"
        commands | grep -v "^ta .*${3:-no such command}"
    } | session "$1" "$folder/$1.elf"
}

check() { # NAME
    [ -z "$record" ] || cp "$folder/$1.txt" "test/gdb/expected/$1.txt"
    diff "test/gdb/expected/$1.txt" "$folder/$1.txt" >&2 || {
        echo "$1: the recorded session (<) and this one (>) differ" >&2
        failed=1
    }
}

build live_16 -DTA_OWNERS=4
live live_16
check live_16

cp "$folder/live_16.elf" "$folder/damaged.elf"
live damaged 'set var local = (ta_buffer *)0xfffffff0
set var node.message.chain.allocator = 0xfffffff0
set var slab.allocator.last = 0x7fffffff' slab
check damaged

build live_8 -DTA_OWNERS=4 -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8
live live_8 "dump binary memory $folder/ram.bin 0x20000000 0x20004000"
check live_8

arm-none-eabi-objcopy --remove-section=.data --remove-section=.bss --add-section .ram="$folder/ram.bin" \
    --set-section-flags .ram=alloc,load,contents,data --change-section-address .ram=0x20000000 \
    "$folder/live_8.elf" "$folder/dump_8.elf" 2>/dev/null
commands | session dump_8 "$folder/dump_8.elf"
check dump_8

build bare -DTA_STATISTICS=0 -DTA_GENERATION_BITS=32 -DTA_HANDLE_POOL_BITS=4 -DTA_CUSTOM_BACKENDS=1 -DTA_RETIRE=1
live bare
check bare

${CC:-cc} -std=gnu11 -O1 -g -pthread -Wall -Wextra -Werror -Iinclude -DTA_OWNERS=4 -DTA_WITH_GLOBAL=0 "$folder/library.c" \
    test/gdb/planted.c -o "$folder/host"
timeout 60 gdb-multiarch -nx -nh -batch -ex 'break stop' -ex run -ex "generate-core-file $folder/core_file" -ex kill \
    "$folder/host" >"$folder/core.log" 2>&1 </dev/null || {
    cat "$folder/core.log" >&2
    exit 1
}
commands | session core "$folder/host" "$folder/core_file"
check core

timeout 90 gdb-multiarch -nx -nh -batch -ex 'set debuginfod enabled off' -ex 'set confirm off' -ex 'break stop' -ex run \
    -ex 'source tools/gdb/tinyalloc.py' -ex 'source test/gdb/damage.py' -ex kill "$folder/host" >"$folder/damage.log" 2>&1 </dev/null || :
grep ' rounds of damage' "$folder/damage.log" || {
    cat "$folder/damage.log" >&2
    failed=1
}

python3 test/gdb/guide.py docs/debugging.md test/gdb/expected/live_16.txt $record || failed=1
[ $failed = 0 ] || exit 1
echo "six sessions are as recorded, and the guide shows what they say"
