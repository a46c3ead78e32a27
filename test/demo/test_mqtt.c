/*
 * mqtt.c against the standard: every packet at every cut, on blocks of several sizes; what must be refused,
 * at the first byte that is wrong; and the bytes that are written. CONFORMANCE.md of the example names these
 * tests.
 */
#include "../../examples/mqtt_node/mqtt.h"
#include "../unit/support.h"

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static uint8_t memory[EFFORT(4096, 4096, 1536)];
static const size_t block_sizes[] = {1, 2, 3, 5, 8, 64};

/* Call `test` with an empty buffer on blocks of each size. */
static void on_every_block_size(void (*test)(ta_buffer *b))
{
    for (size_t i = 0; i < COUNT_OF(block_sizes); i++) {
        ta_slab slab;
        ta_buffer b;
        assert_int_equal(ta_slab_init(&slab, memory, sizeof memory, block_sizes[i]), TA_OK);
        assert_int_equal(ta_buffer_init(&b, &slab.allocator), TA_OK);
        test(&b);
        ta_buffer_clear(&b);
        assert_int_equal(ta_stats_of(&slab.allocator).used, 0);
    }
}

static ta_status parse(ta_buffer *b, mqtt_packet *packet)
{
    ta_view in = ta_buffer_view(b);
    return mqtt_parse(&in, packet);
}

/* ---- What a server may send ---------------------------------------------------------------------------- */

static const struct right {
    const uint8_t *bytes;
    size_t length;
    uint8_t type, qos, code;
    uint16_t id;
    const char *topic;
    size_t head; /* PUBLISH: from here on it may be handled; the others must be whole */
} right[] = {
    {BYTES(0x20, 2, 0, 0), MQTT_CONNACK, 0, 0, 0, NULL, 4},
    {BYTES(0x20, 2, 0, 5), MQTT_CONNACK, 0, 5, 0, NULL, 4},
    {BYTES(0x20, 0x82, 0, 0, 0), MQTT_CONNACK, 0, 0, 0, NULL,
     5}, /* 2.2.3 allows a length with leading zeros */
    {BYTES(0x30, 6, 0, 1, 't', 'x', 'y', 'z'), MQTT_PUBLISH, 0, 0, 0, "t", 5},
    {BYTES(0x31, 3, 0, 1, 't'), MQTT_PUBLISH, 0, 0, 0, "t", 5},
    {BYTES(0x32, 9, 0, 3, 'a', '/', 'b', 0x12, 0x34, 0, 0xFF), MQTT_PUBLISH, 1, 0, 0x1234, "a/b", 9},
    {BYTES(0x3B, 0x85, 0x80, 0, 0, 1, 't', 0, 1), MQTT_PUBLISH, 1, 0, 1, "t", 9},
    {BYTES(0x40, 2, 0xFF, 0xFF), MQTT_PUBACK, 0, 0, 0xFFFF, NULL, 4},
    {BYTES(0x90, 3, 0, 7, 1), MQTT_SUBACK, 0, 1, 7, NULL, 5},
    {BYTES(0x90, 3, 1, 0, 0x80), MQTT_SUBACK, 0, 0x80, 0x100, NULL, 5},
    {BYTES(0xD0, 0), MQTT_PINGRESP, 0, 0, 0, NULL, 2},
};

static void check_packet(const struct right *r, const mqtt_packet *packet, size_t arrived)
{
    assert_int_equal(packet->type, r->type);
    assert_int_equal(packet->size, r->length);
    assert_int_equal(packet->is_complete, arrived >= r->length);
    assert_int_equal(packet->qos, r->qos);
    assert_int_equal(packet->code, r->code);
    assert_int_equal(packet->id, r->id);
    if (r->topic) {
        assert_int_equal(packet->head, r->head);
        assert_true(mqtt_topic_is(packet, r->topic));
        assert_false(mqtt_topic_is(packet, "other"));
    }
}

