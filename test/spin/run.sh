#!/bin/sh
# Check the protocols of queues with the model checker Spin: every interleaving, and that each broken rule is found.
# Usage: run.sh chain_interrupts | chain_cores | chain_broken | wake | wake_broken |
#        recent_interrupts | recent_cores | recent_broken
#        With `some`: every third of what is broken, and of what holds no model that takes half a minute. make evidence
#        runs all.
#
# A line is one run: the model, who runs when, what is broken, and what must come out: `holds`, or what Spin must say.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

runs() {
    case $1 in
    chain_interrupts)
        echo 'chain|-DWRITER_INTERRUPTS -DNB=2||holds'
        echo 'chain|-DWRITER_INTERRUPTS -DNB=3||holds'
        echo 'chain|-DREADER_INTERRUPTS -DNB=3||holds'
        for side in WRITER_INTERRUPTS READER_INTERRUPTS; do
            echo "chain|-D$side -DNB=2 -DLIMIT=2||holds"
            echo "chain|-D$side -DNB=3 -DLIMIT=4||holds"
        done
        ;;
    chain_cores)
        echo 'chain|-DCORES -DNB=2||holds'
        echo 'chain|-DCORES -DNB=2 -DLIMIT=2||holds'
        echo 'chain|-DCORES -DNB=2 -DOBSERVER||holds'
        ;;
    chain_broken)
        # C1: bytes and links first, then the count
        echo 'chain|-DREADER_INTERRUPTS -DNB=2|PUBLISH_FIRST|assertion violated'
        echo 'chain|-DREADER_INTERRUPTS -DNB=2|BEGIN_LATE|assertion violated'
        for broken in PUBLISH_FIRST LINK_LATE BEGIN_LATE; do
            echo "chain|-DCORES -DNB=2|$broken|assertion violated"
        done
        # a barrier is missing: at the store, at the load, at the unlock
        for broken in PLAIN_STORE PLAIN_LOAD PLAIN_UNLOCK; do
            echo "chain|-DCORES -DNB=2|$broken|assertion violated"
        done
        # C2: the reader looks at its end only when it may
        echo 'chain|-DWRITER_INTERRUPTS -DNB=2|LOOK_EARLY|assertion violated'
        echo 'chain|-DCORES -DNB=2|LOOK_EARLY|assertion violated'
        echo 'chain|-DCORES -DNB=2|TRIM_ANYTIME|assertion violated'
        # C3: it leaves a chunk only for a byte after it
        echo 'chain|-DWRITER_INTERRUPTS -DNB=2|LEAVE_EARLY|assertion violated'
        echo 'chain|-DREADER_INTERRUPTS -DNB=2|LEAVE_EARLY|assertion violated'
        # C4: it copies, then it frees, then it makes the room free
        echo 'chain|-DWRITER_INTERRUPTS -DNB=2|FREE_FIRST|assertion violated'
        echo 'chain|-DWRITER_INTERRUPTS -DNB=2 -DLIMIT=2|FREE_LAST|assertion violated'
        echo 'chain|-DCORES -DNB=2 -DLIMIT=2|FREE_LAST|assertion violated'
        # C5: the length
        echo 'chain|-DCORES -DNB=2 -DOBSERVER|LENGTH|assertion violated'
        # the pool's critical sections
        echo 'chain|-DWRITER_INTERRUPTS -DNB=2|NO_LOCK|assertion violated'
        echo 'chain|-DCORES -DNB=2|NO_LOCK|assertion violated'
        ;;
    wake)
        for limit in 1 2; do
            for side in WRITER_INTERRUPTS READER_INTERRUPTS CORES; do
                echo "wake|-D$side -DLIMIT=$limit||holds"
            done
        done
        echo 'room|-DREADER_INTERRUPTS||holds'
        echo 'room|-DCORES||holds'
        ;;
    wake_broken)
        echo 'wake|-DWRITER_INTERRUPTS|ARM_LATE|invalid end state'
        echo 'wake|-DREADER_INTERRUPTS|DECIDE_FIRST|invalid end state'
        echo 'wake|-DREADER_INTERRUPTS|NO_SECOND_LOOK|invalid end state'
        for broken in ARM_LATE ARM_UNLOCKED DECIDE_FIRST DECIDE_UNLOCKED NO_SECOND_LOOK REFUSED_LATE ONE_WAITER TAKE_FIRST; do
            echo "wake|-DCORES|$broken|invalid end state"
        done
        for broken in WANTS_LAST WANTS_FIRST ONE_WRITER NO_SECOND_LOOK; do
            echo "room|-DCORES|$broken|invalid end state"
        done
        ;;
    recent_interrupts)
        for side in WRITER_INTERRUPTS READER_INTERRUPTS; do
            echo "recent|-D$side -DNB=2||holds"
            echo "recent|-D$side -DUNIT=3 -DNB=4||holds"
        done
        echo 'recent|-DWRITER_INTERRUPTS -DNB=2 -DLIMIT=3 -DOTHER_USER||holds'
        echo 'recent|-DWRITER_INTERRUPTS -DUNIT=1||holds'
        ;;
    recent_cores)
        echo 'recent|-DCORES -DUNIT=1 -DNB=2||holds'
        echo 'recent|-DCORES -DUNIT=3 -DLIMIT=3||holds'
        echo 'recent|-DCORES -DNB=2 -DLONGEST=2 -DLIMIT=2||holds'
        ;;
    recent_broken)
        # R1, R5: what was seen may have changed
        echo 'recent|-DREADER_INTERRUPTS -DNB=2|UNSEEN_BYTE|assertion violated'
        echo 'recent|-DREADER_INTERRUPTS -DNB=2|UNSEEN_MOVE|assertion violated'
        echo 'recent|-DREADER_INTERRUPTS -DNB=2|UNMASKED|assertion violated'
        echo 'recent|-DWRITER_INTERRUPTS -DNB=2|UNSEEN_CLAIM|assertion violated'
        # R2: the reader claims a unit before it copies
        echo 'recent|-DWRITER_INTERRUPTS -DNB=2|RELEASE_FIRST|assertion violated'
        # R3: the chunks of the claimed bytes are the reader's
        echo 'recent|-DWRITER_INTERRUPTS -DNB=2|UNPINNED|assertion violated'
        echo 'recent|-DWRITER_INTERRUPTS -DUNIT=3 -DNB=4|FREE_CLAIMED|assertion violated'
        # R4: it frees the last one, too, when the front has left that
        echo 'recent|-DWRITER_INTERRUPTS -DNB=2|LEAKING|assertion violated'
        # it is known before the first drop that dropping makes room
        echo 'recent|-DWRITER_INTERRUPTS -DNB=2|CLAIMED_COUNT|assertion violated'
        # C1
        echo 'recent|-DREADER_INTERRUPTS -DNB=2|PUBLISH_FIRST|assertion violated'
        for broken in PLAIN_STORE RESTART_UNDER_READER UNSEEN_CLAIM UNMASKED; do
            echo "recent|-DCORES -DUNIT=1 -DNB=2|$broken|assertion violated"
        done
        ;;
    *) echo "unknown: $1" >&2 && exit 2 ;;
    esac
}

