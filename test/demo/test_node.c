/*
 * The node on a simulated board, against a server that breaks the protocol, stops, or is slow. The clock is simulated, so
 * times are exact: how soon a dead connection is detected, and how soon the node comes back, is compared with the
 * constants of node.h. CONFORMANCE.md of the example names these tests.
 */
#include "../../examples/mqtt_node/node.h"
#include "sim.h"

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define ECHO_TOPIC 0, 12, 'n', 'o', 'd', 'e', '/', 'e', 'c', 'h', 'o', '/', 'i', 'n'
#define STATS_TOPIC 0, 14, 'n', 'o', 'd', 'e', '/', 's', 't', 'a', 't', 's', '/', 'g', 'e', 't'
#define SLACK_MS (4 * SIM_TICK_MS) /* from one event to the next there may be a tick */
#define DETECT_MS ((uint32_t)(NODE_QUIET_MS + NODE_SILENCE_MS + SLACK_MS))

static void go_online(void)
{
    sim_start();
    sim_until(&server.reports, 1, 1000);
}

/* The node is online and idle, has kept no block, and has not lost, refused or mistaken anything but what is said. */
static void expect_counts(unsigned long malformed, unsigned long refusals, unsigned long silences,
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

/* From the end of a connection to the CONNECT of the next, it is the back-off and nothing more. */
static void expect_return(uint32_t back_off)
{
    unsigned reports = server.reports;
    sim_until(&server.connects, server.connects + 1, back_off + SLACK_MS);
    assert_in_range(sim.connect_at - sim.ended_at, back_off - SLACK_MS, back_off + SLACK_MS);
    sim_until(&server.reports, reports + 1, 1000);
}

/* ---- Echoes -------------------------------------------------------------------------------------------- */

static void messages_of_every_kind_are_echoed(void **state)
{
    static const uint8_t firsts[] = {0x30, 0x31, 0x32, 0x33, 0x3A, 0x3B}; /* RETAIN and DUP change nothing */
    static const size_t lengths[] = {0, 1, 63, 64, 65, 511, 512, 513, 1500, NODE_PACKET_MAX - 19};
    unsigned count = 0, acks = 0;
    (void)state;
    go_online();
    for (size_t i = 0; i < COUNT_OF(lengths); i++)
        for (size_t j = 0; j < COUNT_OF(firsts); j++) {
            server_publish(firsts[j], 7, lengths[i], count, true);
            sim_until(&server.echoes, ++count, 1000);
            acks += (firsts[j] & 2) != 0;
            sim_until(&server.acks, acks, 1000);
            assert_int_equal(server.echo_qos, (firsts[j] & 2) != 0);
        }
    expect_counts(0, 0, 0, 0);
    assert_int_equal(server_reported("messages"), count);
}

/* 3.8.4: a message may come before the SUBACK. */
static void message_before_the_suback_is_echoed(void **state)
{
    (void)state;
    sim_start();
    server.cut = CUT_THEN_SILENCE; /* no SUBACK */
    server.cut_type = 9;
    server.cut_number = 1;
    sim_until(&server.subscribes, 1, 1000);
    server.is_silent = false;
    server_publish(0x32, 1, 100, 1, true);
    sim_until(&server.echoes, 1, 1000);
    server_send(BYTES(0x90, 3, 1, 2, 1));
    sim_until(&server.reports, 1, 1000);
    expect_counts(0, 0, 0, 0);
}

static void oversize_message_is_skipped_counted_and_acknowledged(void **state)
{
    static const size_t lengths[] = {NODE_PACKET_MAX - 18, 2100, 9000, 60000};
    (void)state;
    go_online();
    for (unsigned i = 0; i < COUNT_OF(lengths); i++) {
        server_publish(0x33, 5, lengths[i], i, false);
        server_publish(0x30, 0, 100, i, true);
        sim_until(&server.echoes, i + 1, 10000);
        assert_int_equal(server.acks, i + 1);
    }
    expect_counts(0, 0, 0, 0);
    assert_int_equal(server_reported("oversize"), COUNT_OF(lengths));
}

/* ---- Acknowledgements ---------------------------------------------------------------------------------- */

static void send_with_qos_1(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        server_publish(0x32, (uint16_t)(i + 1), 10, i, true);
    sim_until(&server.echoes, server.echoes + count, 5000);
}

static void pubacks_may_come_in_any_order(void **state)
{
    (void)state;
    go_online();
    server.has_no_pubacks = true;
    for (unsigned round = 0; round < 8; round++) {
        send_with_qos_1(16);
        while (server.id_count > 0)
            server_puback(server.ids[(server.id_count * 7 + round) % server.id_count]);
        sim_run(100);
    }
    expect_counts(0, 0, 0, 0);
    assert_int_equal(server_reported("strays"), 0);
    assert_int_equal(server_reported("downgraded"), 0);
}

static void puback_that_nothing_waits_for_is_counted(void **state)
{
    (void)state;
    go_online();
    send_with_qos_1(1);
    server_puback(server.echo_id); /* the second one */
    server_puback(NODE_UNACKED_MAX);
    server_puback(NODE_UNACKED_MAX + 1);
    server_puback(0xFFFF);
    expect_counts(0, 0, 0, 0);
    assert_int_equal(server_reported("strays"), 4);
}

/* With a clean session nothing is sent again. When no identifier is free, echoes have QoS 0. */
static void lost_pubacks_use_up_identifiers_until_the_connection_ends(void **state)
{
    (void)state;
    go_online();
    server.has_no_pubacks = true;
    for (unsigned i = 0; i < NODE_UNACKED_MAX; i++) {
        send_with_qos_1(1);
        assert_int_equal(server.echo_qos, 1);
    }
    send_with_qos_1(1);
    assert_int_equal(server.echo_qos, 0);
    expect_counts(0, 0, 0, 0);
    assert_int_equal(server_reported("downgraded"), 1);
    server_puback(20);
    send_with_qos_1(1);
    assert_int_equal(server.echo_id, 20);
    server_send(BYTES(0xF0, 0));
    sim_until(&server.disconnects, 1, 1000);
    expect_return(NODE_BACK_OFF_MS);
    send_with_qos_1(NODE_UNACKED_MAX);
    assert_int_equal(server.echo_qos, 1);
}

/* ---- A server that breaks the protocol ----------------------------------------------------------------- */

static const struct bad {
    const char *what;
    const uint8_t *bytes;
    size_t length;
} bad[] = {
    {"a reserved type", BYTES(0x00)},
    {"a second CONNACK", BYTES(0x20, 2, 0, 0)},
    {"a SUBACK out of turn", BYTES(0x90, 3, 1, 3, 0)},
    {"a PINGRESP out of turn", BYTES(0xD0, 0)},
    {"a CONNECT", BYTES(0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 30, 0, 0)},
    {"a PUBLISH with QoS 2", BYTES(0x34, 17, ECHO_TOPIC, 0, 1, 'x')},
    {"a topic that was not subscribed to", BYTES(0x30, 4, 0, 1, 't', 'x')},
    {"a part of a topic", BYTES(0x30, 13, 0, 11, 'n', 'o', 'd', 'e', '/', 'e', 'c', 'h', 'o', '/', 'i')},
    {"more QoS than was granted", BYTES(0x32, 18, STATS_TOPIC, 0, 1)},
    {"an empty topic", BYTES(0x30, 3, 0, 0, 'x')},
    {"a topic with NUL", BYTES(0x30, 5, 0, 3, 'a', 0, 'b')},
    {"a topic with a surrogate", BYTES(0x30, 5, 0, 3, 0xED, 0xA0, 0x80)},
    {"a topic with a wildcard",
     BYTES(0x30, 14, 0, 12, 'n', 'o', 'd', 'e', '/', 'e', 'c', 'h', 'o', '/', '+', '+')},
    {"identifier 0", BYTES(0x32, 16, ECHO_TOPIC, 0, 0)},
    {"DUP with QoS 0", BYTES(0x38, 14, ECHO_TOPIC)},
    {"a length of five bytes", BYTES(0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1)},
    {"a topic that is longer than its packet, oversize", BYTES(0x30, 0xA0, 0x1F, 0xFF, 0xFF)},
    {"a CONNACK that is too long", BYTES(0x20, 0xFF, 0xFF, 0xFF, 0x7F)},
};

/* The packet comes after and before packets that are right, on a line with and without a modem. */
static void refuse_one(const struct bad *b, bool is_bare)
{
    go_online();
    sim.is_bare = is_bare;
    server_publish(0x32, 1, 700, 1, true);
    server_send(b->bytes, b->length);
    server_publish(0x32, 2, 700, 2, false);
    sim_until(&server.disconnects, 1, 1000);
    assert_int_equal(server.echoes, 1); /* the right one before it was finished */
    assert_int_equal(server.acks, 1);
    expect_return(NODE_BACK_OFF_MS);
    expect_counts(1, 0, 0, 0);
    assert_int_equal(sim.hang_ups, !is_bare);
}

static void broken_protocol_ends_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        for (int is_bare = 0; is_bare < 2; is_bare++) {
            print_message("%s%s\n", bad[i].what, is_bare ? ", no modem" : "");
            refuse_one(&bad[i], is_bare);
        }
}

