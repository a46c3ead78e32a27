#!/bin/sh
# A unit test must fail when a copy of the library is broken: a wake-up is left out or comes at the wrong time; or C6 or C7
# of src/chain.h does not hold. (C1 to C5 are about two sides that meet: test/spin, test/cores and test/race break them.)
# Usage: broken.sh PROJECT wake | chain
set -eu
project=$1 subject=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { # folder of objects, sources
    (cd "$1" && shift && ${CC:-cc} -std=c11 -O0 -w $options -I"$project/include" \
        -I"$project/test/unit" -c "$@")
}

link() { # folder of objects, test
    ${CC:-cc} "$1"/*.o "$work/tests/$2.o" -lcmocka -o "$work/program"
}

passes() {
    timeout 60 "$work/program" >"$work/log" 2>&1
}

lines=0
without() { # test, file below src/, sed expression (-E)
    test=$1
    shift
    rm -rf "$work/broken"
    cp -R "$project/src" "$work/broken"
    sed -E "$2" "$project/src/$1" >"$work/broken/$1"
    ! cmp -s "$project/src/$1" "$work/broken/$1" || { echo "FAILED: nothing in $1 matches $2" >&2 && exit 1; }
    cp -R "$work/objects" "$work/broken/objects"
    case $1 in
    *.h) compile "$work/broken/objects" "$work/broken"/*.c ;;
    *) compile "$work/broken/objects" "$work/broken/$1" ;;
    esac
    link "$work/broken/objects" "$test"
    ! passes || { echo "FAILED: $test.c passes with $1: $2" >&2 && exit 1; }
    sed -n "s/.*FAILED  .* \([a-z_]*\)$/detected by \1: $1/p" "$work/log" | sort -u | head -n 1
    lines=$((lines + 1))
}

case $subject in
wake) options='-DTA_WAKE=1 -DTA_PORT_FILE="interrupts.h"' tests=wake ;;
chain) options='' tests="test_queue test_buffer test_stale test_stamp" ;;
*) echo "no such subject: $subject" >&2 && exit 2 ;;
esac
mkdir "$work/objects" "$work/tests"
compile "$work/objects" "$project"/src/*.c
for test in $tests; do
    compile "$work/tests" "$project/test/unit/$test.c"
    link "$work/objects" "$test"
    passes || { cat "$work/log" >&2 && exit 1; }
done

if [ "$subject" = wake ]; then
    without wake wake.c 's/is_writer \? take_data\(q\)/is_writer ? 0/'
    without wake wake.c 's/: take_room\(q\)/: 0/'
    without wake wake.c 's/(unsigned events = is_writer.*)/\1 wake(q, events); events = 0;/' # inside the section
    without wake chain_write.c '/^void ta_chain_publish_/,/^}/s/(ta_port_store\(.*\);)/{ if (is_watched) ta_chain_notify_(c, true); } \1 is_watched = false;/'
    without wake chain_read.c '/^ta_status ta_chain_remove_/,/^}/s/(ta_port_store\(.*\);)/{ if (is_watched) ta_chain_notify_(c, false); } \1 is_watched = false;/'
    without wake chain_write.c 's/\? want_room\(q, n\) :/? 0 :/'
    without wake chain_write.c 's/events \|= take_data\(q\);//'
    without wake chain_write.c 's/wait_for_room\(c, 1, status\)/status/'
    without wake chain_write.c 's/wait_for_room\(c, part, status\)/status/'
    without wake wake.h 's/events \| take_room\(q\)/events/'
    without wake wake.h 's/n < q->wanted/n > q->wanted/'
    without wake wake.h 's/length == 0 \|\| limit/limit/'
    without wake queue.c '/^ta_status ta_queue_set_wake/,/^}/s/c->in.credit = (.*);/\1;/'
    without wake queue.c '/^ta_status ta_queue_set_wake/,/^}/s/(c->in.credit = ).* = 0;/\10;/'
    without wake queue.c 's/marks != NULL \|\| HAS_WAKE\(q\)/marks != NULL/'
    without wake queue.c 's/offer_room\(q\);//'
    without wake slab.c 's/^    ta_slab_wake_if_awaited_\(slab\);//'
    without wake blocks.c 's/ta_slab_wake_if_awaited_\(a\);//'
    without wake slab_table.h '/else \{/,/\}/s/refuse_blocks\(s\)/count_failure(s)/'
    without wake slab_table.h 's/^    if \(is_due\)$/    if (0)/'
else
    # C6: the stamp of views
    without test_stamp chain.c '/^void ta_chain_end_views_/,/^}/s/size_t more = .*/size_t more = 0; (void)read; read = c->out.count;/'
    # C7: credit: the limit, the water marks of either side, reservations, the last byte of a buffer's chunk
    without test_queue chain_write.c 's/(is_watched \? 0 : )smaller\(p->length, room\)/\1p->length/'
    without test_queue chain_write.c 's/is_watched \? 0 : (smaller\(p->length, room\))/\1/'
    without test_queue chain_read.c 's/is_watched \? 0 : credit/credit/'
    without test_stale queue.c '/^ta_status ta_queue_set_limit/,/^}/s/c->in.credit = 0;//'
    without test_buffer chain_write.c '/^static ta_status reserve/,/^}/s/    c->in.credit = 0;//'
    without test_buffer chain_write.c '/^static ta_status reserve/,/^}/s/c->out.credit = 0;/;/'
    without test_buffer chain_read.c 's/smaller\(p->length, rest\) - 1/smaller(p->length, rest)/'
fi
echo "$lines detected"