static void cut_everywhere(ta_buffer *b)
{
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        const struct right *r = &right[i];
        for (size_t cut = 0; cut <= r->length + 1; cut++) {
            mqtt_packet packet;
            size_t here = cut < r->length ? cut : r->length;
            assert_int_equal(ta_buffer_write(b, r->bytes, here), TA_OK);
            if (cut > r->length) /* the first byte of the next packet */
                assert_int_equal(ta_buffer_push(b, 0), TA_OK);
            assert_int_equal(parse(b, &packet), cut < r->head ? TA_MORE : TA_OK);
            if (cut >= r->head)
                check_packet(r, &packet, cut);
            ta_buffer_clear(b);
        }
    }
}

static void packets_are_parsed_at_every_cut(void **state)
{
    (void)state;
    on_every_block_size(cut_everywhere);
}

/* Lengths whose lower 16 bits are those of a short packet, and the largest one. */
static void parse_long_packets(ta_buffer *b)
{
    static const uint8_t lengths[][4] = {
        {0x85, 0x80, 0x04}, {0x85, 0x80, 0x80, 0x08}, {0xFF, 0xFF, 0xFF, 0x7F}};
    static const uint32_t sizes[] = {0x10000ul + 5 + 4, 0x1000000ul + 5 + 5, MQTT_REST_MAX + 5};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        mqtt_packet packet;
        size_t length_bytes = i == 0 ? 3 : 4;
        ta_buffer_push(b, 0x30);
        ta_buffer_write(b, lengths[i], length_bytes);
        assert_int_equal(ta_buffer_write(b, "\0\1txy", 5), TA_OK);
        assert_int_equal(parse(b, &packet), TA_OK);
        assert_int_equal(packet.size, sizes[i]);
        assert_int_equal(packet.head, 1 + length_bytes + 3);
        assert_false(packet.is_complete);
        ta_buffer_clear(b);
    }
}

static void packets_may_be_longer_than_memory(void **state)
{
    (void)state;
    on_every_block_size(parse_long_packets);
}

/* ---- What no server may send: each ends with the byte that shows it -------------------------------------- */

static const struct wrong {
    const uint8_t *bytes;
    size_t length;
} wrong[] = {
    /* types that are reserved, or that only a client sends, or that need QoS 2 or UNSUBSCRIBE */
    {BYTES(0x00)},
    {BYTES(0x10)},
    {BYTES(0x50)},
    {BYTES(0x62)},
    {BYTES(0x70)},
    {BYTES(0x82)},
    {BYTES(0xA2)},
    {BYTES(0xB0)},
    {BYTES(0xC0)},
    {BYTES(0xE0)},
    {BYTES(0xF0)},
    /* flags: reserved bits, QoS 2 and 3, DUP with QoS 0 */
    {BYTES(0x21)},
    {BYTES(0x42)},
    {BYTES(0x92)},
    {BYTES(0xD8)},
    {BYTES(0x34)},
    {BYTES(0x36)},
    {BYTES(0x38)},
    {BYTES(0x3E)},
    /* lengths: of five bytes; not that of the type; too short for a topic or an identifier */
    {BYTES(0x30, 0x80, 0x80, 0x80, 0x80)},
    {BYTES(0x20, 1)},
    {BYTES(0x20, 3)},
    {BYTES(0x20, 0)},
    {BYTES(0x40, 1)},
    {BYTES(0x40, 3)},
    {BYTES(0x90, 2)},
    {BYTES(0x90, 4)},
    {BYTES(0xD0, 1)},
    {BYTES(0x20, 0x82, 1)},
    {BYTES(0x30, 0)},
    {BYTES(0x30, 1)},
    {BYTES(0x32, 3)},
    /* CONNACK: reserved flags, a session although it is clean, reserved codes */
    {BYTES(0x20, 2, 2)},
    {BYTES(0x20, 2, 0x80)},
    {BYTES(0x20, 2, 1)},
    {BYTES(0x20, 2, 0, 6)},
    {BYTES(0x20, 2, 0, 255)},
    /* SUBACK: reserved codes; identifier 0 everywhere */
    {BYTES(0x90, 3, 0, 1, 3)},
    {BYTES(0x90, 3, 0, 1, 0x7F)},
    {BYTES(0x90, 3, 0, 1, 0x81)},
    {BYTES(0x90, 3, 0, 0)},
    {BYTES(0x40, 2, 0, 0)},
    {BYTES(0x32, 6, 0, 1, 't', 0, 0)},
    /* topics: longer than the packet, longer than any that was subscribed to, empty */
    {BYTES(0x30, 4, 0, 3)},
    {BYTES(0x32, 6, 0, 3)},
    {BYTES(0x30, 0xFF, 0x7F, 0, MQTT_TOPIC_MAX + 1)},
    {BYTES(0x30, 2, 0, 0)},
};

