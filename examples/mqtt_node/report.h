/**
 * @file report.h
 * @brief The node's counters, and the text that it publishes on node/stats.
 */
#ifndef REPORT_H
#define REPORT_H

#include <tinyalloc/tinyalloc.h>

/** What has happened since the start. */
typedef struct counters {
    uint32_t bytes_in, bytes_out;
    uint32_t messages;   /**< Echoes begun. */
    uint32_t reconnects; /**< Times that the node was online again. */
    uint32_t oversize;   /**< Messages above NODE_PACKET_MAX, skipped. */
    uint32_t malformed;  /**< Connections ended because the server broke the protocol, */
    uint32_t refusals;   /**< because it refused the connection or a subscription, */
    uint32_t silences;   /**< because no byte moved for too long, */
    uint32_t hang_ups;   /**< or because the line was. */
    uint32_t strays;     /**< PUBACKs for which no message waits. */
    uint32_t downgraded; /**< Echoes sent with QoS 0 because NODE_UNACKED_MAX messages waited for a PUBACK. */
    uint32_t stalls;     /**< Times that the receive interrupt was switched off. */
} counters;

/**
 * @brief Append a report as JSON. It shows the arena before the report takes blocks of its own.
 * @param report  An empty buffer.
 * @param arena   The node's slab.
 * @param counts  The counters.
 * @param dropped Bytes that the queues refused.
 * @return false if blocks ran out; the buffer then contains a part of it.
 */
bool report_write(ta_buffer *report, const ta_allocator *arena, const counters *counts, size_t dropped);

#endif
