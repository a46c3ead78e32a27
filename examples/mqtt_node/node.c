/*
 * The node: one loop that moves bytes from the receive queue to the transmit queue, and answers.
 *
 * Every step either does one whole thing or leaves everything as it is and tries again at the next poll, so a
 * full queue or an exhausted arena only ever means "later". The steps run in this order:
 *   flush the outbox, then the rest of a payload that is being echoed, then the rest of an oversize message
 *   that is being skipped, then a report that is due, then the next packet.
 */
#include "node.h"
#include "board.h"
#include "mqtt.h"
#include <string.h>

#define ECHO_IN "node/echo/in"
#define ECHO_OUT "node/echo/out"
#define STATS_GET "node/stats/get"
#define STATS "node/stats"

#define KEEP_ALIVE_S 10
#define PING_AFTER_MS 2000     /* of silence in either direction */
#define ANSWER_TIMEOUT_MS 4000 /* for CONNACK, SUBACK and PINGRESP */
#define BACK_OFF_MIN_MS 500
#define BACK_OFF_MAX_MS 8000

TA_SLAB_DEFINE(arena, NODE_BLOCK_SIZE, NODE_BLOCK_COUNT);
TA_QUEUE_DEFINE(receive_queue, arena, NODE_QUEUE_LIMIT);
TA_QUEUE_DEFINE(transmit_queue, arena, NODE_QUEUE_LIMIT);
static ta_buffer inbox = TA_BUFFER_INIT(arena);
static ta_buffer outbox = TA_BUFFER_INIT(arena);

enum state { OFFLINE, CONNECTING, SUBSCRIBING_ECHO, SUBSCRIBING_STATS, ONLINE };

static struct node {
    enum state state;
    uint32_t back_off;  /* ms */
    uint32_t retry_at;  /* OFFLINE: when to connect */
    uint32_t heard_at;  /* when a byte arrived last */
    uint32_t sent_at;   /* when a byte was sent last */
    uint32_t asked_at;  /* when the answer that is awaited was asked for */
    bool is_answer_due; /* CONNACK, SUBACK or PINGRESP */
    bool is_report_due;
    uint16_t ack_id;   /* PUBACK to send when the payload was echoed or skipped; 0: none */
    uint16_t sent_id;  /* of the last message sent with QoS 1 */
    uint16_t acked_id; /* of the last one that was acknowledged */
    size_t echo_left;  /* bytes of the inbox that are a payload being echoed */
    size_t skip_left;  /* bytes, arrived or not, of a packet being skipped */
} node;

static struct counters {
    uint32_t bytes_in, bytes_out, messages, reconnects, oversize, malformed, stalls;
    bool was_online;
} counters;

/* ---- From the interrupt -------------------------------------------------------------------------------- */

void node_receive_isr(uint8_t byte)
{
    ta_queue_push(&receive_queue, byte); /* a refused byte is counted by the queue */
}

bool node_transmit_isr(uint8_t *byte)
{
    return ta_queue_pop(&transmit_queue, byte) == TA_OK;
}

static void pause_line(ta_queue *q)
{
    (void)q;
    counters.stalls++;
    board_receive_pause();
}

static void resume_line(ta_queue *q)
{
    (void)q;
    board_receive_resume();
}

static const ta_water_marks water_marks = {NODE_HIGH_WATER, NODE_LOW_WATER, pause_line, resume_line};

/* ---- The link ------------------------------------------------------------------------------------------ */

/* A queue may be cleared while neither side is inside a call: so the interrupts wait. */
static void drop_everything(void)
{
    ta_mask mask = ta_critical_enter();
    ta_queue_clear(&receive_queue);
    ta_queue_clear(&transmit_queue);
    ta_critical_exit(mask);
    ta_buffer_clear(&inbox);
    ta_buffer_clear(&outbox);
    node.echo_left = node.skip_left = 0;
    node.ack_id = node.sent_id = node.acked_id = 0;
}

static void await_answer(void)
{
    node.is_answer_due = true;
    node.asked_at = board_now();
}

static void connect_to_broker(void)
{
    drop_everything(); /* bytes of the last connection may have trickled in */
    node.state = CONNECTING;
    node.heard_at = node.sent_at = board_now();
    mqtt_write_connect(&outbox, "tinyalloc-node", KEEP_ALIVE_S);
    await_answer();
}

/* The broker is gone, or does not speak MQTT: free everything, and start again after a while. */
static void lose_link(void)
{
    drop_everything();
    node.state = OFFLINE;
    node.is_answer_due = false;
    node.retry_at = board_now() + node.back_off;
    node.back_off = node.back_off < BACK_OFF_MAX_MS ? node.back_off * 2 : BACK_OFF_MAX_MS;
}