/* 3.2.0: the first packet is the CONNACK. No other is answered, or echoed. */
static void nothing_but_a_connack_is_accepted_first(void **state)
{
    const struct bad first[] = {
        {"PUBLISH", BYTES(0x30, 15, ECHO_TOPIC, 'x')},
        {"PUBACK", BYTES(0x40, 2, 0, 1)},
        {"SUBACK", BYTES(0x90, 3, 1, 2, 1)},
        {"PINGRESP", BYTES(0xD0, 0)},
        {"CONNACK with a session", BYTES(0x20, 2, 1, 0)},
        {"CONNACK with a reserved flag", BYTES(0x20, 2, 2, 0)},
        {"CONNACK with a reserved code", BYTES(0x20, 2, 0, 6)},
        {"CONNACK of 3 bytes", BYTES(0x20, 3)},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(first); i++) {
        print_message("%s\n", first[i].what);
        sim_start();
        server.is_silent = true;
        sim_until(&server.connects, 1, 1000);
        server_send(first[i].bytes, first[i].length);
        sim_until(&server.disconnects, 1, SLACK_MS);
        server.is_silent = false;
        expect_return(NODE_BACK_OFF_MS);
        expect_counts(1, 0, 0, 0);
        assert_int_equal(server.echoes, 0);
    }
}