static void refuse_at_the_first_wrong_byte(ta_buffer *b)
{
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        for (size_t cut = 0; cut <= wrong[i].length; cut++) {
            mqtt_packet packet;
            assert_int_equal(ta_buffer_write(b, wrong[i].bytes, cut), TA_OK);
            if (parse(b, &packet) != (cut < wrong[i].length ? TA_MORE : TA_E_NO_MATCH))
                fail_msg("packet %zu of the table, cut at %zu", i, cut);
            ta_buffer_clear(b);
        }
}

static void wrong_packets_are_refused_with_the_byte_that_shows_it(void **state)
{
    (void)state;
    on_every_block_size(refuse_at_the_first_wrong_byte);
}

static void ten_first_bytes_are_accepted_and_no_other(void **state)
{
    static const uint8_t accepted[] = {0x20, 0x30, 0x31, 0x32, 0x33, 0x3A, 0x3B, 0x40, 0x90, 0xD0};
    ta_slab slab;
    ta_buffer b;
    (void)state;
    ta_slab_init(&slab, memory, sizeof memory, 8);
    ta_buffer_init(&b, &slab.allocator);
    for (unsigned first = 0; first < 256; first++) {
        mqtt_packet packet;
        bool is_accepted = memchr(accepted, (int)first, sizeof accepted) != NULL;
        ta_buffer_push(&b, (uint8_t)first);
        assert_int_equal(parse(&b, &packet), is_accepted ? TA_MORE : TA_E_NO_MATCH);
        ta_buffer_clear(&b);
    }
}

/* ---- Topics -------------------------------------------------------------------------------------------- */

static const char *const good_topics[] = {
    "/",
    "a",
    "\x01",
    "\x7F",
    "\xC2\x80",
    "\xDF\xBF",
    "\xE0\xA0\x80",
    "\xED\x9F\xBF",
    "\xEE\x80\x80",
    "\xEF\xBB\xBF/a", /* U+FEFF is a character like others */
    "\xEF\xBF\xBF",
    "\xF0\x90\x80\x80",
    "\xF4\x8F\xBF\xBF",
    "$SYS/x",
    "a b//",
};

static const struct wrong bad_topics[] = {
    {BYTES('a', 0)},                 /* U+0000 */
    {BYTES('+')},                    /* wildcards */
    {BYTES('a', '/', '#')},          /* */
    {BYTES(0x80)},                   /* a sequence without a beginning, */
    {BYTES(0xC2)},                   /* without an end, */
    {BYTES(0xE1, 0x80)},             /* */
    {BYTES(0xF1, 0x80, 0x80)},       /* */
    {BYTES(0xC2, 'a')},              /* and broken off */
    {BYTES(0xE1, 0x80, 'a')},        /* */
    {BYTES(0xC0, 0x80)},             /* overlong forms */
    {BYTES(0xC1, 0xBF)},             /* */
    {BYTES(0xE0, 0x9F, 0xBF)},       /* */
    {BYTES(0xF0, 0x8F, 0xBF, 0xBF)}, /* */
    {BYTES(0xED, 0xA0, 0x80)},       /* surrogates */
    {BYTES(0xED, 0xBF, 0xBF)},       /* */
    {BYTES(0xF4, 0x90, 0x80, 0x80)}, /* above 10FFFF */
    {BYTES(0xF5, 0x80, 0x80, 0x80)}, /* */
    {BYTES(0xFF)},                   /* never in UTF-8 */
};

static ta_status parse_topic(ta_buffer *b, const void *topic, size_t length)
{
    mqtt_packet packet;
    const uint8_t head[] = {0x30, (uint8_t)(2 + length + 1), 0, (uint8_t)length};
    ta_buffer_write(b, head, sizeof head);
    ta_buffer_write(b, topic, length);
    ta_buffer_push(b, 'x');
    ta_status status = parse(b, &packet);
    ta_buffer_clear(b);
    return status;
}

