/*
 * A board and a server for the node, in one thread and in simulated time: a test decides what arrives when,
 * and the clock is exact. The server checks every packet that the node sends.
 */
#ifndef SIM_H
#define SIM_H

#include "../../examples/mqtt_node/node.h"
#include "../unit/support.h"

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

#define SIM_TICK_MS 10
#define SLACK_MS (4 * SIM_TICK_MS) /* from one event to the next there may be a tick */
#define DETECT_MS ((uint32_t)(NODE_QUIET_MS + NODE_SILENCE_MS + SLACK_MS))
#define SIM_FAST 100000 /* bytes per second: no line */

/* What the server does with an answer of its own. */
enum server_cut { CUT_NOTHING, CUT_THEN_SILENCE, CUT_THEN_CLOSE };

extern struct sim {
    uint32_t now;         /* ms */
    uint32_t rate;        /* bytes per second, in each direction */
    bool is_bare;         /* no modem: the line cannot be hung up */
    bool is_deaf;         /* the line takes nothing from the node */
    bool is_up;           /* there is a connection */
    unsigned hang_ups;    /* of the node */
    uint32_t ended_at;    /* when a connection ended last, or the node sent DISCONNECT */
    uint32_t connect_at;  /* when the node sent CONNECT last */
    uint32_t longest_gap; /* ms from the end of a packet to the beginning of the next, on one connection */
} sim;

extern struct server {
    /* what it does */
    bool is_silent;      /* it answers nothing */
    bool has_no_pubacks; /* it sends no PUBACK */
    bool is_careless;    /* it does not compare echoes and PUBACKs with what it has sent */
    uint8_t return_code; /* of the CONNACK */
    uint8_t granted[2];  /* of the first and second SUBACK */
    enum server_cut
        cut; /* its answer of type `cut_type`, the `cut_number`th, ends after `cut_at` bytes; once */
    uint8_t cut_type;
    unsigned cut_number, cut_at;
    /* what it has seen */
    unsigned connects, disconnects, pings, echoes, acks, reports;
    unsigned subscribes; /* on this connection */
    uint8_t echo_qos;    /* of the last echo */
    uint16_t echo_id;
    uint16_t ids[64]; /* of the echoes that wait for their PUBACK */
    unsigned id_count;
    char report[1024]; /* the last one */
} server;

/* Start board, server and node anew. */
void sim_start(void);

/* Let time pass. */
void sim_run(uint32_t ms);

/* Let time pass until a counter has this value; fails after that many ms. */
void sim_until(const unsigned *counter, unsigned value, uint32_t ms);

/* The server sends bytes. */
void server_send(const void *bytes, size_t length);

/* The server sends a PUBLISH on node/echo/in with `length` bytes that depend on `seed`; the echo is compared
 * with it if it is to be echoed. `first` is the packet's first byte. */
void server_publish(uint8_t first, uint16_t id, size_t length, unsigned seed, bool is_to_be_echoed);

/* The server acknowledges an echo. */
void server_puback(uint16_t id);

/* A number of the last report. */
unsigned long server_reported(const char *name);

/* Ask for a report, and wait for it. */
void server_ask(void);

/* Start, and wait until the node is online. */
void go_online(void);

/* The node is online and idle, has kept no block, and has ended connections only for these reasons. */
void expect_counts(unsigned long malformed, unsigned long refusals, unsigned long silences,
                   unsigned long hang_ups);

/* From the end of a connection to the CONNECT of the next, it is the back-off and nothing more. */
void expect_return(uint32_t back_off);

#endif