/* A right answer that says no ends the connection, too, and is counted on its own. The back-off doubles up to its limit. */
static void refused_connections_double_the_back_off(void **state)
{
    uint32_t back_off = NODE_BACK_OFF_MS;
    unsigned count = 0;
    (void)state;
    sim_start();
    for (server.return_code = 1; server.return_code <= 5; server.return_code++) {
        sim_until(&server.connects, ++count, back_off + SLACK_MS);
        if (count > 1) {
            assert_in_range(sim.connect_at - sim.ended_at, back_off - SLACK_MS, back_off + SLACK_MS);
            back_off = back_off * 2 < NODE_BACK_OFF_MAX_MS ? back_off * 2 : NODE_BACK_OFF_MAX_MS;
        }
        if (server.return_code == 5)
            break;
    }
    server.return_code = 0;
    sim_run(SLACK_MS);
    expect_return(back_off);
    expect_counts(0, 5, 0, 0);
}

static void subscriptions_may_be_refused_or_granted_with_less(void **state)
{
    (void)state;
    sim_start();
    server.granted[0] = 0x80;
    sim_until(&server.disconnects, 1, 1000);
    server.granted[0] = 0;
    server.granted[1] = 1; /* more than was asked for */
    sim_until(&server.disconnects, 2, NODE_BACK_OFF_MS + 1000);
    server.granted[1] = 0;
    sim_until(&server.reports, 1, 2 * NODE_BACK_OFF_MS + 1000);
    expect_counts(1, 1, 0, 0);
    server_publish(0x32, 1, 10, 1, false); /* QoS 1, although 0 was granted */
    sim_until(&server.disconnects, 3, 1000);
    expect_return(NODE_BACK_OFF_MS);
    expect_counts(2, 1, 0, 0);
}

