#!/bin/sh
# The words and the lock of the ports for several cores have the instructions that keep the order. An emulator on a machine that
# keeps the order by itself would not miss them. A section is a barrier also where several functions have one. And where a generation takes two loads, the low part comes first.
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

cat >"$folder/FreeRTOS.h" <<'END'
typedef unsigned long UBaseType_t;
static inline __attribute__((always_inline)) UBaseType_t raise(void)
{
    UBaseType_t mask;
    __asm volatile("mrs %0, basepri\n\tmsr basepri, %1\n\tisb\n\tdsb" : "=&r"(mask) : "r"(0x50) : "memory");
    return mask;
}
static inline __attribute__((always_inline)) void set(UBaseType_t mask) { __asm volatile("msr basepri, %0" : : "r"(mask) : "memory"); }
#define portSET_INTERRUPT_MASK_FROM_ISR() raise()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(mask) set(mask)
END
cat >"$folder/zephyr.h" <<'END'
static inline __attribute__((always_inline)) unsigned irq_lock(void)
{
    unsigned key;
    __asm volatile("mrs %0, basepri\n\tmsr basepri_max, %1\n\tisb" : "=&r"(key) : "r"(0x50) : "memory");
    return key;
}
static inline __attribute__((always_inline)) void irq_unlock(unsigned key) { __asm volatile("msr basepri, %0\n\tisb" : : "r"(key) : "memory"); }
END
mkdir "$folder/zephyr" && mv "$folder/zephyr.h" "$folder/zephyr/irq.h"
cat >"$folder/takers.c" <<'END'
#include <tinyalloc/slab.h>
#define TAKER(i)                                                              \
    static uint32_t waiting##i;                                               \
    void arrived##i(void) { waiting##i++; }                                   \
    uint32_t take##i(void)                                                    \
    {                                                                         \
        uint32_t n = waiting##i;                                              \
        if (n == 0)                                                           \
            return 0;                                                         \
        ta_mask mask = ta_critical_enter();                                   \
        n = waiting##i;                                                       \
        waiting##i = 0;                                                       \
        ta_critical_exit(mask);                                               \
        return n;                                                             \
    }
TAKER(0) TAKER(1) TAKER(2) TAKER(3) TAKER(4) TAKER(5)
END

# check PORT COMPILER FUNCTION PATTERN...: the instructions of a function match the patterns, in this order
check() {
    port=$1 function=$3
    $2 -std=gnu11 -$level -Iinclude -DTA_PORT_FILE="\"tinyalloc/port/$port.h\"" -c "$folder/$source.c" -o "$folder/words.o"
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

source=words level=O2
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
source=takers level=Os
m3="arm-none-eabi-gcc -mthumb -mcpu=cortex-m3 -I$folder"
for port in freertos zephyr; do
    check $port "$m3" take0 "msr BASEPRI" "ldr " "str " "msr BASEPRI"
done
for port in cortex_m cortex_m_multicore; do
    check $port "$m33" take0 cpsid "ldr " "str " "msr PRIMASK"
done

echo "every word and lock has its barrier, and generations are loaded in order"
