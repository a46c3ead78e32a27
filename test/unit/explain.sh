#!/bin/sh
# What a failed check means, for support.h.
# Usage: explain.sh callers PROGRAM ADDRESS...   the lines of the test that led to it, the innermost first
#        explain.sh number FUNCTION NUMBER       what ta_…_check() means by a number, as its header says
set -eu
cd "$(dirname "$0")/../.."
what=$1 name=$2
shift 2
case $what in
callers)
    addr2line --functions --inlines --pretty-print --basenames --exe "$name" "$@" |
        sed -E 's/ \(discriminator [0-9]+\)//; s/^ \(inlined by\) //' |
        awk '$1 !~ /^([?][?]|main|_start|_fail|expect_equal_)$/ { print "    at " $3 ", in " $1 }'
    ;;
number)
    number=$1
    # The comment before the declaration, from @return on, as one line.
    meaning=$(cat include/tinyalloc/*.h | awk -v call="^int $name\\\\(" '
        /^\/\*\*/ { text = "" }
        / @return/ { inside = 1 }
        inside { sub(/^ \*( @return)? */, ""); text = text " " $0 }
        /\*\/$/ { inside = 0 }
        $0 ~ call { print text; exit }')
    # "as ta_other_check() says" may be the whole answer, or that for the first numbers
    other=$(echo "$meaning" | sed -nE 's/.*as (ta_[a-z]+_check)\(\) says.*/\1/p')
    own=$(echo "$meaning" | sed -nE "s/.*[:;] $number:? ([^;.]*)[;.].*/\1/p")
    case $own in "" | to*) ;; *) other="" ;; esac
    if [ -z "$other" ]; then echo "    $number means: $own"; else sh "$0" number "$other" "$number"; fi
    ;;
esac
