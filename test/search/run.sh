#!/bin/sh
# Explicit-state search, fault enumeration, and the broken variants that they must find: one line for each run.
# Usage: run.sh ci | all | broken [name...] | only MODE BLOCKS SIZE [OPTION=NUMBER...]
#
# A line of broken.txt: name @ file below src/ @ sed expression (-E) @ the search that must fail
set -eu
cd "$(dirname "$0")/../.."
form=${1:?ci, all, broken or only}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=test/search
sources=$(ls "$PWD"/src/*.c | grep -vE '/(parse.*|lines|cobs|slip|crc|framing|recent|owners)\.c$')
options="-std=c11 -D_DEFAULT_SOURCE -w -g -I$PWD/include -DTA_PORT_FILE=\"$PWD/$here/port.h\""
hooks="-O1 -fsanitize=thread --param tsan-instrument-func-entry-exit=0 -include $PWD/$here/hooks.h"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

compile() { # folder of objects, options of the build, how, sources
    (cd "$1" && build=$2 how=$3 && shift 3 && ${CC:-gcc} $options $build $how -c "$@")
}

# Programs in $work/NAME/: sequences and faults run on the plain library, interrupts on the instrumented one.
program() { # name, options of the build
    [ -d "$work/$1" ] && return
    mkdir -p "$work/$1/test" "$work/$1/plain" "$work/$1/hooked"
    compile "$work/$1/test" "$2" -O2 "$PWD/$here"/*.c
    compile "$work/$1/plain" "$2" -O2 $sources
    compile "$work/$1/hooked" "$2" "$hooks" $sources
    for kind in plain hooked; do
        ${CC:-gcc} "$work/$1/test"/*.o "$work/$1/$kind"/*.o -o "$work/$1/$kind/search"
    done
}

kind_of() { # search
    case $1 in interrupts*) echo hooked ;; *) echo plain ;; esac
}

run() { # name of the program, mode, blocks, size, options
    name=$1
    shift
    printf '%s, %s: ' "$name" "$*"
    "$work/$name/$(kind_of "$1")/search" "$@" || fail "$name: $*"
}

broken_line() { # name, file, expression, search
    name=$1 file=$2 kind=$(kind_of "$4")
    rm -rf "$work/broken"
    cp -R src "$work/broken"
    sed -E "$3" "src/$file" >"$work/broken/$file"
    ! cmp -s "src/$file" "$work/broken/$file" || fail "$name: nothing in $file matches"
    how=-O2
    [ $kind = plain ] || how=$hooks
    mkdir "$work/broken/objects"
    cp "$work/default/$kind"/*.o "$work/broken/objects"
    case $file in
    *.h) compile "$work/broken/objects" "$narrow" "$how" $(for source in $sources; do echo "$work/broken/$(basename "$source")"; done) ;;
    *) compile "$work/broken/objects" "$narrow" "$how" "$work/broken/$file" ;;
    esac
    ${CC:-gcc} "$work/default/test"/*.o "$work/broken/objects"/*.o -o "$work/broken/search"
    ! "$work/broken/search" $4 >"$work/log" 2>&1 || fail "$name: $4 finds nothing"
    echo "$4 finds $name: $(sed -nE 's/^FAILED: (.*)/\1/p' "$work/log" | cut -c 1-150)"
}

broken() { # names; none: all
    while IFS='@' read -r name file expression search; do
        name=$(echo $name) file=$(echo $file)
        case $name in '' | '#'*) continue ;; esac
        case " ${*:-$name} " in *" $name "*) broken_line "$name" "$file" "$expression" "$(echo $search)" </dev/null ;; esac
    done <$here/broken.txt
}

narrow="-DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8"
program default "$narrow"
case $form in
only) run default "$@" ;;
broken) broken "$@" ;;
ci | all) . $here/runs.sh ;;
esac