static void parse_topics(ta_buffer *b)
{
    for (size_t i = 0; i < COUNT_OF(good_topics); i++)
        if (parse_topic(b, good_topics[i], strlen(good_topics[i])) != TA_OK)
            fail_msg("good topic %zu is refused", i);
    for (size_t i = 0; i < COUNT_OF(bad_topics); i++)
        if (parse_topic(b, bad_topics[i].bytes, bad_topics[i].length) != TA_E_NO_MATCH)
            fail_msg("bad topic %zu is accepted", i);
}

static void topics_are_utf8_without_nul_and_wildcards(void **state)
{
    (void)state;
    on_every_block_size(parse_topics);
}

/* Every sequence of two bytes, and some of three, against the definition. */
static bool is_character(const uint8_t *s, size_t length)
{
    uint32_t code = length == 2 ? s[0] & 0x1Fu : s[0] & 0x0Fu;
    bool is_right = length == 2 ? (s[0] & 0xE0) == 0xC0 : (s[0] & 0xF0) == 0xE0;
    for (size_t i = 1; i < length; i++) {
        is_right = is_right && (s[i] & 0xC0) == 0x80;
        code = code << 6 | (s[i] & 0x3Fu);
    }
    return is_right && code >= (length == 2 ? 0x80u : 0x800u) && (code < 0xD800 || code > 0xDFFF);
}

static bool is_plain(uint8_t byte)
{
    return byte > 0 && byte < 0x80 && byte != '+' && byte != '#';
}

static void utf8_is_decided_as_its_definition_says(void **state)
{
    static const uint8_t leads[] = {0xE0, 0xE1, 0xED, 0xEF};
    ta_slab slab;
    ta_buffer b;
    (void)state;
    ta_slab_init(&slab, memory, sizeof memory, 3);
    ta_buffer_init(&b, &slab.allocator);
    for (uint32_t both = 0; both < 0x10000; both += EFFORT(1, 1, 61)) {
        const uint8_t two[] = {(uint8_t)(both >> 8), (uint8_t)both};
        bool is_right = (is_plain(two[0]) && is_plain(two[1])) || is_character(two, 2);
        assert_int_equal(parse_topic(&b, two, 2), is_right ? TA_OK : TA_E_NO_MATCH);
        if (both < 0x4000) {
            const uint8_t three[] = {leads[both >> 12], (uint8_t)(0x70 + (both >> 6 & 0x3F) * 2),
                                     (uint8_t)(0x60 + (both & 0x3F) * 2)};
            assert_int_equal(parse_topic(&b, three, 3), is_character(three, 3) ? TA_OK : TA_E_NO_MATCH);
        }
    }
}

/* ---- What is written ----------------------------------------------------------------------------------- */

static void expect_written(ta_buffer *b, ta_status status, const void *bytes, size_t length)
{
    ta_view v = ta_buffer_view(b);
    assert_int_equal(status, TA_OK);
    assert_int_equal(ta_view_equals(&v, bytes, length), TA_OK);
    ta_buffer_clear(b);
}

static void write_all(ta_buffer *b)
{
    static const uint8_t connect[] = {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 1, 0x2C, 0, 2, 'm', 'e'};
    expect_written(b, mqtt_write_connect(b, "me", 300), connect, sizeof connect);
    expect_written(b, mqtt_write_subscribe(b, 0x102, "a/b", 1), BYTES(0x82, 8, 1, 2, 0, 3, 'a', '/', 'b', 1));
    expect_written(b, mqtt_write_publish(b, "t", 2, 0, 9), BYTES(0x30, 5, 0, 1, 't'));
    expect_written(b, mqtt_write_publish(b, "t", 123, 1, 9), BYTES(0x32, 0x80, 1, 0, 1, 't', 0, 9));
    expect_written(b, mqtt_write_publish(b, "t", 0x0FFFFFFFul - 3, 0, 0),
                   BYTES(0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 't'));
    expect_written(b, mqtt_write_puback(b, 0xABCD), BYTES(0x40, 2, 0xAB, 0xCD));
    expect_written(b, mqtt_write_bare(b, MQTT_PINGREQ), BYTES(0xC0, 0));
    expect_written(b, mqtt_write_bare(b, MQTT_DISCONNECT), BYTES(0xE0, 0));
}

