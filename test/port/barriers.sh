#!/bin/sh
# The words and the lock of the ports for several cores have the instructions that keep the order. An emulator on a machine that
# keeps the order by itself would not miss them.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/words.c" <<'END'
#include <tinyalloc/port.h>
size_t load(const size_t *word) { return ta_port_load(word); }
void store(size_t *word, size_t value) { ta_port_store(word, value); }
ta_mask enter(void) { return ta_critical_enter(); }
void leave(ta_mask mask) { ta_critical_exit(mask); }
END

# check PORT COMPILER FUNCTION PATTERN...: the instructions of a function match the patterns, in this order
check() {
    port=$1 function=$3
    $2 -std=gnu11 -O2 -Iinclude -DTA_PORT_FILE="\"tinyalloc/port/$port.h\"" -c "$folder/words.c" -o "$folder/words.o"
    tool=${2%%-gcc*}-objdump
    text=$($tool -d --no-show-raw-insn "$folder/words.o" |
        awk -v name="<$function>:" '/>:$/ {inside = $2 == name || (inside && $2 ~ /^<[.]L/); next} inside {$1 = ""; print}' |
        tr '\t\n' '  ')
    shift 3
    for pattern; do
        case $text in
        *$pattern*) text=${text#*"$pattern"} ;;
        *) echo "FAILED: $port, $function: no '$pattern' in what is left: $text" >&2 && exit 1 ;;
        esac
    done
}

m7="arm-none-eabi-gcc -mthumb -mcpu=cortex-m7 -DTA_PORT_CORE()=0u"
m33="arm-none-eabi-gcc -mthumb -mcpu=cortex-m33 -DTA_PORT_CORE()=0u"
m0="arm-none-eabi-gcc -mthumb -mcpu=cortex-m0plus -Itest/port/pico"
rv32="riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs"

check cortex_m_multicore "$m33" load "lda "
check cortex_m_multicore "$m33" store "stl "
check cortex_m_multicore "$m33" enter cpsid ldrex strex dmb
check cortex_m_multicore "$m33" leave "stl " "msr"
check cortex_m_multicore "$m7" load "ldr " dmb
check cortex_m_multicore "$m7" store dmb "str "
check cortex_m_multicore "$m7" enter cpsid ldrex strex dmb
check cortex_m_multicore "$m7" leave dmb "str" "msr"
check rp2040 "$m0" load "ldr " dmb
check rp2040 "$m0" store dmb "str "
check riscv_multicore "$rv32" load "lw " fence
check riscv_multicore "$rv32" store fence amoswap
check riscv_multicore "$rv32" enter mstatus lr.w sc.w fence
check riscv_multicore "$rv32" leave fence amoswap mstatus
echo "every word and lock has its barrier"
