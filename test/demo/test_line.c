/*
 * The node on a simulated board, against a server that stops or is slow. The clock is simulated, so times are
 * exact: how soon a dead connection is detected, and how soon the node comes back, is compared with the
 * constants of node.h. CONFORMANCE.md of the example names these tests.
 */
#include "sim.h"

#define STATS_TOPIC 0, 14, 'n', 'o', 'd', 'e', '/', 's', 't', 'a', 't', 's', '/', 'g', 'e', 't'

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

/* The answer is cut, and then the server is silent or closes the connection. The node detects it, and comes
 * back. */
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
    sim_run(60000);
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

/* Without a modem the same connection goes on. What had begun is finished, even if the line takes nothing for
 * a while, so the server reads whole packets: sim.c compares each one. */
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
    } lines[] = {{150, 1500},
                 {NODE_LINE_RATE, NODE_PACKET_MAX - 19},
                 {960, 1500},
                 {NODE_LINE_RATE, 0},
                 {NODE_LINE_RATE / 2, NODE_QUEUE_LIMIT}};
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

/* 3.1.2.10: while a message of 9,000 bytes arrives that is not echoed, the node pings; the answer comes after
 * it. */
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

/* As long as bytes come, even one in some seconds, the connection lives; and the node keeps its promise of
 * keep-alive. */
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
