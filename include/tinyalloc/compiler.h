/**
 * @file compiler.h
 * @brief Everything beyond standard C11 and C++11 that the library asks of a compiler, each with a standard replacement.
 *
 * GCC, clang and every compiler that defines `__GNUC__` use the extensions. With any other compiler, or with
 * `-DTA_GNU_EXTENSIONS=0`, the replacements are used, and the library is standard C11. What is lost then:
 *
 * | extension                    | used for                                | replacement                                  |
 * |------------------------------|-----------------------------------------|----------------------------------------------|
 * | empty assembly, "memory"     | the order of accesses on one core       | `atomic_signal_fence()` of <stdatomic.h>     |
 * | `__atomic_load_n()` …        | shared words of several cores           | a volatile access and `atomic_thread_fence()` |
 * | `alias`                      | one function under two names            | a second function that calls the first: bytes |
 * | `weak`                       | TA_GLOBAL_USE()                         | none: call ta_global_set() at start-up       |
 * | sections in assembly         | options.h: objects that do not fit      | none: a mismatch of options goes unnoticed   |
 * | `__builtin_expect()`, `noinline`, `always_inline`, empty assembly on a register | fewer instructions | none: the same results |
 * | `__builtin_memcpy()`         | a word that is not aligned              | `memcpy()`                                   |
 * | `__builtin_trap()`           | TA_MISUSE                               | an endless loop                              |
 *
 * A compiler that says `__STDC_NO_ATOMICS__`, or that is not C11, has no fence. Then the library is for one thread without
 * interrupts, which the port `none` is for.
 *
 * The instructions of a port are inline assembly by nature: they are in tinyalloc/port/, in GNU syntax. So are the spin
 * locks of several cores, with `__atomic` built-ins. For a compiler that reads neither, write a port (port.h).
 *
 * What was executed: GCC, clang; tcc; GCC with `-std=c11 -pedantic-errors` and without extensions. What follows from
 * reading the manuals of other compilers, and was not executed:
 * - Arm Compiler 6 (armclang) is clang: it defines `__GNUC__`, and everything above works. Its linker does not keep the
 *   section of options.h, so a mismatch goes unnoticed.
 * - IAR (C11, since 8.40) does not define `__GNUC__` by itself, so it uses the replacements. It has <stdatomic.h>, and its
 *   inline assembly has GNU's operands under the keyword `asm`; TA_ASM_ chooses it, so the ports for Cortex-M fit.
 * - MSVC (since 2019 16.8, with /std:c11 or /std:c++17) uses the replacements with the port `none`. It has <stdatomic.h>
 *   only with /experimental:c11atomics, and says `__STDC_NO_ATOMICS__` otherwise. `max_align_t` is missing from its C: use
 *   C++, or define it.
 */
#ifndef TINYALLOC_COMPILER_H
#define TINYALLOC_COMPILER_H

#include <stddef.h>

/** 1: the compiler has GNU extensions, and the library uses them. */
#ifndef TA_GNU_EXTENSIONS
#ifdef __GNUC__
#define TA_GNU_EXTENSIONS 1
#else
#define TA_GNU_EXTENSIONS 0
#endif
#endif

/* ---- With GNU extensions --------------------------------------------------------------------------------- */

#if TA_GNU_EXTENSIONS

#define TA_ASM_ __asm__                                   /* inline assembly, for ports */
#define TA_BARRIER_() __asm__ volatile("" : : : "memory") /* the compiler moves no access across it */
#define TA_LOAD_ACQUIRE_(word) __atomic_load_n(word, __ATOMIC_ACQUIRE)
#define TA_STORE_RELEASE_(word, value) __atomic_store_n(word, value, __ATOMIC_RELEASE)
#define TA_LIKELY_(condition) __builtin_expect(!!(condition), 1)
#define TA_UNLIKELY_(condition) __builtin_expect(!!(condition), 0)
#define TA_NOINLINE_ __attribute__((noinline))
#define TA_INLINE_ static inline __attribute__((always_inline))
#define TA_CPP_INLINE_ inline __attribute__((always_inline))
#define TA_OPAQUE_(value) __asm__("" : "+r"(value)) /* the compiler forgets where a value comes from */
#define TA_MAYBE_UNUSED_ __attribute__((unused))    /* no warning if a static function is not called */
#define TA_WEAK_ __attribute__((weak))              /* another definition replaces this one */
#define TA_COPY_(to, from, size) __builtin_memcpy(to, from, size) /* inline, if the size is constant */
#define TA_TRAP_() __builtin_trap()

#else

/* ---- Standard C and C++ ---------------------------------------------------------------------------------- */

#ifdef __ICCARM__
#define TA_ASM_ asm
#else
#define TA_ASM_ __asm__
#endif
#if defined(__cplusplus)
#include <atomic>
#define TA_FENCE_(kind, order) std::atomic_##kind##_fence(std::memory_order_##order)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L && !defined(__STDC_NO_ATOMICS__)
#include <stdatomic.h>
#define TA_FENCE_(kind, order) atomic_##kind##_fence(memory_order_##order)
#else
#define TA_FENCE_(kind, order) ((void)0)
#endif
#define TA_BARRIER_() TA_FENCE_(signal, seq_cst)
#define TA_LOAD_ACQUIRE_(word) ta_load_acquire_(word)
#define TA_STORE_RELEASE_(word, value) ta_store_release_(word, value)
#define TA_LIKELY_(condition) (condition)
#define TA_UNLIKELY_(condition) (condition)
#define TA_NOINLINE_
#define TA_INLINE_ static inline
#define TA_CPP_INLINE_ inline
#define TA_OPAQUE_(value) ((void)(value))
#define TA_MAYBE_UNUSED_
#define TA_WEAK_
#define TA_COPY_(to, from, size) memcpy(to, from, size) /* the file includes <string.h> */
#define TA_TRAP_() \
    for (;;) {     \
    }

static inline size_t ta_load_acquire_(const size_t *word)
{
    const volatile size_t *shared = word;
    size_t value = *shared;
    TA_FENCE_(thread, acquire);
    return value;
}

static inline void ta_store_release_(size_t *word, size_t value)
{
    volatile size_t *shared = word;
    TA_FENCE_(thread, release);
    *shared = value;
}
#endif

/* One function under two names: a declaration with TA_ALIAS_ instead of a second definition. */
#if TA_GNU_EXTENSIONS && defined(__ELF__)
#define TA_HAS_ALIAS_ 1
#define TA_ALIAS_(function) __attribute__((alias(#function)))
#else
#define TA_HAS_ALIAS_ 0
#endif

/* ---- Casts ------------------------------------------------------------------------------------------------- */

/* A cast that no warning of a C++ compiler objects to: neither -Wold-style-cast nor -Wuseless-cast. Integers to integers,
 * and `void *` to another pointer; TA_ADDRESS_: an integer to a pointer. */
#ifdef __cplusplus
extern "C++" {
template <class To, class From> TA_CPP_INLINE_ constexpr To ta_cast_(From value)
{
    return static_cast<To>(value);
}
}
#define TA_CAST_(type, value) ta_cast_<type>(value)
#define TA_ADDRESS_(type, integer) reinterpret_cast<type>(integer)
#else
#define TA_CAST_(type, value) ((type)(value))
#define TA_ADDRESS_(type, integer) ((type)(integer))
#endif

#endif