static void what_arrives_while_offline_is_dropped(void **state)
{
    static uint8_t garbage[20000];
    (void)state;
    memset(garbage, 0xFF, sizeof garbage);
    for (int is_bare = 0; is_bare < 2; is_bare++) {
        go_online();
        sim.is_bare = is_bare;
        sim.rate = sizeof garbage * 1000 / NODE_BACK_OFF_MS + 1000; /* all of it arrives in time */
        server_send(garbage, sizeof garbage);
        sim_run(SLACK_MS);
        expect_return(NODE_BACK_OFF_MS);
        expect_counts(1, 0, 0, 0);
    }
}

/* ---- A server that stops ------------------------------------------------------------------------------- */

static const struct stop {
    const char *what;
    uint8_t type;
    unsigned number, length;
    bool is_online; /* the node is online when the answer comes */
} stops[] = {
    {"CONNACK", 2, 1, 4, false}, {"first SUBACK", 9, 1, 5, false}, {"second SUBACK", 9, 2, 5, false},
    {"PUBLISH", 3, 1, 48, true}, {"PUBACK", 4, 1, 4, true},        {"PINGRESP", 13, 1, 2, true},
};

/* The answer is cut, and then the server is silent or closes the connection. The node detects it, and comes back. */
static void stop_once(const struct stop *s, unsigned cut_at, enum server_cut cut)
{
    sim_start();
    server.cut = cut;
    server.cut_type = s->type;
    server.cut_number = s->number;
    server.cut_at = cut_at;
    if (s->is_online) {
        sim_until(&server.reports, 1, 1000);
        server_publish(0x32, 1, 30, 1, true);
    }
    sim_until(&server.connects, 2, DETECT_MS + (s->type == 13 ? NODE_QUIET_MS : 0) + NODE_BACK_OFF_MS + 1000);
    assert_in_range(sim.connect_at - sim.ended_at, NODE_BACK_OFF_MS - SLACK_MS, NODE_BACK_OFF_MS + SLACK_MS);
    unsigned reports = server.reports;
    sim_until(&server.reports, reports + 1, 1000);
    bool is_closed = cut == CUT_THEN_CLOSE;
    expect_counts(0, 0, !is_closed, is_closed);
    assert_int_equal(server_reported("reconnects"), reports > 0);
    assert_int_equal(server.disconnects, !is_closed);
}

static void server_may_stop_at_every_byte_of_every_packet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(stops); i++)
        for (unsigned cut_at = 0; cut_at <= stops[i].length; cut_at++) {
            stop_once(&stops[i], cut_at, CUT_THEN_SILENCE);
            stop_once(&stops[i], cut_at, CUT_THEN_CLOSE);
        }
}

/* A dead line takes what is sent, and nothing comes back. */
static void silence_is_detected_in_time(void **state)
{
    (void)state;
    go_online();
    sim_run(60000);
    expect_counts(0, 0, 0, 0);
    server.is_silent = true;
    sim_run(NODE_QUIET_MS); /* an answer may have been on its way */
    unsigned hang_ups = sim.hang_ups;
    sim_until(&sim.hang_ups, hang_ups + 1, DETECT_MS);
    server.is_silent = false;
    expect_return(NODE_BACK_OFF_MS);
    expect_counts(0, 0, 1, 0);
}

/* A server that sends and does not read stops the node, not for ever. */
static void server_that_reads_nothing_is_left(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        go_online();
        sim.is_deaf = true;
        for (unsigned j = 0; j < i; j++)
            server_publish(j % 2 ? 0x30 : 0x32, 1, 100 + 90 * i, j, true);
        sim_until(&sim.hang_ups, 1, DETECT_MS + NODE_QUIET_MS);
        sim.is_deaf = false;
        expect_return(NODE_BACK_OFF_MS);
        expect_counts(0, 0, 1, 0);
    }
}

/* Without a modem the same connection goes on. What had begun is finished, even if the line takes nothing for a while, so
 * the server reads whole packets: sim.c compares each one. */