runs "$1" >list
case $1-${2:-} in
*_broken-some) sed -n -i '1~3p' list ;;
chain_interrupts-some) sed -i '/WRITER.*NB=3/d; /NB=3 -DLIMIT/d' list ;;
chain_cores-some) sed -i '/OBSERVER/d' list ;;
esac
bad=0
while IFS='|' read -r model sides broken expected; do
    # tcc: gcc takes longer to compile most models than they run, and what it makes is but a fifth faster
    spin -a $sides ${broken:+-DBROKEN_$broken} "$here/$model.pml" >log 2>&1 && tcc -DSAFETY -DCOLLAPSE pan.c -o pan >>log 2>&1 &&
        ./pan -m2000000 >>log 2>&1 || { cat log >&2 && exit 1; }
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' log)
    if [ "$expected" = holds ]; then
        result=holds
        grep -q 'errors: 0$' log || result=FAILS
        ! grep -qE 'max search depth too small|out of memory' log || result='NOT FINISHED'
    else
        result="found: $expected"
        grep -q "^pan:1: $expected" log || result='NOT FOUND'
    fi
    case $result in FAILS | NOT*) bad=1 && cat log >&2 ;; esac
    printf '%-7s %-44s %-20s %12s states  %s\n' "$model" "$sides" "${broken:-as it is}" "$states" "$result"
done <list
exit $bad
