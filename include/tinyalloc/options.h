/**
 * @file options.h
 * @brief Objects that were built with different options, or with another port, do not link.
 *
 * Options change structs, macros and handles, and a port decides what a critical section is: all objects of a
 * program must agree on them. So each object that includes a header of the library refers to a symbol whose name
 * lists options and port, and the library defines the symbol of its own build. If they differ, the linker says
 *
 *     undefined reference to `tinyalloc_slot16_generation16_pool0_retire1_statistics1_…_port_cortex_m'
 *
 * which is how the object was built; `nm` shows the name that the library defines. This takes no flash and no
 * RAM: the reference is in a section that is not loaded, and the symbol has no storage.
 *
 * Where it works: GCC and clang with GNU ld, for ELF, also with --gc-sections, -flto, -s, -S, and after
 * `strip -g` of an object. Where it does not, a mismatch goes unnoticed, and a correct program links all the same:
 * - Compilers before GCC 11 and clang 13 (among them Debian's avr-gcc): with -s, with -S, and after `strip -g`.
 * - The linker lld, other compilers, and object formats other than ELF.
 * - A linker script that discards the section.
 *
 * A linker script that is used with --orphan-handling=error must list the section `.tinyalloc_options`.
 */
#ifndef TINYALLOC_OPTIONS_H
#define TINYALLOC_OPTIONS_H

#include "config.h"
#include "port.h"

#ifndef TA_PORT_NAME
#define TA_PORT_NAME "own" /* a port that has no name */
#endif

#define TA_OPTION_TEXT_(value) #value
#define TA_OPTION_(name, value) name TA_OPTION_TEXT_(value)

/** The symbol, as a string literal: every option that changes a struct, a macro or a handle, and the port. */
#define TA_OPTIONS_SYMBOL                         \
    TA_OPTION_("tinyalloc_slot", TA_SLOT_BITS)    \
    TA_OPTION_("_generation", TA_GENERATION_BITS) \
    TA_OPTION_("_pool", TA_HANDLE_POOL_BITS)      \
    TA_OPTION_("_retire", TA_RETIRE)              \
    TA_OPTION_("_statistics", TA_STATISTICS)      \
    TA_OPTION_("_backends", TA_CUSTOM_BACKENDS)   \
    TA_OPTION_("_global", TA_GLOBAL)              \
    TA_OPTION_("_checked", TA_CHECKED)            \
    TA_OPTION_("_wake", TA_WAKE)                  \
    TA_OPTION_("_owners", TA_OWNERS)              \
    TA_OPTION_("_poison", TA_POISON)              \
    "_port_" TA_PORT_NAME

#if TA_GNU_EXTENSIONS && defined(__ELF__)

/* The assembler's flag R keeps a section through --gc-sections; a compiler that knows the attribute `retain` comes
 * with such an assembler. Older linkers keep what looks like debug information, but drop it when told to. */
#define TA_OPTIONS_SECTION_ ".debug_tinyalloc"
#ifdef __has_attribute
#if __has_attribute(retain)
#undef TA_OPTIONS_SECTION_
#define TA_OPTIONS_SECTION_ ".tinyalloc_options,\"R\""
#endif
#endif

TA_ASM_(".pushsection " TA_OPTIONS_SECTION_ "\n\t.long " TA_OPTIONS_SYMBOL "\n\t.popsection");

/* What the library's one definition of the symbol consists of: an absolute symbol, which has no storage. */
#define TA_OPTIONS_DEFINE_                                                                                   \
    TA_ASM_(".globl " TA_OPTIONS_SYMBOL "\n\t.type " TA_OPTIONS_SYMBOL ",%object\n\t.set " TA_OPTIONS_SYMBOL \
            ", 0");

#else
#define TA_OPTIONS_DEFINE_
#endif

#endif
