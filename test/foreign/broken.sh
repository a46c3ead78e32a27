#!/bin/sh
# Each check that keeps foreign code from breaking a pool is taken out of a copy of the library, and the enumeration must
# find that out: it must report more failures than on the library as it is.
#
#     broken.sh <project> [name...]      all lines of broken.txt, or those named
#
# A line of broken.txt: name @ file below src/ @ sed expression (-E) @ options of the build, with its level
set -eu

project=$(cd "$1" && pwd)
shift
here=$project/test/foreign
calls=${CALLS:-1000} # a length: sequences of three calls; enough for each
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

compile() { # sources' folder, folder of objects, options; the project's warnings are another test's business
    from=$1 to=$2
    shift 2
    mkdir -p "$to"
    (cd "$to" && ${CC:-cc} -std=c11 -D_DEFAULT_SOURCE -I"$project/include" -w "$@" -c "$from"/*.c)
}

build() { # sources' folder, program, options
    sources=$1 program=$2
    shift 2
    tests=$work/tests$(echo "$*" | tr -c 'A-Za-z0-9\n' _)
    [ -d "$tests" ] || compile "$here" "$tests" "$@"
    for source in "$sources"/*.c; do echo "#include \"$source\""; done >"$work/library.c"
    ${CC:-cc} -std=c11 -w "$@" -I"$project/include" -c "$work/library.c" -o "$work/library.o"
    ${CC:-cc} "$@" "$work/library.o" "$tests"/*.o -o "$program"
}

failures() { # of a program; a crash of the program itself is one, too
    timeout 120 "$1" $calls >"$work/out" 2>"$work/err" || status=$?
    count=$(sed -n 's/^.* states; \([0-9]*\) failures$/\1/p' "$work/out")
    echo "${count:-1000000}"
}

usual_failures() { # with these options; measured once
    known=$work/usual$(echo "$1" | tr -c 'A-Za-z0-9\n' _)
    if [ ! -f "$known" ]; then
        build "$project/src" "$work/program" $1
        failures "$work/program" >"$known"
    fi
    cat "$known"
}

run_line() { # name, file, expression, options
    rm -rf "$work/broken"
    cp -R "$project/src" "$work/broken"
    sed -E "$3" "$project/src/$2" >"$work/broken/$2"
    ! cmp -s "$project/src/$2" "$work/broken/$2" || fail "$1: nothing in $2 matches"
    usual=$(usual_failures "$4")
    build "$work/broken" "$work/program" $4 || fail "$1: it does not compile"
    found=$(failures "$work/program")
    [ "$found" -gt "$usual" ] || fail "$1: $found failures, and $usual with the check"
    echo "found: $1: $found failures, $usual with the check"
    sed -n '1,2p' "$work/err"
}

lines=0
while IFS='@' read -r name file expression options; do
    name=$(echo $name) file=$(echo $file) options=$(echo $options)
    case $name in '' | '#'*) continue ;; esac
    case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
    run_line "$name" "$file" "$expression" "$options" </dev/null
    lines=$((lines + 1))
done <"$here/broken.txt"
[ $lines -gt 0 ] || fail "no line was run"
