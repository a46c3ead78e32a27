/*
 * The node: one loop that moves bytes from the receive queue to the transmit queue, and answers.
 *
 * Every step either does one whole thing or leaves everything as it is and tries again at the next poll, so a
 * full queue or an exhausted arena only ever means "later". The steps run in this order:
 *   flush the outbox, then the rest of a payload that is being echoed, then the rest of a message that is
 *   being skipped, then a PUBACK or SUBSCRIBE that is due, then a report that is due, then the next packet.
 */
#include "node.h"
#include "board.h"
#include "mqtt.h"
#include "report.h"
#include <string.h>

#define CLIENT "tinyallocnode" /* 3.1.3.1: a server must accept up to 23 letters and digits */
#define ECHO_IN "node/echo/in"
#define ECHO_OUT "node/echo/out"
#define STATS_GET "node/stats/get"
#define STATS "node/stats"
#define ECHO_QOS 1
#define SUBSCRIBE_ID 0x100 /* plus the state; echoes have identifiers up to NODE_UNACKED_MAX */

/* The server ends a connection on which no whole packet came for 1.5 times the keep-alive time. The largest
 * packet, after a full queue, takes less than once. */
TA_STATIC_ASSERT(NODE_PACKET_MAX + NODE_QUEUE_LIMIT <= NODE_KEEP_ALIVE_S * NODE_LINE_RATE,
                 "the keep-alive time is too short for the largest packet on the slowest line");
TA_STATIC_ASSERT(NODE_UNACKED_MAX <= 32, "a bit of a uint32_t for each message");

TA_SLAB_DEFINE(arena, NODE_BLOCK_SIZE, NODE_BLOCK_COUNT);
TA_QUEUE_DEFINE(receive_queue, arena, NODE_QUEUE_LIMIT);
TA_QUEUE_DEFINE(transmit_queue, arena, NODE_QUEUE_LIMIT);
static ta_buffer inbox = TA_BUFFER_INIT(arena);
static ta_buffer outbox = TA_BUFFER_INIT(arena);

/* All but the first and the last await an answer: a CONNACK, a SUBACK. */
enum state { OFFLINE, CONNECTING, SUBSCRIBING_ECHO, SUBSCRIBING_STATS, ONLINE };

static struct node {
    enum state state;
    uint32_t back_off; /* ms */
    uint32_t retry_at; /* OFFLINE: when to connect */
    uint32_t heard_at; /* when a byte arrived last */
    uint32_t sent_at;  /* when a byte was put into the transmit queue last */
    uint32_t moved_at; /* when a byte moved last, in any direction, on the line or to it */
    size_t on_line;    /* length of the transmit queue at the last poll */
    uint32_t pings;    /* PINGREQs whose PINGRESP is awaited */
    bool is_report_due;
    bool is_subscribe_due;
    bool is_disconnect_due; /* OFFLINE: after what has begun */
    uint8_t before_suback;  /* packets since the last SUBSCRIBE */
    uint8_t echo_qos;       /* the highest QoS that was granted to the echo's subscription */
    uint16_t ack_id;        /* PUBACK to send when the payload was echoed or skipped; 0: none */
    uint16_t last_id;       /* of the last message sent with QoS 1 */
    uint32_t unacked;       /* bit i: the message with identifier i + 1 waits for its PUBACK */
    size_t echo_left;       /* bytes of the inbox that are a payload being echoed */
    uint32_t skip_left;     /* bytes, arrived or not, of a packet being skipped */
    bool was_online;
} node;

static counters counts;

/* ---- From the interrupt -------------------------------------------------------------------------------- */

void node_receive_isr(uint8_t byte)
{
    ta_queue_push(&receive_queue, byte); /* a refused byte is counted by the queue */
}

bool node_transmit_isr(uint8_t *byte)
{
    return ta_queue_pop(&transmit_queue, byte) == TA_OK;
}

static void pause_line(ta_queue *q, void *context)
{
    (void)q, (void)context;
    counts.stalls++;
    board_receive_pause();
}

static void resume_line(ta_queue *q, void *context)
{
    (void)q, (void)context;
    board_receive_resume();
}

static const ta_water_marks water_marks = {NODE_HIGH_WATER, NODE_LOW_WATER, pause_line, resume_line, NULL};

/* ---- The link ------------------------------------------------------------------------------------------ */

/* A queue may be cleared while neither side is inside a call: so the interrupts wait. They wait while up to 18 blocks are
 * freed. That is acceptable because the link is down. */
static void drop_everything(void)
{
    ta_mask mask = ta_critical_enter();
    ta_queue_clear(&receive_queue);
    ta_queue_clear(&transmit_queue);
    ta_critical_exit(mask);
    ta_buffer_clear(&inbox);
    ta_buffer_clear(&outbox);
    node.echo_left = 0;
}

