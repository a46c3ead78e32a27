/**
 * @file compiler.h
 * @brief What the library asks of a compiler beyond standard C11 and C++11, and what replaces it.
 *
 * GCC, clang and every other compiler that defines `__GNUC__` use the extensions. Any other compiler uses the
 * replacements, and so does `-DTA_GNU_EXTENSIONS=0`. Then the library is standard C11.
 *
 * | extension                           | what it is for                           | replacement                       |
 * |-------------------------------------|------------------------------------------|-----------------------------------|
 * | empty assembly that clobbers memory | the order of accesses on one core        | `atomic_signal_fence()`           |
 * | `__atomic` built-ins                | shared words of several cores            | volatile, `atomic_thread_fence()` |
 * | `alias`                             | one function under two names             | a function that calls the other   |
 * | `weak`                              | TA_GLOBAL_USE()                          | none: call ta_global_set()        |
 * | sections in assembly                | options.h                                | none: a mismatch goes unnoticed   |
 * | `noinline`, `always_inline`, `__builtin_expect()`, empty assembly on a register | fewer instructions | none   |
 * | `unused`                            | fewer warnings                           | `[[maybe_unused]]` or none        |
 * | `__builtin_memcpy()`                | words that are not aligned               | `memcpy()`                        |
 * | `__builtin_trap()`                  | TA_MISUSE                                | an endless loop                   |
 * | traits of C++ types                 | whether a destructor does anything       | the header `type_traits`          |
 *
 * A compiler without <stdatomic.h> (`__STDC_NO_ATOMICS__`) has no fences. Then the library is for one thread without
 * interrupts, as with port/none.h.
 *
 * The instructions of a port are inline assembly in the syntax of GNU C. The spin locks of several cores use
 * `__atomic` built-ins. For a compiler that reads neither, write a port of your own (port.h).
 *
 * The tests execute GCC, clang and tcc, and GCC and clang with -pedantic-errors and without extensions. **Nothing of the
 * following was executed.** The library was read with these compilers in mind:
 * - **Arm Compiler 6** (armclang) is clang and defines `__GNUC__`: it uses the extensions. Whether its linker refuses a
 *   mismatch of options is not known.
 * - **IAR** does not define `__GNUC__`: it uses the replacements, with its <stdatomic.h>. Its inline assembly takes
 *   operands as GNU C does, after the keyword `asm`. TA_ASM_ is that keyword, so the ports for Cortex-M should fit.
 * - **MSVC** (since 2019 16.8, /std:c11 /Zc:preprocessor) uses the replacements and port/none.h. It defines
 *   `__STDC_NO_ATOMICS__`. If its C has no `max_align_t`, define it in the header that TA_CONFIG_FILE names.
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
#ifdef __clang__
#define TA_IS_TRIVIAL_TO_DESTROY_(type) __is_trivially_destructible(type)
#else
#define TA_IS_TRIVIAL_TO_DESTROY_(type) __has_trivial_destructor(type)
#endif

#else

/* ---- Standard C and C++ ---------------------------------------------------------------------------------- */

#ifdef __ICCARM__
#define TA_ASM_ asm
#else
#define TA_ASM_ __asm__
#endif
#if defined(__cplusplus)
#include <atomic>
#include <type_traits>
#define TA_IS_TRIVIAL_TO_DESTROY_(type) std::is_trivially_destructible<type>::value
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
#if defined(__cplusplus) && __cplusplus >= 201703L
#define TA_MAYBE_UNUSED_ [[maybe_unused]]
#else
#define TA_MAYBE_UNUSED_
#endif
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

/* A cast about which neither -Wold-style-cast nor -Wuseless-cast complains. TA_CAST_: an integer to an integer, or a
 * `void *` to another pointer. TA_ADDRESS_: an integer to a pointer. */
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
