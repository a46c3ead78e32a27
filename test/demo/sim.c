#include "sim.h"
#include "../../examples/mqtt_node/board.h"
#include <stdio.h>

#define ECHO_IN "node/echo/in"
#define ECHO_OUT "node/echo/out"
#define EXPECTED_MAX 64

struct sim sim;
struct server server;

/* ---- The line ------------------------------------------------------------------------------------------ */

static uint8_t down[1 << 17]; /* on the way to the node */
static size_t down_at, down_end;
static uint8_t up[1 << 14]; /* a packet of the node's, as it arrives */
static size_t up_length;
static bool is_paused, is_closing;
static uint32_t packet_ended_at;
static bool is_first_packet;

static struct expected { /* echoes that are to come */
    size_t length;
    unsigned seed;
} expected[EXPECTED_MAX];
static size_t expected_at, expected_end;
static uint16_t awaited[EXPECTED_MAX]; /* identifiers of what the node must acknowledge, in order */
static size_t awaited_at, awaited_end;
static unsigned replies_of_type;

static void end_connection(void)
{
    sim.is_up = is_closing = false;
    sim.ended_at = sim.now;
    down_at = down_end = up_length = 0;
}

/* Without a modem, what is on its way to the node still arrives. */
static void begin_connection(void)
{
    sim.is_up = is_first_packet = true;
    if (!sim.is_bare)
        down_at = down_end = 0;
    up_length = 0;
    expected_at = expected_end = awaited_at = awaited_end = 0;
    server.id_count = server.subscribes = 0;
}

void board_init(int argc, char **argv)
{
    (void)argc;
    (void)argv;
}

uint32_t board_now(void)
{
    return sim.now;
}

void board_wait(void) {}

void board_dial(void)
{
    if (!sim.is_up)
        begin_connection();
}

bool board_hang_up(void)
{
    if (sim.is_bare)
        return false;
    sim.hang_ups += sim.is_up;
    if (sim.is_up)
        end_connection();
    return true;
}

bool board_is_connected(void)
{
    return sim.is_bare || sim.is_up;
}

void board_receive_pause(void)
{
    is_paused = true;
}

void board_receive_resume(void)
{
    is_paused = false;
}

void board_transmit_kick(void) {}

uint32_t board_stack_peak(void)
{
    return 0;
}

/* ---- The server's side --------------------------------------------------------------------------------- */

static uint8_t payload_byte(unsigned seed, size_t i)
{
    return (uint8_t)(seed * 31 + i * 7 + (i >> 8));
}

void server_send(const void *bytes, size_t length)
{
    assert_true(length <= sizeof down - down_end);
    memcpy(down + down_end, bytes, length);
    down_end += length;
}

/* Send an answer, unless it is the one to cut. */
static void reply(const uint8_t *bytes, size_t length)
{
    if (server.is_silent)
        return;
    if (server.cut != CUT_NOTHING && bytes[0] >> 4 == server.cut_type &&
        ++replies_of_type == server.cut_number) {
        server_send(bytes, server.cut_at < length ? server.cut_at : length);
        server.is_silent = true;
        is_closing = server.cut == CUT_THEN_CLOSE;
        return;
    }
    server_send(bytes, length);
}

void server_publish(uint8_t first, uint16_t id, size_t length, unsigned seed, bool is_to_be_echoed)
{
    static uint8_t packet[1 << 16];
    size_t n = 0, topic = strlen(ECHO_IN), rest = 2 + topic + (first & 2 ? 2 : 0) + length;
    packet[n++] = first;
    for (; rest > 0x7F; rest >>= 7)
        packet[n++] = (uint8_t)(rest | 0x80);
    packet[n++] = (uint8_t)rest;
    packet[n++] = 0;
    packet[n++] = (uint8_t)topic;
    memcpy(packet + n, ECHO_IN, topic);
    n += topic;
    if (first & 2) {
        awaited[awaited_end++ % EXPECTED_MAX] = id;
        packet[n++] = (uint8_t)(id >> 8);
        packet[n++] = (uint8_t)id;
    }
    for (size_t i = 0; i < length; i++)
        packet[n++] = payload_byte(seed, i);
    if (is_to_be_echoed)
        expected[expected_end++ % EXPECTED_MAX] = (struct expected){length, seed};
    reply(packet, n);
}

static unsigned find_id(uint16_t id)
{
    unsigned i = 0;
    while (i < server.id_count && server.ids[i] != id)
        i++;
    return i;
}

