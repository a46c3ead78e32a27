/**
 * @file board.h
 * @brief What the echo needs of a board: a UART that interrupts when a byte has arrived, and a way to sleep.
 *
 * board_rv32.c is QEMU's RISC-V board "virt", board_avr.c an ATmega328P, board_mps2.c Arm's MPS2 board with
 * the AN385 image (a Cortex-M3).
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/** Start the UART (115,200 baud) and its receive interrupt. */
void board_init(void);

/** Send a byte; waits until the UART takes it. */
void board_put(uint8_t byte);

/** Sleep until an interrupt. Called, and returns, with interrupts masked: one that has come since they were
 * ends the sleep at once. */
void board_sleep(void);

/* ---- From the interrupt -------------------------------------------------------------------------------- */

/** A byte has arrived. */
void echo_receive_isr(uint8_t byte);

#endif