/* Close the connection because of what arrived. The DISCONNECT is the last thing that is sent. */
static void refuse_link(void)
{
    counters.malformed++;
    lose_link();
    mqtt_write_bare(&outbox, MQTT_DISCONNECT);
}

/* ---- The report ---------------------------------------------------------------------------------------- */

static bool put_text(ta_buffer *b, const char *text)
{
    return ta_buffer_write(b, text, strlen(text)) == TA_OK;
}

static bool put_number(ta_buffer *b, const char *name, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    return put_text(b, name) && ta_buffer_write(b, digits + at, sizeof digits - at) == TA_OK;
}

/* One character a block: '#' live, '.' free. */
static void take_map(char *map)
{
    for (size_t slot = 0; slot < NODE_BLOCK_COUNT; slot++)
        map[slot] = ta_handle_eq(ta_slab_handle_at(arena, slot), TA_NONE) ? '.' : '#';
}

/* The arena is looked at before the report takes blocks of its own. */
static bool write_report(ta_buffer *report)
{
    char map[NODE_BLOCK_COUNT];
    take_map(map);
    ta_stats stats = ta_stats_of(arena);
    size_t drops = ta_queue_dropped(&receive_queue) + ta_queue_dropped(&transmit_queue);
    return put_number(report, "{\"used\":", (uint32_t)stats.used) &&
           put_number(report, ",\"peak\":", (uint32_t)stats.peak) &&
           put_number(report, ",\"capacity\":", (uint32_t)stats.capacity) &&
           put_number(report, ",\"failures\":", (uint32_t)stats.failures) &&
           put_number(report, ",\"drops\":", (uint32_t)drops) &&
           put_number(report, ",\"stalls\":", counters.stalls) &&
           put_number(report, ",\"bytes_in\":", counters.bytes_in) &&
           put_number(report, ",\"bytes_out\":", counters.bytes_out) &&
           put_number(report, ",\"messages\":", counters.messages) &&
           put_number(report, ",\"reconnects\":", counters.reconnects) &&
           put_number(report, ",\"oversize\":", counters.oversize) &&
           put_number(report, ",\"malformed\":", counters.malformed) &&
           put_number(report, ",\"stack_peak\":", board_stack_peak()) &&
           put_number(report, ",\"uptime_ms\":", board_now()) && put_text(report, ",\"map\":\"") &&
           ta_buffer_write(report, map, sizeof map) == TA_OK && put_text(report, "\"}");
}

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
    bool is_written = write_report(&report) &&
                      mqtt_write_publish(&outbox, STATS, ta_buffer_len(&report), 0, 0) == TA_OK &&
                      append_all(&outbox, &report);
    ta_buffer_clear(&report);
    if (!is_written)
        ta_buffer_clear(&outbox);
    node.is_report_due = !is_written;
    return is_written;
}

/* ---- Packets ------------------------------------------------------------------------------------------- */

static uint16_t id_after(uint16_t id)
{
    return id == UINT16_MAX ? 1 : (uint16_t)(id + 1);
}

/* PUBACKs come in the order of the messages. */
static bool handle_puback(uint16_t id)
{
    if (node.acked_id == node.sent_id || id != id_after(node.acked_id))
        return false;
    node.acked_id = id;
    return true;
}

/* The state that waits for the SUBACK is the packet's identifier. */
static void subscribe(enum state state, const char *topic, uint8_t qos)
{
    node.state = state;
    mqtt_write_subscribe(&outbox, (uint16_t)state, topic, qos);
    await_answer();
}

static void go_online(void)
{
    node.state = ONLINE;
    node.back_off = BACK_OFF_MIN_MS;
    node.is_report_due = true;
    counters.reconnects += counters.was_online;
    counters.was_online = true;
}

/* An answer is right when it was asked for and says yes. */
static bool handle_answer(const mqtt_packet *packet)
{
    if (!node.is_answer_due)
        return false;
    node.is_answer_due = false;
    switch (packet->type) {
    case MQTT_CONNACK:
        if (node.state != CONNECTING || packet->number != 0)
            return false;
        subscribe(SUBSCRIBING_ECHO, ECHO_IN, 1);
        return true;
    case MQTT_SUBACK:
        if (packet->number != (uint16_t)node.state || packet->granted > 1)
            return false;
        if (node.state == SUBSCRIBING_ECHO)
            subscribe(SUBSCRIBING_STATS, STATS_GET, 0);
        else if (node.state == SUBSCRIBING_STATS)
            go_online();
        else
            return false;
        return true;
    default:
        return node.state == ONLINE;
    }
}