static void packets_are_written_as_the_standard_says(void **state)
{
    (void)state;
    on_every_block_size(write_all);
}

static void write_wrong_ones(ta_buffer *b)
{
    char longest[MQTT_TOPIC_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[MQTT_TOPIC_MAX + 1] = 0;
    assert_int_equal(mqtt_write_publish(b, longest, 0, 0, 0), TA_E_RANGE);
    assert_int_equal(mqtt_write_subscribe(b, 1, longest, 0), TA_E_RANGE);
    assert_int_equal(mqtt_write_connect(b, longest, 0), TA_E_RANGE);
    assert_int_equal(mqtt_write_publish(b, "t", 0x0FFFFFFFul - 2, 0, 0), TA_E_RANGE);
    assert_int_equal(mqtt_write_publish(b, "t", 0x0FFFFFFFul - 4, 1, 1), TA_E_RANGE);
    assert_int_equal(mqtt_write_publish(b, "t", UINT32_MAX, 0, 0), TA_E_RANGE);
    assert_int_equal(mqtt_write_publish(b, "", 0, 0, 0), TA_E_INVALID);
    assert_int_equal(mqtt_write_publish(b, "a/+", 0, 0, 0), TA_E_INVALID);
    assert_int_equal(mqtt_write_publish(b, "\xED\xA0\x80", 0, 0, 0), TA_E_INVALID);
    assert_int_equal(mqtt_write_publish(b, "t", 0, 2, 1), TA_E_INVALID);
    assert_int_equal(mqtt_write_publish(b, "t", 0, 1, 0), TA_E_INVALID);
    assert_int_equal(mqtt_write_subscribe(b, 0, "t", 0), TA_E_INVALID);
    assert_int_equal(mqtt_write_subscribe(b, 1, "", 0), TA_E_INVALID);
    assert_int_equal(mqtt_write_subscribe(b, 1, "t", 2), TA_E_INVALID);
    assert_int_equal(mqtt_write_puback(b, 0), TA_E_INVALID);
    assert_true(ta_buffer_is_empty(b));
    longest[MQTT_TOPIC_MAX] = 0;
    assert_int_equal(mqtt_write_publish(b, longest, 0, 1, 1), TA_OK);
    assert_int_equal(mqtt_write_subscribe(b, 1, longest, 1), TA_OK);
    assert_int_equal(mqtt_write_connect(b, longest, 0), TA_OK);
}

static void what_mqtt_cannot_express_is_not_written(void **state)
{
    (void)state;
    on_every_block_size(write_wrong_ones);
}

/* With too little room for a packet, nothing of it is written. */
static void packets_are_written_whole_or_not_at_all(void **state)
{
    (void)state;
    for (size_t limit = 0; limit <= 16; limit++) {
        ta_slab slab;
        ta_buffer b;
        ta_slab_init(&slab, memory, sizeof memory, 4);
        ta_buffer_init(&b, &slab.allocator);
        ta_buffer_set_limit(&b, 100);
        assert_int_equal(ta_buffer_write(&b, memory, 100 - limit), TA_OK);
        bool fits = limit == 16; /* the size of this CONNECT */
        assert_int_equal(mqtt_write_connect(&b, "me", 300), fits ? TA_OK : TA_E_FULL);
        assert_int_equal(ta_buffer_len(&b), fits ? 100 : 100 - limit);
        ta_buffer_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_parsed_at_every_cut),
        cmocka_unit_test(packets_may_be_longer_than_memory),
        cmocka_unit_test(wrong_packets_are_refused_with_the_byte_that_shows_it),
        cmocka_unit_test(ten_first_bytes_are_accepted_and_no_other),
        cmocka_unit_test(topics_are_utf8_without_nul_and_wildcards),
        cmocka_unit_test(utf8_is_decided_as_its_definition_says),
        cmocka_unit_test(packets_are_written_as_the_standard_says),
        cmocka_unit_test(what_mqtt_cannot_express_is_not_written),
        cmocka_unit_test(packets_are_written_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