void server_puback(uint16_t id)
{
    const uint8_t packet[] = {0x40, 2, (uint8_t)(id >> 8), (uint8_t)id};
    unsigned i = find_id(id);
    if (i < server.id_count)
        server.ids[i] = server.ids[--server.id_count];
    reply(packet, sizeof packet);
}

unsigned long server_reported(const char *name)
{
    char key[32];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(server.report, key);
    assert_non_null(at);
    return strtoul(at + strlen(key), NULL, 10);
}

/* ---- What the node sends ------------------------------------------------------------------------------- */

static void on_connect(const uint8_t *body, size_t length)
{
    /* 3.1: protocol, level 4, nothing but a clean session, the keep-alive time, a client identifier */
    static const uint8_t start[] = {0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, NODE_KEEP_ALIVE_S};
    assert_memory_equal(body, start, sizeof start);
    size_t client = length - sizeof start - 2;
    assert_int_equal(body[sizeof start] << 8 | body[sizeof start + 1], client);
    assert_in_range(client, 1, 23);
    for (size_t i = length - client; i < length; i++)
        assert_non_null(strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", body[i]));
    sim.connect_at = sim.now;
    server.connects++;
    server.is_silent = server.is_silent && server.cut == CUT_NOTHING; /* what was cut is over */
    const uint8_t connack[] = {0x20, 2, 0, server.return_code};
    reply(connack, sizeof connack);
}

static void on_subscribe(const uint8_t *body, size_t length)
{
    static const char *const topics[] = {ECHO_IN, "node/stats/get"};
    const char *topic = topics[server.subscribes % 2];
    assert_int_equal(length, 2 + 2 + strlen(topic) + 1);
    assert_memory_equal(body + 4, topic, strlen(topic));
    assert_int_equal(body[length - 1], server.subscribes % 2 == 0);
    uint16_t id = (uint16_t)(body[0] << 8 | body[1]);
    assert_int_not_equal(id, 0);
    assert_int_equal(find_id(id), server.id_count); /* 2.3.1: it is not in use */
    const uint8_t suback[] = {0x90, 3, body[0], body[1], server.granted[server.subscribes++ % 2]};
    reply(suback, sizeof suback);
}

/* 2.3.1, 4.6.0: the identifiers of the messages, in their order */
static void on_puback(const uint8_t *body, size_t length)
{
    assert_int_equal(length, 2);
    server.acks++;
    if (server.is_careless)
        return;
    assert_true(awaited_at < awaited_end);
    assert_int_equal(body[0] << 8 | body[1], awaited[awaited_at++ % EXPECTED_MAX]);
}

static void on_echo(uint8_t qos, const uint8_t *payload, size_t length)
{
    server.echo_qos = qos;
    server.echoes++;
    if (server.is_careless)
        return;
    assert_true(expected_at < expected_end);
    struct expected e = expected[expected_at++ % EXPECTED_MAX];
    assert_int_equal(length, e.length);
    for (size_t i = 0; i < length; i++)
        assert_int_equal(payload[i], payload_byte(e.seed, i));
}

static void on_publish(uint8_t first, const uint8_t *body, size_t length)
{
    uint8_t qos = (first >> 1) & 3;
    size_t topic = (size_t)(body[0] << 8 | body[1]), head = 2 + topic + (qos ? 2 : 0);
    assert_true(head <= length && qos <= 1 && (first & 9) == 0); /* nothing is sent twice, or retained */
    if (topic == strlen("node/stats")) {
        assert_memory_equal(body + 2, "node/stats", topic);
        snprintf(server.report, sizeof server.report, "%.*s", (int)(length - head),
                 (const char *)body + head);
        server.reports++;
        return;
    }
    assert_int_equal(topic, strlen(ECHO_OUT));
    assert_memory_equal(body + 2, ECHO_OUT, topic);
    on_echo(qos, body + head, length - head);
    if (qos == 0)
        return;
    server.echo_id = (uint16_t)(body[head - 2] << 8 | body[head - 1]);
    assert_int_not_equal(server.echo_id, 0);
    assert_int_equal(find_id(server.echo_id), server.id_count); /* 2.3.1: it is not in use */
    assert_true(server.id_count < COUNT_OF(server.ids));
    server.ids[server.id_count++] = server.echo_id;
    if (!server.has_no_pubacks)
        server_puback(server.echo_id);
}

static void on_packet(uint8_t first, const uint8_t *body, size_t length)
{
    assert_int_equal(first == 0x10, is_first_packet);
    is_first_packet = false;
    switch (first) {
    case 0x10:
        on_connect(body, length);
        break;
    case 0x40:
        on_puback(body, length);
        break;
    case 0x82:
        on_subscribe(body, length);
        break;
    case 0xC0:
        assert_int_equal(length, 0);
        server.pings++;
        reply((const uint8_t[]){0xD0, 0}, 2);
        break;
    case 0xE0: /* after it, on a line without a modem, the next CONNECT may follow */
        assert_int_equal(length, 0);
        server.disconnects++;
        begin_connection();
        sim.ended_at = sim.now;
        break;
    default:
        assert_int_equal(first & 0xF0, 0x30);
        on_publish(first, body, length);
    }
}

static void take_byte(uint8_t byte)
{
    uint32_t gap = sim.now - packet_ended_at;
    if (up_length == 0 && !is_first_packet && gap > sim.longest_gap)
        sim.longest_gap = gap;
    assert_true(up_length < sizeof up);
    up[up_length++] = byte;
    size_t rest = 0, at = 1;
    do {
        if (at >= up_length)
            return;
        rest |= (size_t)(up[at] & 0x7F) << (7 * (at - 1));
    } while (up[at++] & 0x80);
    if (up_length < at + rest)
        return;
    up_length = 0;
    packet_ended_at = sim.now;
    on_packet(up[0], up + at, rest);
}

/* ---- Time ---------------------------------------------------------------------------------------------- */

static void tick(void)
{
    uint32_t before = sim.now;
    uint8_t byte;
    sim.now += SIM_TICK_MS;
    size_t carried = (size_t)((uint64_t)sim.rate * sim.now / 1000 - (uint64_t)sim.rate * before / 1000);
    for (size_t i = 0; i < carried && sim.is_up && !is_paused && down_at < down_end; i++)
        node_receive_isr(down[down_at++]);
    node_poll();
    for (size_t i = 0; i < carried && sim.is_up && !sim.is_deaf && node_transmit_isr(&byte); i++)
        take_byte(byte);
    if (is_closing && down_at == down_end)
        end_connection();
}

void sim_run(uint32_t ms)
{
    for (uint32_t passed = 0; passed < ms; passed += SIM_TICK_MS)
        tick();
}

void sim_until(const unsigned *counter, unsigned value, uint32_t ms)
{
    for (uint32_t passed = 0; *counter != value; passed += SIM_TICK_MS) {
        if (passed > ms)
            fail_msg("%u after %lu ms, not %u; %s", *counter, (unsigned long)ms, value, server.report);
        tick();
    }
}

void server_ask(void)
{
    static const char ask[] = "\x30\x10\0\x0Enode/stats/get";
    unsigned before = server.reports;
    server_send(ask, sizeof ask - 1);
    sim_until(&server.reports, before + 1, 10000);
}

void sim_start(void)
{
    memset(&sim, 0, sizeof sim);
    memset(&server, 0, sizeof server);
    server.granted[0] = 1;
    sim.rate = SIM_FAST;
    sim.now = 1000;
    is_paused = is_closing = false;
    replies_of_type = 0;
    down_at = down_end = 0;
    node_start();
}

/* ---- What the tests share ------------------------------------------------------------------------------ */

void go_online(void)
{
    sim_start();
    sim_until(&server.reports, 1, 1000);
}

void expect_counts(unsigned long malformed, unsigned long refusals, unsigned long silences,
                   unsigned long hang_ups)
{
    server_ask();
    assert_int_equal(server_reported("used"), 0);
    assert_int_equal(server_reported("failures"), 0);
    assert_int_equal(server_reported("drops"), 0);
    assert_int_equal(server_reported("malformed"), malformed);
    assert_int_equal(server_reported("refusals"), refusals);
    assert_int_equal(server_reported("silences"), silences);
    assert_int_equal(server_reported("hang_ups"), hang_ups);
}

void expect_return(uint32_t back_off)
{
    unsigned reports = server.reports;
    sim_until(&server.connects, server.connects + 1, back_off + SLACK_MS);
    assert_in_range(sim.connect_at - sim.ended_at, back_off - SLACK_MS, back_off + SLACK_MS);
    sim_until(&server.reports, reports + 1, 1000);
}