static void connect_to_server(void)
{
    drop_everything();
    node.is_disconnect_due = false;
    node.heard_at = node.sent_at = node.moved_at = board_now();
    if (mqtt_write_connect(&outbox, CLIENT, NODE_KEEP_ALIVE_S) != TA_OK)
        return;
    board_dial();
    node.state = CONNECTING;
}

/* The connection is over. What has begun on the line is finished, because a line that cannot hang up stays in
 * use: the server would take the next CONNECT for the rest of a packet. All else is forgotten. */
static void lose_link(uint32_t *reason)
{
    (*reason)++;
    ta_buffer_truncate(&inbox, node.echo_left);
    node.skip_left = node.unacked = node.pings = 0;
    node.ack_id = 0;
    node.is_subscribe_due = node.is_report_due = false;
    node.state = OFFLINE;
    node.retry_at = board_now() + node.back_off;
    node.back_off = node.back_off < NODE_BACK_OFF_MAX_MS ? node.back_off * 2 : NODE_BACK_OFF_MAX_MS;
}

/* End the connection. A DISCONNECT is the last packet that is sent. */
static void end_link(uint32_t *reason)
{
    lose_link(reason);
    node.is_disconnect_due = true;
}

static bool is_flushed(void)
{
    return ta_buffer_is_empty(&outbox) && node.echo_left == 0 && ta_queue_is_empty(&transmit_queue);
}

/* ---- The report ---------------------------------------------------------------------------------------- */

static bool append_all(ta_buffer *to, const ta_buffer *from)
{
    ta_chunk_iterator at = {TA_NONE_INIT, 0};
    ta_span span;
    while (ta_buffer_next_chunk(from, &at, &span) == TA_OK)
        if (ta_buffer_write(to, span.data, span.length) != TA_OK)
            return false;
    return true;
}

/* Whole or not at all: the outbox is empty before. */
static bool publish_report(void)
{
    ta_queue_trim(&receive_queue);
    ta_queue_trim(&transmit_queue);
    ta_buffer report = TA_BUFFER_INIT(arena);
    size_t dropped = ta_queue_dropped(&receive_queue) + ta_queue_dropped(&transmit_queue);
    bool is_written = report_write(&report, arena, &counts, dropped) &&
                      mqtt_write_publish(&outbox, STATS, (uint32_t)ta_buffer_len(&report), 0, 0) == TA_OK &&
                      append_all(&outbox, &report);
    ta_buffer_clear(&report);
    if (!is_written)
        ta_buffer_clear(&outbox);
    node.is_report_due = !is_written;
    return is_written;
}

/* ---- Identifiers of echoes with QoS 1 ------------------------------------------------------------------ */

/* An identifier that no message uses, after the last one; 0: all are in use. */
static uint16_t free_id(void)
{
    uint16_t id = node.last_id;
    for (unsigned i = 0; i < NODE_UNACKED_MAX; i++) {
        id = id < NODE_UNACKED_MAX ? (uint16_t)(id + 1) : 1;
        if ((node.unacked & (uint32_t)1 << (id - 1)) == 0)
            return id;
    }
    return 0;
}

/* PUBACKs may come in any order. One that nothing waits for does no harm: it is counted. */
static void handle_puback(uint16_t id)
{
    uint32_t bit = id <= NODE_UNACKED_MAX ? (uint32_t)1 << (id - 1) : 0;
    if ((node.unacked & bit) == 0)
        counts.strays++;
    node.unacked &= ~bit;
}

/* ---- Packets: TA_OK, TA_MORE to try again later, or TA_E_NO_MATCH: the server broke the protocol ------- */

static void subscribe(enum state state)
{
    node.state = state;
    node.is_subscribe_due = true;
    node.before_suback = 0;
}

static bool is_subscribing(void)
{
    return node.state == SUBSCRIBING_ECHO || node.state == SUBSCRIBING_STATS;
}

static bool send_subscribe(void)
{
    bool is_echo = node.state == SUBSCRIBING_ECHO;
    uint16_t id = (uint16_t)(SUBSCRIBE_ID + node.state);
    if (mqtt_write_subscribe(&outbox, id, is_echo ? ECHO_IN : STATS_GET, is_echo ? ECHO_QOS : 0) != TA_OK)
        return false;
    node.is_subscribe_due = false;
    return true;
}

static void go_online(void)
{
    node.state = ONLINE;
    node.back_off = NODE_BACK_OFF_MS;
    node.is_report_due = true;
    counts.reconnects += node.was_online;
    node.was_online = true;
}

static ta_status handle_connack(const mqtt_packet *packet)
{
    if (packet->code != 0) {
        lose_link(&counts.refusals);
        return TA_OK;
    }
    node.echo_qos = ECHO_QOS;
    subscribe(SUBSCRIBING_ECHO);
    return TA_OK;
}

