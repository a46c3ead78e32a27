/**
 * @file node.h
 * @brief An MQTT node that lives in one slab of 64 blocks of 64 bytes.
 *
 *     UART interrupt --> receive queue --> inbox --(payload, chunk by chunk)--> transmit queue --> UART interrupt
 *                                            |                                     ^
 *                                            '--> framing, answers --> outbox -----'
 *
 * What arrives on node/echo/in is published, byte for byte, on node/echo/out, with the same QoS (0 or 1).
 * A message on node/stats/get, and every new subscription, is answered on node/stats; messages that wait together get one
 * answer. Every block comes from the one arena, and the limits below leave it enough for each of its users at the worst
 * moment:
 *
 *     receive queue   512 bytes:  8 blocks + 1 that a queue keeps
 *     transmit queue  512 bytes:  8 blocks + 1
 *     inbox           at most 1,999 bytes of a packet + 512 taken at once: 40 blocks + 1 at any phase
 *     outbox, report  512 bytes:  written when that many blocks are free besides those of full queues
 *
 * An echo begins when the whole message is in the inbox. So an echo that has begun can be finished without
 * the peer, and no packet on the line is cut off: on a UART, which cannot hang up, the server would take the
 * next CONNECT for the rest of it. The price is NODE_PACKET_MAX: larger messages are skipped and counted, as
 * they arrive.
 *
 * CONFORMANCE.md says how the node keeps the standard.
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
#define NODE_PACKET_MAX 2000      /* bytes of the largest packet that is kept */
#define NODE_UNACKED_MAX 32       /* messages with QoS 1 that may wait for their PUBACK */
#define NODE_BEFORE_SUBACK_MAX 32 /* packets that may come before a SUBACK */
#define NODE_REPORT_BLOCKS 38     /* free when a report is written: 20 for it, 18 for full queues */

/* Time. A connection is alive as long as bytes move: a large message on a slow line does not end it. */
#define NODE_LINE_RATE 120   /* bytes per second of the slowest line: 1,200 baud */
#define NODE_LINE_BUFFER 480 /* bytes that a modem or the network may store out of the node's sight */
#define NODE_SERVER_MS 2000u /* a server's time for an answer */
#define NODE_KEEP_ALIVE_S 30 /* the server's limit is one and a half times this, between two whole packets */
#define NODE_QUIET_MS 2000u  /* no byte has arrived for that long: send a PINGREQ */

/* From the end of a connection to the next CONNECT. It is longer than a line needs to connect again (1 s in
 * QEMU), so the CONNECT is not lost. It doubles with each failure. */
#define NODE_BACK_OFF_MS 1500u
#define NODE_BACK_OFF_MAX_MS 12000u

/* Something is awaited, and no byte has moved for that long: the connection is lost. */
#define NODE_SILENCE_MS (NODE_SERVER_MS + 1000ul * NODE_LINE_BUFFER / NODE_LINE_RATE)
/* Nothing was sent for that long, although bytes arrive: send a PINGREQ. */
#define NODE_PING_MS (NODE_KEEP_ALIVE_S * 1000ul / 2)

/** Forget everything and connect. */
void node_start(void);

/** Do what there is to do, without waiting. */
void node_poll(void);

#endif
