/**
 * @file node.h
 * @brief An MQTT node that lives in one slab of 64 blocks of 64 bytes.
 *
 *     UART interrupt --> receive queue --> inbox --(payload, chunk by chunk)--> transmit queue --> UART interrupt
 *                                            |                                     ^
 *                                            '--> framing, answers --> outbox -----'
 *
 * What arrives on node/echo/in is published, byte for byte, on node/echo/out, with the same QoS (0 or 1).
 * A message on node/stats/get, and every new subscription, is answered on node/stats. Every block comes from the
 * one arena, and the limits below leave it enough for each of its users at the worst moment:
 *
 *     receive queue   512 bytes:  8 blocks + 1 that a queue keeps
 *     transmit queue  512 bytes:  8 blocks + 1
 *     inbox           at most 1,999 bytes of a packet + 512 taken at once: 40 blocks + 1 at any phase
 *     outbox, report  512 bytes:  less than the inbox leaves free when one is written
 */
#ifndef NODE_H
#define NODE_H

#include <tinyalloc/tinyalloc.h>

#define NODE_BLOCK_SIZE 64
#define NODE_BLOCK_COUNT 64
#define NODE_QUEUE_LIMIT 512
#ifndef NODE_HIGH_WATER
#define NODE_HIGH_WATER 384 /* bytes waiting at which the receive interrupt is switched off, */
#define NODE_LOW_WATER 128  /* and on again */
#endif
#define NODE_PACKET_MAX \
    2000 /* bytes of the largest packet that is kept; larger ones are skipped and counted */

/** Forget everything and connect. */
void node_start(void);

/** Do what there is to do, without waiting. */
void node_poll(void);

#endif
