#!/bin/sh
# An interrupt at every instruction of every operation, on a simulated ATmega2560. Then the same with the protection
# taken out, to see that the enumeration finds what that breaks: first the critical section and the shared words, then
# the shared words alone.
# Usage: run.sh [PAIR [BOUNDARY]]      with arguments: one pair of the protected image, verbosely
# Needs: avr-gcc, avr-libc, libsimavr-dev, and a C compiler for the host.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sources="src/allocator.c src/slab.c src/chain.c src/buffer.c src/deque.c src/stream.c src/view.c src/queue.c src/global.c"
unprotected='-DTA_PORT_FILE="ta_port_unprotected.h"'

image() {
    name=$1
    shift
    avr-gcc -mmcu=atmega2560 -std=gnu11 ${RACE_FLAGS:--Os} -ffunction-sections -fdata-sections -Wl,--gc-sections \
        -Iinclude -Iport -Itest/race "$@" $sources test/race/race_avr.c -o "$folder/$name.elf"
}

${CC:-cc} -std=gnu11 -O2 -Wall -Wextra -Werror -I/usr/include/simavr -I/usr/local/include/simavr test/race/inject.c \
    test/race/model.c -o "$folder/inject" -lsimavr
image protected
if [ $# -gt 0 ]; then
    "$folder/inject" "$folder/protected.elf" only "$@"
    exit
fi
image unprotected "$unprotected"
image torn "$unprotected" -DRACE_TORN_WORDS
image narrow -DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8
image wide -DTA_SLOT_BITS=16 -DTA_GENERATION_BITS=32
status=0
check() {
    echo "== $*"
    name=$1
    shift
    "$folder/inject" "$folder/$name.elf" "$@" || {
        echo "FAILED: $name" >&2
        status=1
    }
}
check unprotected unprotected
check torn torn
check narrow protected slab # handles and entries take other stores here
check wide protected slab
check protected protected
exit $status
