#!/bin/sh
# An interrupt at every instruction of every operation, on a simulated machine; then the same with the protection taken
# out, to see that the enumeration finds what that breaks.
# Usage: run.sh MACHINE [PART...]             MACHINE: avr, cortex-m0 or cortex-m3; PART: see below, all by default
#                                             `some_configurations` is for `make test`: the rest is like them
#        run.sh MACHINE some PART...          the same with every third pair of slab, queue and buffer
#        run.sh MACHINE only PAIR [BOUNDARY]  one pair, verbosely
# Needs: avr-gcc, avr-libc and libsimavr-dev, or arm-none-eabi-gcc, picolibc and libunicorn-dev; a C compiler for the host.
set -eu
cd "$(dirname "$0")/../.."
machine=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
host="${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror test/race/inject.c test/race/judge.c test/race/teeth.c test/race/model*.c test/race/pairs*.c"
sources="$(ls src/*.c) test/race/race_image.c test/race/race_operations.c"
# Built for speed on one machine, for size on the others: the ways through a queue differ.
optimization=-Os
[ "$machine" != cortex-m3 ] || optimization=-O2
flags="-std=gnu11 ${RACE_FLAGS:-$optimization} -ffunction-sections -fdata-sections -Wl,--gc-sections -Iinclude -Itest/race"
unprotected='-DTA_PORT_FILE="unprotected.h"'

case $machine in
avr)
    cpu=atmega2560
    $host test/race/machine_avr.c -I/usr/include/simavr -I/usr/local/include/simavr -o "$folder/inject" -lsimavr
    compile="avr-gcc -mmcu=$cpu $flags test/race/entry_avr.c"
    parts="slab queue buffer recent nested configurations unprotected torn ended"
    ;;
cortex-m*)
    cpu=$machine
    $host test/race/machine_cortex_m.c test/emulator/cortex_m.c -o "$folder/inject" -lunicorn
    entries=$(for name in open prepare operate interrupt inner_interrupt check; do printf " -Wl,-u,race_%s" $name; done)
    compile="arm-none-eabi-gcc -mthumb -mcpu=$cpu --specs=picolibc.specs -nostartfiles -T test/emulator/cortex_m.ld
        $entries $flags"
    parts="slab queue buffer recent nested configurations unprotected ended broken"
    ;;
*)
    echo "no such machine: $machine" >&2
    exit 2
    ;;
esac

image() {
    name=$1
    shift
    $compile "$@" $sources -o "$folder/$name.elf"
}
status=0
inject() {
    name=$1
    shift
    "$folder/inject" "$cpu" "$folder/$name.elf" "$@" || {
        echo "FAILED: $machine, $name: $*" >&2
        status=1
    }
}
# configuration NAME DEFINITIONS: on AVR the slab, on Cortex-M the slab and every fifth scenario of the queues
configuration() {
    name=$1
    shift
    echo "== $machine, $name"
    image "$name" "$@"
    if [ "$machine" = avr ]; then inject "$name" configured slab; else inject "$name" selection; fi
}

# break_recent NAME SCRIPT: an error in recent.c that the enumeration must find
break_recent() {
    mkdir "$folder/$1"
    cp src/* "$folder/$1"
    sed "$2" src/recent.c >"$folder/$1/recent.c"
    ! cmp -s src/recent.c "$folder/$1/recent.c" || { echo "FAILED: recent.c is not broken: $1" >&2 && exit 1; }
    (
        sources="$(ls "$folder/$1"/*.c) test/race/race_image.c test/race/race_operations.c"
        image "$1.image"
    )
    printf "%s: " "$1"
    inject "$1.image" broken recent
}

image protected
every=""
case ${1:-} in
only) inject protected "$@" && exit $status ;;
some) every=3 && shift ;;
esac
for part in ${*:-$parts}; do
    echo "== $machine, $part"
    case $part in
    nested) if [ "$machine" = avr ]; then inject protected protected nested 9; else inject protected protected nested; fi ;;
    some_configurations)
        configuration "worn slots that retire" -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 -DTA_RETIRE=1
        configuration "custom backends" -DTA_CUSTOM_BACKENDS=1
        ;;
    configurations)
        configuration "8-bit slots, 8-bit generations" -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8
        configuration "8-bit slots, 16-bit generations" -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=16
        configuration "16-bit slots, 32-bit generations" -DTA_SLOT_BITS=16 -DTA_GENERATION_BITS=32
        [ "$machine" != avr ] || continue
        configuration "worn slots that retire" -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 -DTA_RETIRE=1
        configuration "handles with pool bits" -DTA_HANDLE_POOL_BITS=4
        configuration "owners" -DTA_OWNERS=4
        configuration "custom backends" -DTA_CUSTOM_BACKENDS=1
        ;;
    unprotected)
        image unprotected "$unprotected"
        inject unprotected unprotected
        ;;
    torn)
        image torn "$unprotected" -DRACE_TORN_WORDS
        inject torn torn
        ;;
    ended) # a view that goes by the writer's count
        mkdir "$folder/src"
        cp src/* "$folder/src"
        sed 's/out\.count != v->stamp/in.count != v->stamp/' src/walk.h >"$folder/src/walk.h"
        sed 's/\(v->stamp = .*\)c->out\.count/\1c->in.count/' src/walk.c >"$folder/src/walk.c"
        for file in walk.h walk.c; do
            ! cmp -s "src/$file" "$folder/src/$file" || { echo "FAILED: $file is not broken" >&2 && exit 1; }
        done
        (
            sources="$(ls "$folder"/src/*.c) test/race/race_image.c test/race/race_operations.c"
            image ended
        )
        inject ended ended
        ;;
    broken) # the queue that keeps the newest, without what its comments R1 to R5 say
        break_recent unpinned 's/r->pinned = p->chunk;/r->pinned = TA_NONE;/'
        break_recent early 's/^    if (!copy_unit/    ta_port_store(\&c->in.count, c->in.count + bytes);\n&/
            /^ta_status ta_recent_write/,/^}/s/written = c->in.count + bytes/written = c->in.count/'
        break_recent unmasked '/^static bool move_front/,/^}/s/ta_critical_enter()/0; (void)mask/
            /^static bool move_front/,/^}/s/ta_critical_exit(mask);//'
        break_recent unseen '/^static bool move_front/,/^}/s/bool is_same = .*/bool is_same = true;/'
        break_recent leaking '/^static void release/,/^}/s/p->left++;/(void)0;/'
        ;;
    recent) # the other two machines do all of it
        if [ "$machine" = cortex-m0 ]; then inject protected protected recent 3; else inject protected protected recent; fi
        ;;
    *) inject protected protected "$part" $every ;;
    esac
done
exit $status
