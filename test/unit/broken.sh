#!/bin/sh
# The programs with an interrupt at every place must fail when a copy of the library is broken: a wake-up is left out or
# comes at the wrong time, blocks are free too late, or a call does not look again at what an interrupt may have changed.
# Usage: broken.sh PROJECT
set -eu
project=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() { # compiler, folder of objects, sources
    (cd "$2" && compiler=$1 && shift 2 && for source; do
        $compiler -std=c11 -w -DTA_GNU_EXTENSIONS=0 -DTA_PORT_FILE='"interrupts.h"' $options -I"$project/include" \
            -I"$project/test/unit" -c "$source" -o "$(basename "$source" .c).o"
    done)
}

link() { # folder of objects
    ${CC:-cc} "$1"/*.o "$work/tests/$subject.o" -lcmocka -Wl,-z,noexecstack -o "$work/program" # tcc says nothing of it
}

passes() {
    timeout 60 "$work/program" >"$work/log" 2>&1
}

lines=0
without() { # file below src/, sed expression (-E)
    rm -rf "$work/broken"
    cp -R "$project/src" "$work/broken"
    sed -E "$2" "$project/src/$1" >"$work/broken/$1"
    ! cmp -s "$project/src/$1" "$work/broken/$1" || { echo "FAILED: nothing in $1 matches $2" >&2 && exit 1; }
    cp -R "$work/objects" "$work/broken/objects"
    case $1 in
    *.h) compile tcc "$work/broken/objects" "$work/broken"/*.c ;; # in a tenth of gcc's time
    *) compile tcc "$work/broken/objects" "$work/broken/$1" ;;
    esac
    link "$work/broken/objects"
    ! passes || { echo "FAILED: $subject.c passes with $1: $2" >&2 && exit 1; }
    sed -n "s/.*FAILED  .* \([a-z_]*\)$/detected by \1: $1/p" "$work/log" | sort -u | head -n 1
    lines=$((lines + 1))
}

subject() { # program, options
    subject=$1 options=$2
    rm -rf "$work/objects" "$work/tests"
    mkdir "$work/objects" "$work/tests"
    compile tcc "$work/objects" "$project"/src/*.c
    compile "${CC:-cc}" "$work/tests" "$project/test/unit/$subject.c"
    link "$work/objects"
    passes || { cat "$work/log" >&2 && exit 1; }
}

subject wake_interrupted -DTA_WAKE=1
without wake.c 's/is_writer \? take_data\(q\)/is_writer ? 0/'
without wake.c 's/: take_room\(q\)/: 0/'
without wake.c 's/(unsigned events = is_writer.*)/\1 wake(q, events); events = 0;/' # inside the section
without chain_write.c '/^void ta_chain_publish_/,/^}/s/(ta_port_store\(.*\);)/{ if (is_watched) ta_chain_notify_(c, true); } \1 is_watched = false;/'
without chain_read.c '/^ta_status ta_chain_remove_/,/^}/s/(ta_port_store\(.*\);)/{ if (is_watched) ta_chain_notify_(c, false); } \1 is_watched = false;/'
without chain_write.c 's/\? want_room\(q, n\) :/? 0 :/'
without chain_write.c 's/events \|= take_data\(q\);//'
without chain_write.c 's/wait_for_room\(c, 1, status\)/status/'
without chain_write.c 's/wait_for_room\(c, part, status\)/status/'
without wake.h 's/events \| take_room\(q\)/events/'
without wake.h 's/n < q->wanted/n > q->wanted/'
without wake.h 's/length == 0 \|\| limit/limit/'
without queue.c '/^ta_status ta_queue_set_wake/,/^}/s/c->in.credit = (.*);/\1;/'
without queue.c '/^ta_status ta_queue_set_wake/,/^}/s/(c->in.credit = ).* = 0;/\10;/'
without queue.c 's/marks != NULL \|\| HAS_WAKE\(q\)/marks != NULL/'
without queue.c 's/offer_room\(q\);//'
without slab.c 's/^    ta_slab_wake_if_awaited_\(slab\);//'
without blocks.c 's/ta_slab_wake_if_awaited_\(a\);//'
without slab_table.h '/else \{/,/\}/s/refuse_blocks\(s\)/count_failure(s)/'
without slab_table.h 's/^    if \(is_due\)$/    if (0)/'

subject calls_interrupted -ftrivial-auto-var-init=pattern # what is not set is no address
without chain_read.c 's/(ta_blocks_free_\(c->allocator, c->out.chunk, p->left\);)/{ ta_port_store(\&c->out.count, read); \1 }/'
without deque.c 's/status = (ta_chain_open_reader_)/\1/'
without buffer.c 's/block_at\(a, h\)/ta_get(a, h)/'
without buffer.c 's/give_up_room\(to, &end\);//'
without chain_write.c 's/(while \(status == TA_E_NO_MEMORY) && room\(c\) > 0/\1 \&\& 0/'
echo "$lines detected"
