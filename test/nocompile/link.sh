#!/bin/sh
# Objects with other options than the library's do not link, whatever the linker is told to leave out, and objects with the same
# options do. (The cases link_other_… go through the options, one by one; this goes through the ways to link.)
# Usage: link.sh PROJECT gcc | clang | arm | rv32 | avr
set -eu
export LC_ALL=C
project=$1 toolchain=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

ways="plain gc-sections strip-all strip-debug stripped-object lto lto-objects"
case $toolchain in
gcc) prefix="" cc=gcc ;;
clang) prefix="" cc=clang ways="plain gc-sections strip-all lld strip-debug stripped-object" ;;
arm) prefix=arm-none-eabi- cc="arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs" ;;
rv32)
    prefix=riscv64-unknown-elf-
    cc="riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs"
    ;;
avr) prefix=avr- cc="avr-gcc -mmcu=atmega328p" ways="plain gc-sections avr-strip-all lto lto-objects" ;;
*) echo "no such toolchain: $toolchain" >&2 && exit 2 ;;
esac
cc="$cc -std=gnu11 -O2 -ffunction-sections -fdata-sections -I$project/include"
# Of the library, what the application needs.
sources=$(for name in allocator blocks chain chain_write slab wake; do echo "$project/src/$name.c"; done)

fail() {
    echo "FAILED: $toolchain, $way: $*" >&2
    cat log >&2
    exit 1
}

# How a way compiles and links: flags for the compiler, the linker, the archiver.
choose_way() {
    compile="" link="" ar=${prefix}ar
    case $way in
    gc-sections) link=-Wl,--gc-sections ;;
    strip-all | avr-strip-all) link="-Wl,--gc-sections -s" ;;
    strip-debug) link="-Wl,--gc-sections -Wl,-S" compile=-g ;;
    stripped-object) link=-Wl,--gc-sections compile=-g ;;
    lto | lto-objects) link="-Wl,--gc-sections -s" compile=-flto ar=${prefix}gcc-ar ;;
    lld) link="-fuse-ld=lld -Wl,--gc-sections" ;;
    esac
    [ "$toolchain-$compile" != avr--flto ] || link=-Wl,--gc-sections
}

built=none
build_library() { # unless the way before had the same
    if [ "$compile" != "$built" ]; then
        rm -f ./*.o library.a
        $cc $compile -c $sources
        $ar rcs library.a ./*.o
        built=$compile
    fi
    library=library.a
    [ "$way" != lto-objects ] || library=./*.o
}

links() { # flags: do an application built with them and the library link?
    $cc $compile "$@" -c "$project/test/nocompile/link_other_retire.c" -o application.object
    [ "$way" != stripped-object ] || ${prefix}strip -g application.object
    $cc $compile $link application.object $library -o image >log 2>&1
}

# Is the section that carries the reference one that is not loaded?
is_not_loaded() {
    ${prefix}objdump -h application.object | grep -A 1 tinyalloc >log
    ! grep -q ALLOC log
}

for way in $ways; do
    choose_way
    build_library
    links -DTA_RETIRE=0 || fail "the same options do not link"
    case $way in
    lto | lto-objects) ;; # no sections yet
    *) is_not_loaded || fail "the reference takes memory" ;;
    esac
    case $way in
    lld | avr-strip-all) continue ;; # options.h says that a mismatch goes unnoticed there
    esac
    ! links -DTA_RETIRE=1 || fail "other options link"
    grep -q "undefined reference to .tinyalloc_[a-z0-9_]*_retire1_" log || fail "the linker does not name the options"
    echo "passed: $toolchain, $way"
done
