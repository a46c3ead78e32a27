/*
 * The node on a simulated board, against a server that breaks the protocol. CONFORMANCE.md of the example
 * names these tests.
 */
#include "sim.h"

#define ECHO_TOPIC 0, 12, 'n', 'o', 'd', 'e', '/', 'e', 'c', 'h', 'o', '/', 'i', 'n'
#define STATS_TOPIC 0, 14, 'n', 'o', 'd', 'e', '/', 's', 't', 'a', 't', 's', '/', 'g', 'e', 't'

/* Until the node has sent that SUBSCRIBE, the first or the second. Its SUBACK does not come, and the server is silent. */
static void start_without_suback(unsigned number)
{
    sim_start();
    server.cut = CUT_THEN_SILENCE;
    server.cut_type = 9;
    server.cut_number = number;
    sim_until(&server.subscribes, number, 1000);
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
    start_without_suback(1);
    server.is_silent = false;
    server_publish(0x32, 1, 100, 1, true);
    sim_until(&server.echoes, 1, 1000);
    server_send(BYTES(0x90, 3, 1, 2, 1));
    sim_until(&server.reports, 1, 1000);
    expect_counts(0, 0, 0, 0);
}

/* 2.3.1-4: the server breaks it, which does no harm. */
static void message_with_an_identifier_in_use_is_echoed(void **state)
{
    (void)state;
    go_online();
    server_publish(0x32, 5, 100, 1, true);
    server_publish(0x32, 5, 100, 2, true);
    sim_until(&server.acks, 2, 1000);
    assert_int_equal(server.echoes, 2);
    expect_counts(0, 0, 0, 0);
}

/* The line is never idle, and a part of the next message has always arrived. */
static void report_is_sent_between_messages(void **state)
{
    (void)state;
    go_online();
    sim.rate = 3000;
    for (unsigned i = 0; i < 60; i++) {
        server_publish(0x30, 0, 57, i, true);
        if (i == 10)
            server_send(BYTES(0x30, 16, STATS_TOPIC));
    }
    sim_until(&server.reports, 2, 2000);
    assert_in_range(server.echoes, 1, 30);
    sim_until(&server.echoes, 60, 5000);
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
    {"a SUBACK for the last SUBSCRIBE", BYTES(0x90, 3, 1, 3, 0)},
    {"a SUBACK for no SUBSCRIBE", BYTES(0x90, 3, 1, 4, 0)},
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
        {"PUBLISH, one byte", BYTES(0x30)},
        {"PUBACK", BYTES(0x40)},
        {"SUBACK", BYTES(0x90)},
        {"PINGRESP", BYTES(0xD0)},
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

/* A right answer that says no ends the connection, too, and is counted on its own. The back-off doubles up to
 * its limit. */
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

/* 2.3.1: a SUBACK has the identifier of its SUBSCRIBE. */
static void suback_with_another_identifier_ends_the_connection(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= 2; number++) {
        start_without_suback(number);
        server_send(BYTES(0x90, 3, 1, 1, 0)); /* identifiers 0x102 and 0x103 are right */
        sim_until(&server.disconnects, 1, SLACK_MS);
        expect_return(NODE_BACK_OFF_MS);
        expect_counts(1, 0, 0, 0);
    }
}

/* 3.8.4: although the server is alive. */
static void suback_that_never_comes_ends_the_connection(void **state)
{
    (void)state;
    for (unsigned number = 1; number <= 2; number++) {
        start_without_suback(number);
        server.is_silent = false; /* it answers each PINGREQ */
        sim_until(&server.disconnects, 1, (NODE_BEFORE_SUBACK_MAX + 2) * (NODE_QUIET_MS + SLACK_MS));
        assert_in_range(server.pings, NODE_BEFORE_SUBACK_MAX - 1, NODE_BEFORE_SUBACK_MAX + 1);
        expect_return(NODE_BACK_OFF_MS);
        expect_counts(0, 0, 1, 0);
    }
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

/* Right packets with some bytes changed, left out or repeated. Whatever becomes of them, the node is there
 * afterwards, and has kept no block. The seeds are the same in each run. */
static void changed_bytes_do_no_harm(void **state)
{
    static const uint8_t packets[] = {0x32,       20, ECHO_TOPIC, 0,   1,    'a', 'b',         'c',  'd',
                                      0x40,       2,  0,          1,   0x30, 16,  STATS_TOPIC, 0x3A, 17,
                                      ECHO_TOPIC, 0,  2,          'e', 0xD0, 0,   0x90,        3,    1,
                                      2,          1,  0x20,       2,   0,    0};
    (void)state;
    for (uint32_t seed = 0; seed < 2000; seed++) {
        uint32_t random = seed * 2654435761u + 1;
        go_online();
        server.is_careless = true;
        for (size_t i = 0; i < sizeof packets; i++) {
            random = random * 1664525 + 1013904223;
            uint8_t byte = random >> 28 == 0 ? (uint8_t)(random >> 16) : packets[i];
            if (random >> 26 != 1)
                server_send(&byte, 1);
            i -= random >> 26 == 2 && i > 4 ? 4 : 0;
        }
        sim_run(DETECT_MS + NODE_SILENCE_MS + 4 * NODE_BACK_OFF_MS);
        server_ask();
        assert_int_equal(server_reported("used"), 0);
        assert_int_equal(server_reported("failures"), 0);
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_every_kind_are_echoed),
        cmocka_unit_test(message_before_the_suback_is_echoed),
        cmocka_unit_test(message_with_an_identifier_in_use_is_echoed),
        cmocka_unit_test(report_is_sent_between_messages),
        cmocka_unit_test(oversize_message_is_skipped_counted_and_acknowledged),
        cmocka_unit_test(pubacks_may_come_in_any_order),
        cmocka_unit_test(puback_that_nothing_waits_for_is_counted),
        cmocka_unit_test(lost_pubacks_use_up_identifiers_until_the_connection_ends),
        cmocka_unit_test(broken_protocol_ends_the_connection),
        cmocka_unit_test(nothing_but_a_connack_is_accepted_first),
        cmocka_unit_test(refused_connections_double_the_back_off),
        cmocka_unit_test(suback_with_another_identifier_ends_the_connection),
        cmocka_unit_test(suback_that_never_comes_ends_the_connection),
        cmocka_unit_test(subscriptions_may_be_refused_or_granted_with_less),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(what_arrives_while_offline_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