static ta_status handle_suback(const mqtt_packet *packet)
{
    bool is_echo = node.state == SUBSCRIBING_ECHO;
    if (!is_subscribing() || packet->id != SUBSCRIBE_ID + node.state)
        return TA_E_NO_MATCH;
    if (packet->code == MQTT_SUBACK_FAILURE) {
        end_link(&counts.refusals);
        return TA_OK;
    }
    if (packet->code > (is_echo ? ECHO_QOS : 0)) /* more than was asked for */
        return TA_E_NO_MATCH;
    if (is_echo) {
        node.echo_qos = packet->code;
        subscribe(SUBSCRIBING_STATS);
    } else {
        go_online();
    }
    return TA_OK;
}

static ta_status handle_pingresp(void)
{
    if (node.pings == 0)
        return TA_E_NO_MATCH;
    node.pings--;
    return TA_OK;
}

/* Read all of a packet and do nothing with it. If it has QoS 1, it is acknowledged all the same. */
static ta_status skip_packet(const mqtt_packet *packet)
{
    node.ack_id = packet->id;
    node.skip_left = packet->size;
    return TA_OK;
}

/* The payload is in the inbox: it is sent as the line takes it. */
static ta_status echo(const mqtt_packet *packet)
{
    uint16_t id = packet->qos ? free_id() : 0;
    size_t payload = (size_t)(packet->size - packet->head);
    if (mqtt_write_publish(&outbox, ECHO_OUT, (uint32_t)payload, id != 0, id) != TA_OK)
        return TA_MORE; /* no memory now: the packet stays, for the next poll */
    if (id != 0) {
        node.last_id = id;
        node.unacked |= (uint32_t)1 << (id - 1);
    }
    counts.downgraded += packet->qos && id == 0;
    counts.messages++;
    node.ack_id = packet->id;
    node.echo_left = payload;
    ta_buffer_consume(&inbox, (size_t)packet->head);
    return TA_OK;
}

/* The server may only send what was subscribed to, with at most the QoS that was granted. It may do so before
 * the SUBACK. */
static ta_status handle_publish(const mqtt_packet *packet)
{
    if (node.state >= SUBSCRIBING_ECHO && packet->qos <= node.echo_qos && mqtt_topic_is(packet, ECHO_IN)) {
        if (packet->size > NODE_PACKET_MAX) {
            counts.oversize++;
            return skip_packet(packet);
        }
        return packet->is_complete ? echo(packet) : TA_MORE;
    }
    if (node.state >= SUBSCRIBING_STATS && packet->qos == 0 && mqtt_topic_is(packet, STATS_GET)) {
        node.is_report_due = true;
        return skip_packet(packet);
    }
    return TA_E_NO_MATCH;
}

/* The first packet must be the CONNACK, and none later is: the first byte says so. */
static ta_status handle_packet(void)
{
    ta_view in = ta_buffer_view(&inbox);
    mqtt_packet packet;
    uint8_t first;
    if (ta_buffer_peek(&inbox, &first) == TA_OK && (first >> 4 == MQTT_CONNACK) != (node.state == CONNECTING))
        return TA_E_NO_MATCH;
    ta_status status = mqtt_parse(&in, &packet);
    if (status != TA_OK)
        return status;
    if (packet.type == MQTT_PUBLISH)
        return handle_publish(&packet);
    if (!packet.is_complete)
        return TA_MORE;
    ta_buffer_consume(&inbox, (size_t)packet.size);
    switch (packet.type) {
    case MQTT_CONNACK:
        return handle_connack(&packet);
    case MQTT_SUBACK:
        return handle_suback(&packet);
    case MQTT_PINGRESP:
        return handle_pingresp();
    default:
        handle_puback(packet.id);
        return TA_OK;
    }
}

/* ---- Steps: each says whether it got anywhere ---------------------------------------------------------- */

/* Move what has arrived to the inbox, unless that has a whole packet already. */
static bool receive(void)
{
    size_t before = ta_buffer_len(&inbox);
    if (before >= NODE_PACKET_MAX || ta_queue_take(&receive_queue, &inbox) != TA_OK)
        return false;
    size_t arrived = ta_buffer_len(&inbox) - before;
    if (arrived > 0)
        node.heard_at = node.moved_at = board_now();
    counts.bytes_in += (uint32_t)arrived;
    return arrived > 0;
}

/* Move at most `limit` bytes of a buffer to the line, chunk by chunk. */
static size_t transmit(ta_buffer *from, size_t limit)
{
    size_t sent = 0, done = 0;
    ta_span span;
    while (sent < limit && ta_buffer_front(from, &span) == TA_OK) {
        if (span.length > limit - sent)
            span.length = limit - sent;
        if (ta_queue_write_some(&transmit_queue, span.data, span.length, &done) != TA_OK)
            break;
        ta_buffer_consume(from, done);
        sent += done;
    }
    if (sent > 0) {
        node.sent_at = node.moved_at = board_now();
        counts.bytes_out += (uint32_t)sent;
        board_transmit_kick();
    }
    return sent;
}

