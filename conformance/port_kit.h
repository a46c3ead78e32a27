/**
 * @file port_kit.h
 * @brief A test of a port: yours, or one of include/tinyalloc/port/. docs/add-a-port.md shows how to use it.
 *
 * Compile conformance/port_kit.c and the library with TA_PORT_FILE, and a file of yours that supplies what stands below
 * "Your program". Call port_kit_run() from main().
 */
#ifndef PORT_KIT_H
#define PORT_KIT_H

#include <stdbool.h>
#include <stdint.h>
#include <tinyalloc/tinyalloc.h>

/* ---- Your program ---------------------------------------------------------------------------------------- */

/**
 * The mask register as the processor has it, and what to write into it. While it has the value OPEN, the interrupt is
 * served; with CLOSED, which is also what ta_critical_enter() makes of OPEN, it is not.
 */
uint32_t port_kit_mask(void);
void port_kit_set_mask(uint32_t mask);
extern const uint32_t OPEN, CLOSED;

/** Request one interrupt, whose handler calls port_kit_interrupt() once. Return when it is pending or was served. */
void port_kit_request(void);

/** Return when whatever is pending and not masked was served. */
void port_kit_settle(void);

/** Say what does not hold. On AVR the text is in program memory. */
void port_kit_say(const char *text);

/**
 * Only with PORT_KIT_TIMER, for processors where loading a word takes several instructions: request the interrupt, which
 * comes that many cycles later, and return at once.
 */
void port_kit_request_in(uint8_t cycles);

/* ---- The kit --------------------------------------------------------------------------------------------- */

/** Call ta_port_init() and test the port. The mask is OPEN before and after. */
void port_kit_run(void);

/** How many checks were made, and how many of them failed. */
unsigned port_kit_checks(void);
unsigned port_kit_failures(void);

/** What the handler of the interrupt calls; and how often it has, up to 255. */
void port_kit_interrupt(void);
extern volatile uint8_t port_kit_served;

/** One check of yours, counted with those of the kit. */
#define PORT_KIT_CHECK(condition) port_kit_check((condition), PORT_KIT_TEXT(#condition))
void port_kit_check(bool holds, const char *text);

#ifdef __AVR__
#include <avr/pgmspace.h>
#define PORT_KIT_TEXT(text) PSTR(text)
#else
#define PORT_KIT_TEXT(text) (text)
#endif

#endif
