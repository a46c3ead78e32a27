#!/bin/sh
# The library in other people's builds: builds README.md's program in each world, runs it, and prints a row. What a world's user
# writes is taken from README.md and docs/building.md: the block after "<!-- run: WORLD -->".
# Usage: worlds.sh TREE DIST WORK [WORLD...]    (TREE: the library; DIST: what tools/dist made; WORK: a folder for this;
#                                                without WORLD: all of worlds.txt)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$1" && pwd)
dist=$(cd "$2" && pwd)
mkdir -p "$3"
work=$(cd "$3" && pwd)
shift 3
[ $# -gt 0 ] || set -- $(sed -n '/^#/d; s/|.*//p' "$here/worlds.txt")

# ---- What a user has and does ------------------------------------------------------------------------------------------

block() { # block MARK: the block of the documents after this comment
    awk -v mark="<!-- $1 -->" '/^```/ && inside {exit}
        inside {print}
        /^```/ && previous == mark {inside = 1}
        {previous = $0}' "$tree/README.md" "$tree/docs/building.md" | grep . || {
        echo "no document has the block: $1" >&2
        exit 1
    }
}
run_block() {
    block "run: $1" >"$1.sh"
    sh -eu "$1.sh"
}
run_cmake() { # run_cmake BLOCK [option...]
    block "run: $1" >CMakeLists.txt
    shift
    cmake -G Ninja -S . -B build "$@"
    cmake --build build
    build/hello
}
must_define() { # must_define LIBRARY OPTIONS: it was built with these
    nm "$1" | grep "$2" || { echo "$1 was built with other options than $2" >&2 && exit 1; }
}

# ---- Worlds ------------------------------------------------------------------------------------------------------------

by_hand() { run_block by_hand; }
single_file() { run_block single_file; }
single_file_port() {
    run_block single_file_port
    cp "$dist/tinyalloc/tinyalloc.h" "$dist/tinyalloc/tinyalloc.c" . # and the two files alone, as they are handed out
    sed 's,<tinyalloc/tinyalloc.h>,"tinyalloc.h",' hello.c >two.c
    for compiler in gcc clang; do
        $compiler -std=c11 -Wall -Wextra -Wpedantic -Werror two.c tinyalloc.c -o two
        ./two
    done
    for header in "$dist"/tinyalloc/*.h*; do # also in C++, each on its own
        echo "#include \"$header\"" >header.cpp
        g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -c header.cpp -o header.o
    done
}
single_file_unit() { # unit tests, with headers that all lead to the single one
    mkdir tinyalloc
    for header in "$tree"/include/tinyalloc/*.h; do
        echo "#include \"$dist/tinyalloc/tinyalloc.h\"" >"tinyalloc/$(basename "$header")"
    done
    gcc -std=gnu11 -c "$dist/tinyalloc/tinyalloc.c" -o tinyalloc.o
    for type in queue parse framing; do
        gcc -std=gnu11 -I. "$tree/test/unit/test_$type.c" tinyalloc.o -lcmocka -o $type
        ./$type
    done
    gcc -I. hello.c tinyalloc.o -o hello
    ./hello
}
make_world() {
    block "run: make" >Makefile
    make -s
    ./hello
}
add_subdirectory() {
    run_cmake add_subdirectory
    cmake --install build --prefix prefix # a part of another project installs nothing
    [ ! -e prefix ] || { echo "the library was installed with the program" >&2 && exit 1; }
}
fetch_content() { run_cmake fetch_content; }
cmake_options() {
    mkdir ports
    cp "$here/my_port.h" ports
    cp "$here/my_config.h" .
    run_cmake cmake_options -DCMAKE_C_FLAGS=-Werror -DTINYALLOC_INSTALL=ON # an option that was passed twice is an error
    must_define build/tinyalloc/libtinyalloc.a slot8_generation8_.*_owners3_.*port_mine
    cmake --install build --prefix "$PWD/prefix" # with the header and the port, which no longer are where they were
    rm -r my_config.h ports
    cc -Iprefix/include hello.c prefix/lib/libtinyalloc.a -o installed
    ./installed
}
installation() { # made once
    [ ! -d "$work/installation/prefix" ] || return 0
    mkdir -p "$work/installation/path/to"
    ln -sfn "$tree" "$work/installation/path/to/tinyalloc"
    block "run: install" >"$work/installation/install.sh"
    (cd "$work/installation" && sh -eu install.sh)
}
find_package() {
    installation
    run_cmake find_package -DCMAKE_PREFIX_PATH="$work/installation/prefix"
}
pkg_config() {
    installation
    ln -s "$work/installation/prefix" prefix
    ls prefix/share/licenses/tinyalloc/LICENSE-MIT prefix/share/licenses/tinyalloc/LICENSE-APACHE
    run_block pkg_config
    # The installed headers carry the options of the build, and others do not link.
    must_define hello slot8_.*port_posix_thread
    if PKG_CONFIG_PATH=prefix/lib/pkgconfig sh -c \
        'cc -DTA_RETIRE=1 hello.c $(pkg-config --cflags --libs tinyalloc) -o other' 2>other.log; then
        echo "a program with other options than the installed library links" >&2
        exit 1
    fi
    grep "undefined reference to .tinyalloc_slot8_generation16_pool0_retire1" other.log
}
meson_world() {
    mkdir -p subprojects/packagefiles
    cp "$dist/tinyalloc.wrap" subprojects
    cp "$dist"/tinyalloc-*.tar.gz subprojects/packagefiles
    block "run: meson" >meson.build
    meson setup build
    ninja -C build
    must_define build/subprojects/*/libtinyalloc.a slot8_generation8
    build/hello
    meson configure build '-Dtinyalloc:definitions=TA_PORT_FILE="tinyalloc/port/posix_signal.h"'
    ninja -C build
    must_define build/subprojects/*/libtinyalloc.a port_posix_signal
    build/hello
}
cxx() {
    cp hello.c hello.cpp
    run_cmake cxx
}
cortex_m3() { run_block cortex_m3; }
rv32() {
    run_block rv32
    # the other spelling of the architecture; and without either, the assembler refuses to mask interrupts
    set -- --specs=picolibc.specs -mabi=ilp32 -c "$dist/tinyalloc/tinyalloc.c" -o other.o
    riscv64-unknown-elf-gcc -march=rv32imac_zicsr "$@"
    ! riscv64-unknown-elf-gcc -march=rv32imac "$@" || { echo "neither _zicsr nor -misa-spec is needed" >&2 && exit 1; }
}
avr() {
    cp "$here/stdout.c" .
    run_block avr
}
single_file_targets() {
    cp "$here/stdout.c" .
    cp -R "$dist/tinyalloc" .
    avr-gcc -mmcu=atmega328p -Os -Wall -Wextra -Wpedantic -Werror -ffunction-sections \
        -Wl,--gc-sections -I. hello.c stdout.c tinyalloc/tinyalloc.c -o hello.elf
    simavr -m atmega328p -f 16000000 hello.elf
    for world in cortex_m3 rv32; do
        block "run: $world" | sed 's,-Ipath/to/tinyalloc/include,-I. -Wall -Wextra -Wpedantic -Werror,
            s,path/to/tinyalloc/src/\*.c,tinyalloc/tinyalloc.c,' >$world.sh
        sh -eu $world.sh >>targets.log 2>&1
    done
    cat targets.log
    [ "$(grep -c "^hello, block" targets.log)" = 2 ]
    arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -Os -Wall -Wextra -Wpedantic -Werror --specs=picolibc.specs \
        -c tinyalloc/tinyalloc.c -o cortex_m0.o
}

# Debian's avr-gcc is older than its Arduino core, which uses a constant that this compiler's C++ does not have. A sketch never
# ends: simavr is stopped after the time in which it has printed all.
arduino() {
    mkdir libraries build
    cp -R "$dist/arduino/TinyAlloc" libraries
    arduino-builder -compile -hardware /usr/share/arduino-builder -hardware /usr/share/arduino/hardware -tools /usr/bin \
        -libraries libraries -fqbn arduino:avr:uno -build-path "$PWD/build" -warnings all \
        -prefs=compiler.cpp.extra_flags=-DDECIMAL_DIG=__DECIMAL_DIG__ libraries/TinyAlloc/examples/Hello/Hello.ino
    timeout 2 simavr -m atmega328p -f 16000000 build/Hello.ino.elf >run.log 2>&1 || true
    cat run.log
    grep "the handle is stale" run.log
}
platformio() {
    python3 "$here/platformio.py" "$tree" hello.c hello
    ./hello
}
zephyr() {
    cp "$here/zephyr/CMakeLists.txt" .
    echo "#define TA_OWNERS 3" >options.h
    /usr/bin/python3 "$here/zephyr/kconfig.py" "$tree" TINYALLOC_CONFIG_FILE=options.h >config.cmake
    cmake -G Ninja -S . -B build -DMODULE="$tree" -DSTAND_IN="$here/zephyr"
    cmake --build build
    must_define build/hello owners3_.*port_zephyr
    build/hello
}
esp_idf() {
    cp "$here/esp_idf/CMakeLists.txt" .
    mkdir components
    ln -s "$tree" components/tinyalloc
    if grep -vE '^(version|description|license): "[^"]+"$' components/tinyalloc/idf_component.yml; then
        echo "idf_component.yml has other lines than key and value" >&2
        exit 1
    fi
    cmake -DESP_PLATFORM=1 -P "$here/esp_idf/requirements.cmake" >requirements.log 2>&1
    grep -x "requires: freertos" requirements.log
    cmake -G Ninja -S . -B build -DSTAND_IN="$here/esp_idf"
    cmake --build build
    must_define build/hello port_esp32
    build/hello
}

# ---- The table ---------------------------------------------------------------------------------------------------------

failed=0
for world in "$@"; do
    folder=$work/$world
    rm -rf "$folder"
    mkdir -p "$folder/path/to"
    ln -s "$tree" "$folder/path/to/tinyalloc"
    ln -s "$dist"/tinyalloc-*.tar.gz "$folder/path/to/tinyalloc.tar.gz"
    block "test: readme_hello" >"$folder/hello.c"
    result="built, ran"
    command=$world
    case $world in make | meson) command=${world}_world ;; esac
    set +e # in a condition, set -e would not hold inside
    (set -e && cd "$folder" && $command) >"$folder.log" 2>&1 </dev/null
    [ $? = 0 ] || result="FAILED"
    set -e
    line=$(sed "s/$(printf '\033')\[[0-9;]*m//g" "$folder.log" | tr -d '\r' | sed -n 's/^hello, block\.*$/hello, block/p' | tail -n 1)
    [ -n "$line" ] || result="FAILED"
    printf '%-20s| %-52s| %-11s| %s\n' "$world" "$(sed -n "s/^$world|//p" "$here/worlds.txt")" "$result" "$line"
    [ "$result" != FAILED ] || { tail -n 40 "$folder.log" && failed=1; }
done
exit $failed
