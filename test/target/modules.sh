#!/bin/sh
# Every combination of modules that makes sense builds without a warning, refers to nothing that was left out, and does what
# its modules do; combinations that make none are refused. Sources of different optimisation levels link.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sources=$(ls src/*.c)
{
    for source in $sources; do echo "#include \"$PWD/$source\""; done
    echo '#include "main.c"'
} >"$folder/all.c"
flags="-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror -O0 -Iinclude"

cat >"$folder/main.c" <<'C'
#include <string.h>
#include <tinyalloc/tinyalloc.h>
TA_SLAB_DEFINE(pool, 4, 12);
#define NEED(condition) do { if (!(condition)) return __LINE__ % 255 + 1; } while (0)
int main(void)
{
    NEED(ta_free(pool, ta_alloc(pool, 4)));
#if TA_WITH_GLOBAL
    NEED(ta_free(ta_global(), ta_alloc(ta_global(), 8)));
#endif
#if TA_WITH_BUFFER
    char text[16];
    ta_buffer b = TA_BUFFER_INIT(pool);
    NEED(ta_buffer_write(&b, "12,345678\n", 10) == TA_OK);
    NEED(ta_buffer_copy_out(&b, 0, text, 10) == TA_OK && memcmp(text, "12,345678\n", 10) == 0);
#endif
#if TA_WITH_VIEW
    ta_view in = ta_buffer_view(&b);
    size_t comma;
    NEED(ta_view_find(&in, ',', &comma) == TA_OK && comma == 2);
#endif
#if TA_WITH_PARSE
    uint32_t number;
    NEED(ta_parse_decimal(&in, &number) == TA_OK && number == 12);
#endif
#if TA_WITH_FRAMING
    static ta_cobs_decoder decoder;
    uint8_t sent[8];
    size_t done;
    ta_view nine = ta_view_of("123456789", 9), two = ta_view_of("\0x", 2);
    uint32_t crc = 0;
    NEED(ta_crc32(&crc, &nine) == TA_OK && crc == 0xCBF43926);
    ta_cobs_encoder encoder = ta_cobs_encoder_of(two);
    NEED(ta_cobs_encode(&encoder, sent, sizeof sent, &done) == TA_OK && done == 4);
    two = ta_view_of(sent, done);
    ta_buffer frame = TA_BUFFER_INIT(pool);
    NEED(ta_cobs_decode(&decoder, &two, &frame) == TA_OK && ta_buffer_len(&frame) == 2);
    NEED(ta_buffer_clear(&frame) == TA_OK);
#endif
#if TA_WITH_STREAM
    size_t position;
    NEED(ta_buffer_find_seq(&b, 0, "56", 2, &position) == TA_OK && position == 5);
#endif
#if TA_WITH_DEQUE
    uint8_t byte;
    NEED(ta_buffer_pop(&b, &byte) == TA_OK && byte == '1');
#endif
#if TA_WITH_QUEUE
    ta_queue q = TA_QUEUE_INIT(pool, 0);
    NEED(ta_queue_write(&q, "queue", 5) == TA_OK && ta_queue_take(&q, &b) == TA_OK && ta_queue_clear(&q) == TA_OK);
#endif
#if TA_WITH_RECENT
    ta_recent r = TA_RECENT_INIT(pool, 4, 2);
    NEED(ta_recent_write(&r, "ab", 2) == TA_OK && ta_recent_write(&r, "cd", 2) == TA_OK);
    NEED(ta_recent_write(&r, "ef", 2) == TA_OK && ta_recent_dropped(&r) == 1 && ta_recent_clear(&r) == TA_OK);
#endif
#if TA_WITH_BUFFER
    NEED(ta_buffer_clear(&b) == TA_OK);
#endif
    return ta_stats_of(pool).used == 0 ? 0 : 255;
}
C

# Does every module that is in have what it needs?
makes_sense() {
    { [ "$buffer" = 1 ] || [ $((deque + view + queue + recent)) = 0 ]; } &&
        { [ "$stream" = 0 ] || [ $((deque + view)) = 2 ]; } &&
        { [ "$parse" = 0 ] || [ "$view" = 1 ]; } &&
        { [ "$framing" = 0 ] || [ "$view" = 1 ]; }
}

# Only a buffer matters to queues that keep the newest: with other modules, they are in when queues are.
recents() {
    if [ $((deque + view + stream + parse + framing)) = 0 ]; then echo 0 1; else echo "$queue"; fi
}

# The global allocator is in or out in turn, and both where few modules are in.
globals() {
    if [ $((buffer + deque + view + stream + parse + framing + queue + recent)) -le 2 ]; then
        echo 0 1
    else
        echo $(((deque + stream + parse + framing + queue) % 2))
    fi
}

# All as one: gcc says what there is to warn of, for which it need not come to machine code (-flto), and tcc builds.
build_and_run() { # OPTIONS
    gcc $flags $1 -Wno-shadow -flto -c "$folder/all.c" -o "$folder/all.o"
    tcc -std=c11 -Iinclude $1 "$folder/all.c" -o "$folder/main"
    "$folder/main" || { echo "fails with $?: $1" >&2 && exit 1; }
}

good=0 refused=0 apart=0
for buffer in 0 1; do for deque in 0 1; do for view in 0 1; do for stream in 0 1; do
    for parse in 0 1; do for framing in 0 1; do for queue in 0 1; do for recent in $(recents); do for global in $(globals); do
        options="-DTA_WITH_BUFFER=$buffer -DTA_WITH_DEQUE=$deque -DTA_WITH_VIEW=$view -DTA_WITH_STREAM=$stream"
        options="$options -DTA_WITH_PARSE=$parse -DTA_WITH_FRAMING=$framing"
        options="$options -DTA_WITH_QUEUE=$queue -DTA_WITH_RECENT=$recent -DTA_WITH_GLOBAL=$global"
        if ! makes_sense; then
            if gcc $flags $options -fsyntax-only -x c include/tinyalloc/config.h 2>"$folder/log"; then
                echo "accepted, though a module misses what it needs: $options" >&2 && exit 1
            fi
            grep -q "a module is left out that another one needs" "$folder/log"
            refused=$((refused + 1))
            continue
        fi
        # Each source by itself where few modules are in, which is where one may lack a header.
        if [ $((buffer + deque + view + stream + parse + framing + queue + recent + global)) -le 2 ]; then
            gcc $flags $options -fsyntax-only $sources
            apart=$((apart + 1))
        fi
        build_and_run "$options"
        good=$((good + 1))
    done; done; done; done; done
done; done; done; done
echo "$good combinations build and work, $apart of them source by source; $refused are refused"

# With hooks, and without what they may be hooks of.
for options in -DTA_WITH_BUFFER=0 -DTA_WITH_QUEUE=0 "-DTA_WITH_VIEW=0 -DTA_CUSTOM_BACKENDS=1"; do
    build_and_run "-DTA_WAKE=1 $options"
done

# Sources compiled for size and for speed link with each other, whichever is which.
for first in s 2; do
    level=$first
    rm -f "$folder"/*.o
    for source in $sources; do
        gcc $flags -O$level -c "$source" -o "$folder/$(basename "$source" .c).o"
        level=$([ $level = s ] && echo 2 || echo s)
    done
    gcc $flags "$folder"/*.o "$folder/main.c" -o "$folder/main" && "$folder/main"
done
echo "sources for size and for speed link"
