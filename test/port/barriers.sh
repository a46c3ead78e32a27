#!/bin/sh
# The words and the lock of the ports for several cores have the instructions that keep the order. An emulator on a machine that
# keeps the order by itself would not miss them. And where a generation takes two loads, the low part comes first.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/words.c" <<'END'
#include <tinyalloc/slab.h>
size_t load(const size_t *word) { return ta_port_load(word); }
void store(size_t *word, size_t value) { ta_port_store(word, value); }
ta_generation generation(const struct ta_entry_ *e) { return ta_slab_generation_unmasked_(e); }
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

narrow="-DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=16" wide="-DTA_SLOT_BITS=16 -DTA_GENERATION_BITS=32"
check riscv "$rv32 $narrow" generation "lbu " "0(a0)" "lbu " "1(a0)"
check riscv "$rv32 $wide" generation "lhu " "0(a0)" "lhu " "2(a0)"
check cortex_m "$m33 $wide" generation "ldrh " "[r0, #0]" "ldrh " "[r0, #2]"
check avr "avr-gcc -mmcu=atmega328p $narrow" generation ", Z " "Z+1"
echo "every word and lock has its barrier, and generations are loaded in order"
