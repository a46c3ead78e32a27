#!/bin/sh
# What must be refused is refused, with the message expected, and its twin is not.
#
#     run.sh <project> <case> <compiler>...      case: a file beside this one, without .c, headers_alone or headers_warnings
#
# A case begins with comments that say how it is to be built:
#     expect:        the text that the refusal must contain
#     refused with:  flags with which it must not build; each line with this heading is a build
#     accepted with: flags with which the same file must build: or else the refusal might be a missing header's
#     compiler:      the compilers to ask, if not those of the command line
#     library with:  flags of the library it is linked with, if they differ from its own (link_… cases only)
# A compiler whose name ends in ++ compiles the same file as C++.
set -eu
export LC_ALL=C # messages in plain quotation marks

project=$1 name=$2
shift 2
here=$project/test/nocompile
include="-I$project/include -I$project/test/rtos/declarations"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $name: $*" >&2
    [ ! -s "$work/log" ] || cat "$work/log" >&2
    exit 1
}

said() { # what the case's comment says under this heading
    sed -n "s|^/\* $1: *\(.*\) \*/\$|\1|p" "$here/$name.c"
}

language() { # the flags that make a file C11 or C++17 for this compiler
    case $1 in *++) echo "-x c++ -std=c++17" ;; *) echo "-x c -std=c11" ;; esac
}

c_compiler() { # the C compiler that belongs to this one: the library is always C
    case $1 in *clang++) echo "${1%++}" ;; *g++) echo "${1%g++}gcc" ;; *) echo "$1" ;; esac
}

build_library() { # compiler, directory, flags…: once for a compiler of C and that of C++ beside it
    cc=$(c_compiler "$1") out=$2
    shift 2
    kept="$work/$(echo "$cc $*" | tr -c 'A-Za-z0-9\n' _).o"
    mkdir -p "$out"
    case $name in
    link_*) sources="allocator blocks chain chain_write global poison slab wake" ;; # what the cases need
    *) sources=$(cd "$project/src" && echo *.c | sed 's/[.]c//g') ;;
    esac
    for source in $sources; do echo "#include \"$project/src/$source.c\""; done >"$work/library.c"
    [ -f "$kept" ] || $cc -std=c11 $include "$@" -c "$work/library.c" -o "$kept" || return
    rm -f "$out/lib.a"
    ar rcs "$out/lib.a" "$kept"
}

# The refused and the accepted build of one case; $1 is the compiler, the rest the flags.
build_case() {
    compiler=$1
    shift
    case $name in
    link_*)
        library=$(said 'library with')
        build_library "$compiler" "$work/library" ${library:-"$@"} || return 2
        $compiler $(language "$compiler") $include $warnings "$@" -c "$here/$name.c" -o "$work/case.o" || return 2
        $compiler "$work/case.o" "$work/library/lib.a" -o "$work/case"
        ;;
    *) $compiler $(language "$compiler") $include $warnings "$@" -fsyntax-only "$here/$name.c" ;;
    esac
}

accept() { # compiler, flags…
    build_case "$@" >"$work/log" 2>&1 || fail "$*: refuses the twin"
    case $name in link_*) "$work/case" || fail "$*: the twin does not run" ;; esac
}

refuse() { # compiler, flags…
    status=0
    build_case "$@" >"$work/log" 2>&1 || status=$?
    [ $status -ne 0 ] || fail "$*: accepts it"
    [ $status -ne 2 ] || case $name in link_*) fail "$*: only the link may fail" ;; esac
    grep -qF -- "$expected" "$work/log" || fail "$*: does not say '$expected'"
}

run_case() {
    expected=$(said expect)
    [ -n "$expected" ] || fail "it does not say what to expect"
    said 'accepted with' >"$work/accepted"
    said 'refused with' >"$work/refused"
    [ -s "$work/accepted" ] && [ -s "$work/refused" ] || fail "it does not say with what to build"
    while read -r flags; do accept "$1" $flags; done <"$work/accepted"
    while read -r flags; do refuse "$1" $flags; done <"$work/refused"
}

