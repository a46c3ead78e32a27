#!/bin/sh
# Explicit-state search and fault enumeration, and the broken variants that they must find: one line for each run.
#
#     run.sh ci MODE | ci broken               what `make test` runs; with foreign code that is a program: CMakeLists.txt
#     run.sh all                               everything: make search
#     run.sh broken [NAME...]                  all lines of broken.txt, or those named
#     run.sh mutant FOLDER                     of the library in this folder; coverage FOLDER: and leave what gcov reads
#     run.sh BUILD MODE BLOCKS SIZE [OPTION…]  one run: see main.c. BUILD: default, backends, retire or wide
set -eu
cd "$(dirname "$0")/../.."
form=${1:?see the top of this file}
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$PWD/test/search
library=$PWD/src
case $form in mutant | coverage) library=${1:?which folder} ;; esac
sources=$(ls "$library"/*.c | grep -vE '/(lines|cobs|slip|crc|framing|recent|owners)\.c$')
options="-std=c11 -D_DEFAULT_SOURCE -w -I$PWD/include -DTA_PORT_FILE=\"$here/port.h\""
narrow="-DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8"
guard=-fsanitize=address
hooks="-O1 -fsanitize=thread --param tsan-instrument-func-entry-exit=0 -include $here/hooks.h"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

compile() { # folder of objects, options of the build, how, sources
    (mkdir -p "$1" && cd "$1" && build=$2 how=$3 && shift 3 && gcc $options $build $how -c "$@")
}

# The instrumented library is for interrupts, one with AddressSanitizer for foreign code, the plain one for everything else.
kind_of() { # mode
    case $1 in interrupts*) echo hooked ;; foreign* | named) echo guarded ;; *) echo plain ;; esac
}

how_of() { # kind
    case $1 in hooked) echo "$hooks" ;; guarded) echo -O1 $guard ;; *) echo -O2 ;; esac
}

guard_of() { # kind
    case $1 in guarded) echo $guard ;; esac
}

program() { # build, kind
    [ ! -f "$work/$1/$2/search" ] || return 0
    case $1 in
    default) build=$narrow ;;
    backends) build="$narrow -DTA_CUSTOM_BACKENDS=1" ;;
    retire) build="$narrow -DTA_RETIRE=1" ;;
    wide) build= ;;
    *) fail "no build: $1" ;;
    esac
    tests=$work/$1/test$(guard_of "$2")
    [ -d "$tests" ] || compile "$tests" "$build" "-O2 $(guard_of "$2")" "$here"/*.c
    compile "$work/$1/$2" "$build" "$(how_of "$2")" $sources
    gcc $(guard_of "$2") "$tests"/*.o "$work/$1/$2"/*.o -o "$work/$1/$2/search"
}

run() { # build, mode, blocks, size, options
    build_name=$1 kind=$(kind_of "$2")
    shift
    program "$build_name" "$kind"
    "$work/$build_name/$kind/search" "$@" >"$work/line" || fail "$build_name: $*"
    echo "$build_name: $*: $(cat "$work/line")"
}

broken_line() { # name, file, expression, search
    name=$1 file=$2 kind=$(kind_of "$4")
    if ! grep -qxF "$4" "$work/known" 2>/dev/null; then # else that which is not broken might be what it finds
        program default "$kind"
        "$work/default/$kind/search" $4 states=100 >"$work/line" || fail "the library as it is: $4"
        echo "$4" >>"$work/known"
    fi
    rm -rf "$work/broken"
    cp -R src "$work/broken"
    sed -E "$3" "src/$file" >"$work/broken/$file"
    ! cmp -s "src/$file" "$work/broken/$file" || fail "$name: nothing in $file matches"
    mkdir "$work/broken/objects"
    cp "$work/default/$kind"/*.o "$work/broken/objects"
    changed=$work/broken/$file
    case $file in *.h) changed=$(echo "$sources" | sed "s|.*/|$work/broken/|") ;; esac
    compile "$work/broken/objects" "$narrow" "$(how_of "$kind") -O0" $changed || fail "$name: it does not compile"
    gcc $(guard_of "$kind") "$work/default/test$(guard_of "$kind")"/*.o "$work/broken/objects"/*.o -o "$work/broken/search"
    ! "$work/broken/search" $4 >"$work/log" 2>&1 || fail "$name: $4 finds nothing"
    echo "$4 finds $name: $(sed -nE 's/^FAILED: (.*)/\1/p' "$work/log" | cut -c 1-150)"
}

broken() { # names; none: all; third: every third
    found=0 lines=0
    while IFS='@' read -r name file expression search; do
        name=$(echo $name) file=$(echo $file)
        case $name in '' | '#'*) continue ;; esac
        lines=$((lines + 1))
        case " ${*:-$name} " in
        " third ") [ $((lines % 3)) = 1 ] || continue ;;
        *" $name "*) ;;
        *) continue ;;
        esac
        broken_line "$name" "$file" "$expression" "$(echo $search)" </dev/null
        found=$((found + 1))
    done <"$here/broken.txt"
    [ $found -gt 0 ] || fail "no such variant: $*"
    echo "$found broken variants found"
}

case $form in
broken) broken "$@" ;;
ci)
    case ${1:?sequences, interrupts, faults or broken} in
    sequences)
        run default sequences 2 1 limit=2 rare=0
        run default sequences 2 1 marks=1
        run default sequences 2 1 headroom=1
        run default sequences 2 2 rare=0
        run retire sequences 2 1 rare=0
        ;;
    interrupts)
        run default interrupts 2 1 rare=0
        run default interrupts 2 1 rare=0 writer=0
        run default interrupts 2 2 rare=0 simple=1 seconds=3 # here a block has room for the short paths
        run default interrupts 2 2 rare=0 simple=1 seconds=3 writer=0
        ;;
    faults)
        run default faults 2 2 states=5000
        run backends faults 2 2 states=3000
        ;;
    broken) broken third ;;
    esac
    ;;
all)
    for settings in "2 1 limit=2" "2 1 headroom=1" "2 2" "2 2 marks=1" "2 2 limit=3" "2 3" "3 1" "3 2 seconds=300"; do
        run default sequences $settings
    done
    run wide sequences 2 2
    run backends sequences 2 2
    run retire sequences 2 2
    run retire sequences 2 1 headroom=1
    for settings in "2 1 after=4" "2 2 after=2" "2 2 after=3 before=500 limit=3" "3 1 after=2 before=5000 headroom=1" \
        "3 2 after=2 before=1000 marks=1" "4 1 after=2 before=1000"; do
        run default foreign $settings rare=0
    done
    for settings in "2 1" "2 1 limit=1 rare=0" "2 1 marks=1 rare=0" "2 1 headroom=1 rare=0" "2 2 rare=0 simple=1" "2 2 rare=0"; do
        run default interrupts $settings
        run default interrupts $settings writer=0
    done
    run default faults 2 2
    run backends faults 2 2
    broken
    ;;
mutant)
    for settings in "2 1 marks=1" "2 1 headroom=1" "2 1 limit=2" "2 2 rare=0"; do
        run default sequences $settings
    done
    run default interrupts 2 1 rare=0
    run default interrupts 2 1 rare=0 writer=0
    ;;
coverage)
    compile "$library/coverage" "$narrow" "-O0 --coverage" "$here"/*.c $sources
    gcc --coverage "$library"/coverage/*.o -o "$library/coverage/search"
    for settings in "2 1 marks=1" "2 1 headroom=1" "2 1 limit=2" "2 2 states=3000"; do
        "$library/coverage/search" sequences $settings >/dev/null
    done
    ;;
*) run "$form" "$@" ;;
esac