/* What has begun: the outbox, then a payload. */
static bool flush(void)
{
    if (!ta_buffer_is_empty(&outbox))
        return transmit(&outbox, SIZE_MAX) > 0;
    size_t sent = transmit(&inbox, node.echo_left);
    node.echo_left -= sent;
    return sent > 0;
}

static bool skip(void)
{
    size_t here = ta_buffer_len(&inbox);
    if (here > node.skip_left)
        here = (size_t)node.skip_left;
    ta_buffer_consume(&inbox, here);
    node.skip_left -= (uint32_t)here;
    return here > 0;
}

static bool acknowledge(void)
{
    if (mqtt_write_puback(&outbox, node.ack_id) != TA_OK)
        return false;
    node.ack_id = 0;
    return true;
}

/* One step; false when nothing can be done before another interrupt. */
static bool step(void)
{
    if (!ta_buffer_is_empty(&outbox) || node.echo_left > 0)
        return flush();
    if (node.skip_left > 0)
        return skip();
    if (node.ack_id != 0)
        return acknowledge();
    if (node.is_subscribe_due)
        return send_subscribe();
    if (node.is_report_due && node.state == ONLINE && ta_available(arena) >= NODE_REPORT_BLOCKS)
        return publish_report();
    ta_status status = handle_packet();
    if (status != TA_OK && status != TA_MORE)
        end_link(&counts.malformed);
    else if (status == TA_OK && is_subscribing() && ++node.before_suback > NODE_BEFORE_SUBACK_MAX)
        end_link(&counts.silences);
    return status == TA_OK;
}

/* ---- The clock ----------------------------------------------------------------------------------------- */

/* What the line has taken counts as movement, too. */
static void watch_line(void)
{
    size_t length = ta_queue_len(&transmit_queue);
    if (length != node.on_line)
        node.moved_at = board_now();
    node.on_line = length;
}

/* In the middle of a packet, too, silence leads to a PINGREQ, and so to this. */
static bool is_waiting(void)
{
    return node.state != ONLINE || node.pings > 0 || !is_flushed();
}

/* A PINGREQ may be sent between two packets, in each state after the CONNACK. Its answer comes after what is
 * on its way: so on a slow line the next PINGREQ may be due before. */
static bool is_ping_due(uint32_t now)
{
    if (node.state <= CONNECTING || !ta_buffer_is_empty(&outbox) || node.echo_left > 0)
        return false;
    return (node.pings == 0 && now - node.heard_at > NODE_QUIET_MS) || now - node.sent_at > NODE_PING_MS;
}

static void watch_clock(void)
{
    uint32_t now = board_now();
    if (is_waiting() && now - node.moved_at > NODE_SILENCE_MS)
        end_link(&counts.silences);
    else if (is_ping_due(now) && mqtt_write_bare(&outbox, MQTT_PINGREQ) == TA_OK)
        node.pings++;
}

/* Drop what arrives; finish what has begun; disconnect; hang up; connect again in time. If the line takes
 * nothing more, what has begun is dropped, but only where the line can hang up. */
static void poll_offline(void)
{
    ta_queue_consume(&receive_queue, ta_queue_len(&receive_queue));
    while (flush())
        continue;
    if (node.is_disconnect_due && is_flushed()) {
        node.is_disconnect_due = mqtt_write_bare(&outbox, MQTT_DISCONNECT) != TA_OK;
        flush();
    }
    watch_line();
    uint32_t now = board_now();
    if (!is_flushed() && board_is_connected() && now - node.moved_at <= NODE_SILENCE_MS)
        return;
    if (!board_hang_up() && !is_flushed())
        return;
    if ((int32_t)(now - node.retry_at) >= 0)
        connect_to_server();
}

/* ---- Public -------------------------------------------------------------------------------------------- */

void node_start(void)
{
    drop_everything();
    memset(&node, 0, sizeof node);
    memset(&counts, 0, sizeof counts);
    ta_mask mask = ta_critical_enter(); /* the marks are set before the interrupt uses the queue */
    ta_queue_set_marks(&receive_queue, &water_marks);
    ta_critical_exit(mask);
    node.back_off = NODE_BACK_OFF_MS;
    connect_to_server();
}

void node_poll(void)
{
    if (node.state == OFFLINE) {
        poll_offline();
        return;
    }
    for (bool progress = true; progress && node.state != OFFLINE;) {
        progress = receive();
        progress = step() || progress;
    }
    watch_line();
    if (node.state != OFFLINE && !board_is_connected())
        lose_link(&counts.hang_ups);
    else if (node.state != OFFLINE)
        watch_clock();
}