# Each public header compiles alone; two C++ files and one C file share slab, buffer and queue.
headers_alone() {
    for header in "$project"/include/tinyalloc/*.h; do
        printf "#include <tinyalloc/%s>\nextern int not_empty;\n" "$(basename "$header")" >"$work/alone.c"
        $1 $(language "$1") $include $warnings -fsyntax-only "$work/alone.c" >"$work/log" 2>&1 ||
            fail "$1 refuses $(basename "$header") alone"
    done
    case $1 in
    *++)
        echo "#include <tinyalloc/tinyalloc.hpp>" >"$work/alone.cpp"
        for left_out in QUEUE STREAM VIEW BUFFER NOTHING; do
            $1 $(language "$1") $include $warnings -DTA_WITH_$left_out=0 -fsyntax-only "$work/alone.cpp" >"$work/log" 2>&1 ||
                fail "$1 refuses tinyalloc.hpp alone, without $left_out"
        done
        ;;
    esac
    for language in $(echo c; case $1 in *++) echo c++ ;; esac); do
        case $language in c) define="$(c_compiler "$1") -x c -std=c11" ;; *) define="$1 -x c++ -std=c++17" ;; esac
        {
            build_library "$1" "$work/library" &&
                $define $include $warnings -c "$here/headers/define.c" -o "$work/define.o" &&
                $1 $(language "$1") $include $warnings -c "$here/headers/use.c" -o "$work/use.o" &&
                $1 "$work/define.o" "$work/use.o" "$work/library/lib.a" -o "$work/use"
        } >"$work/log" 2>&1 || fail "$1 cannot use what $language defines"
        "$work/use" || fail "$1: what $language defines does not work"
    done
}

# No header and no macro causes a warning in a user's file, as C++ of every standard. $1: a compiler, which may be one of a
# target: then the port is another.
headers_warnings() {
    warned="-Wall -Wextra -Wpedantic -Wconversion -Wold-style-cast -Wshadow -Wundef -Werror"
    standards="gnu++11 c++11 c++14 c++17 c++20"
    case $1 in
    clang++) ;;
    g++) warned="$warned -Wuseless-cast" ;;
    arm-none-eabi-g++) warned="$warned -Wuseless-cast -nostdinc++ -mcpu=cortex-m3 -mthumb" ;;
    avr-g++) warned="$warned -Wuseless-cast -mmcu=atmega328p" standards=gnu++11 ;;
    *) return ;; # a C compiler
    esac
    for standard in $standards; do
        $1 -x c++ -std=$standard $include $warned -fsyntax-only "$here/headers/warnings.cpp" >"$work/log" 2>&1 ||
            fail "$1 -std=$standard: warnings"
    done
    case $1 in arm* | avr*) ;; *) # those have no <atomic>
        $1 -x c++ -std=c++17 $include $warned -DTA_GNU_EXTENSIONS=0 -fsyntax-only "$here/headers/warnings.cpp" \
            >"$work/log" 2>&1 || fail "$1 -DTA_GNU_EXTENSIONS=0: warnings" ;;
    esac
    for options in "-DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 -DTA_RETIRE=1 -DTA_HANDLE_POOL_BITS=3 -DTA_OWNERS=3" \
        "-DTA_CUSTOM_BACKENDS=1 -DTA_GENERATION_BITS=32 -DTA_WAKE=1 -DTA_STATISTICS=0"; do
        $1 -x c++ -std=gnu++11 $include $warned $options -fsyntax-only "$here/headers/warnings.cpp" >"$work/log" 2>&1 ||
            fail "$1 $options: warnings"
    done
}

case $name in headers_*) ;; *) [ -z "$(said compiler)" ] || set -- $(said compiler) ;; esac
[ $# -gt 0 ] || fail "no compiler was given"
for compiler; do
    command -v "$compiler" >/dev/null || fail "there is no compiler $compiler"
    case $name in headers_*) $name "$compiler" ;; *) run_case "$compiler" ;; esac
    echo "passed: $name: $compiler"
done