static void what_has_begun_is_finished_on_a_line_without_modem(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        go_online();
        sim.is_bare = true;
        sim.rate = 1000;
        server_publish(0x32, 1, 1900, 1, true);
        if (i % 3 == 0)
            server_send(BYTES(0xF0));
        sim_run(100 * i);
        sim.is_deaf = true;
        sim_run(2 * DETECT_MS);
        sim.is_deaf = false;
        sim_until(&server.connects, 2, DETECT_MS);
        assert_int_equal(server.echoes, 1);
        assert_int_equal(server.disconnects, 1);
    }
}

/* ---- A slow line --------------------------------------------------------------------------------------- */

static void messages_on_a_slow_line_arrive(void **state)
{
    static const struct {
        uint32_t rate;
        size_t length;
    } lines[] = {{150, 1500}, {NODE_LINE_RATE, NODE_PACKET_MAX - 19}, {960, 1500}, {NODE_LINE_RATE, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        go_online();
        sim.rate = lines[i].rate;
        for (unsigned j = 0; j < 5; j++)
            server_publish(j % 2 ? 0x32 : 0x30, 9, lines[i].length, j, true);
        uint32_t ms = (uint32_t)((lines[i].length + 100) * 1000 / lines[i].rate);
        sim_until(&server.echoes, 5, 6 * ms + 10000);
        sim_run(20000); /* what is on the line still */
        expect_counts(0, 0, 0, 0);
        assert_int_equal(server.connects, 1);
        assert_true(sim.longest_gap <= NODE_KEEP_ALIVE_S * 1000);
    }
}

/* 3.1.2.10: while a message of 9,000 bytes arrives that is not echoed, the node pings; the answer comes after it. */
static void oversize_message_on_a_slow_line_does_not_end_the_connection(void **state)
{
    static const uint32_t rates[] = {NODE_LINE_RATE, 150, 960};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        go_online();
        sim.rate = rates[i];
        server_publish(0x31, 0, 9000, 1, false);
        server_publish(0x32, 3, 500, 2, true);
        sim_until(&server.echoes, 1, 9600 * 1000 / rates[i] + 20000);
        sim_run(10000);
        expect_counts(0, 0, 0, 0);
        assert_int_equal(server_reported("oversize"), 1);
        assert_int_equal(server.connects, 1);
        assert_true(sim.longest_gap <= NODE_KEEP_ALIVE_S * 1000);
    }
}

/* As long as bytes come, even one in some seconds, the connection lives; and the node keeps its promise of keep-alive. */
static void dripping_server_is_kept(void **state)
{
    static const uint8_t head[] = {0x30, 0xD0, 0x0F, STATS_TOPIC};
    (void)state;
    go_online();
    server_send(head, sizeof head);
    server.is_silent = true; /* a PINGRESP may only come after the message */
    for (unsigned i = 0; i < 2000 - sizeof head + 3; i++) {
        sim_run(NODE_SILENCE_MS - SLACK_MS);
        server_send(BYTES('x'));
    }
    assert_int_equal(server.connects, 1);
    assert_true(sim.longest_gap <= NODE_KEEP_ALIVE_S * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_every_kind_are_echoed),
        cmocka_unit_test(message_before_the_suback_is_echoed),
        cmocka_unit_test(oversize_message_is_skipped_counted_and_acknowledged),
        cmocka_unit_test(pubacks_may_come_in_any_order),
        cmocka_unit_test(puback_that_nothing_waits_for_is_counted),
        cmocka_unit_test(lost_pubacks_use_up_identifiers_until_the_connection_ends),
        cmocka_unit_test(broken_protocol_ends_the_connection),
        cmocka_unit_test(nothing_but_a_connack_is_accepted_first),
        cmocka_unit_test(refused_connections_double_the_back_off),
        cmocka_unit_test(subscriptions_may_be_refused_or_granted_with_less),
        cmocka_unit_test(what_arrives_while_offline_is_dropped),
        cmocka_unit_test(server_may_stop_at_every_byte_of_every_packet),
        cmocka_unit_test(silence_is_detected_in_time),
        cmocka_unit_test(server_that_reads_nothing_is_left),
        cmocka_unit_test(what_has_begun_is_finished_on_a_line_without_modem),
        cmocka_unit_test(messages_on_a_slow_line_arrive),
        cmocka_unit_test(oversize_message_on_a_slow_line_does_not_end_the_connection),
        cmocka_unit_test(dripping_server_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