/* The payload follows in the inbox: what becomes of it is decided here, and done as the line takes it. */
static ta_status handle_publish(const mqtt_packet *packet)
{
    bool is_echo = mqtt_topic_is(packet, ECHO_IN);
    uint16_t id = packet->qos ? id_after(node.sent_id) : node.sent_id;
    size_t payload = packet->size - packet->head;
    if (is_echo && mqtt_write_publish(&outbox, ECHO_OUT, payload, packet->qos, id) != TA_OK)
        return TA_MORE; /* no memory now: the packet stays, for the next poll */
    node.is_report_due = node.is_report_due || mqtt_topic_is(packet, STATS_GET);
    node.ack_id = packet->number;
    ta_buffer_consume(&inbox, is_echo ? packet->head : packet->size);
    if (is_echo) {
        node.sent_id = id;
        node.echo_left = payload;
        counters.messages++;
    }
    return TA_OK;
}

/* The next packet: TA_OK when it was handled, TA_MORE when it has not arrived, TA_E_NO_MATCH when it is none. */
static ta_status handle_packet(void)
{
    ta_view in = ta_buffer_view(&inbox);
    mqtt_packet packet;
    ta_status status = mqtt_parse(&in, &packet);
    if (status != TA_OK)
        return status;
    if (packet.type == MQTT_PUBLISH &&
        packet.size > NODE_PACKET_MAX) { /* its payload may never fit: do not wait */
        counters.oversize++;
        node.ack_id = packet.number;
        node.skip_left = packet.size;
        return TA_OK;
    }
    if (!packet.is_complete)
        return TA_MORE;
    if (packet.type == MQTT_PUBLISH)
        return handle_publish(&packet);
    ta_buffer_consume(&inbox, packet.size);
    bool is_right = packet.type == MQTT_PUBACK ? handle_puback(packet.number) : handle_answer(&packet);
    return is_right ? TA_OK : TA_E_NO_MATCH;
}

/* ---- Steps: each says whether it got anywhere ---------------------------------------------------------- */

/* Move what has arrived to the inbox, unless that holds a whole packet already. */
static bool receive(void)
{
    size_t before = ta_buffer_len(&inbox);
    if (before >= NODE_PACKET_MAX || ta_queue_take(&receive_queue, &inbox) != TA_OK)
        return false;
    size_t arrived = ta_buffer_len(&inbox) - before;
    if (arrived > 0)
        node.heard_at = board_now();
    counters.bytes_in += (uint32_t)arrived;
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
        node.sent_at = board_now();
        counters.bytes_out += (uint32_t)sent;
        board_transmit_kick();
    }
    return sent;
}

static bool skip(void)
{
    size_t here = ta_buffer_len(&inbox);
    if (here > node.skip_left)
        here = node.skip_left;
    ta_buffer_consume(&inbox, here);
    node.skip_left -= here;
    return here > 0;
}

/* One step; false when nothing can be done before another interrupt. */
static bool step(void)
{
    if (!ta_buffer_is_empty(&outbox))
        return transmit(&outbox, SIZE_MAX) > 0;
    if (node.echo_left > 0) {
        size_t sent = transmit(&inbox, node.echo_left);
        node.echo_left -= sent;
        return sent > 0;
    }
    if (node.skip_left > 0)
        return skip();
    if (node.ack_id != 0) {
        if (mqtt_write_puback(&outbox, node.ack_id) != TA_OK)
            return false;
        node.ack_id = 0;
        return true;
    }
    if (node.is_report_due && ta_buffer_is_empty(&inbox) && ta_queue_is_empty(&transmit_queue))
        return publish_report();
    ta_status status = handle_packet();
    if (status == TA_E_NO_MATCH)
        refuse_link();
    return status == TA_OK;
}

static void watch_clock(void)
{
    uint32_t now = board_now();
    if (node.is_answer_due && now - node.asked_at > ANSWER_TIMEOUT_MS) {
        lose_link();
    } else if (node.state == ONLINE && !node.is_answer_due && ta_buffer_is_empty(&outbox) &&
               node.echo_left == 0 &&
               (now - node.heard_at > PING_AFTER_MS || now - node.sent_at > PING_AFTER_MS)) {
        mqtt_write_bare(&outbox, MQTT_PINGREQ);
        await_answer();
    }
}

/* ---- Public -------------------------------------------------------------------------------------------- */

void node_start(void)
{
    ta_queue_set_marks(&receive_queue, &water_marks);
    node.back_off = BACK_OFF_MIN_MS;
    connect_to_broker();
}

void node_poll(void)
{
    if (node.state == OFFLINE) {
        transmit(&outbox, SIZE_MAX);
        if ((int32_t)(board_now() - node.retry_at) >= 0)
            connect_to_broker();
        return;
    }
    for (bool progress = true; progress && node.state != OFFLINE;) {
        progress = receive();
        progress = step() || progress;
    }
    watch_clock();
}
