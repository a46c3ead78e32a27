/*
 * MQTT 3.1.1: OASIS Standard, 29 October 2014. Section numbers below are that document's.
 */
#include "mqtt.h"
#include <string.h>

/* ---- Topics -------------------------------------------------------------------------------------------- */

/* The UTF-8 bytes that must follow: how many, and the range of the next one. */
typedef struct utf8 {
    uint8_t more, low, high;
} utf8;

static bool begin_sequence(utf8 *u, uint8_t more, uint8_t low, uint8_t high)
{
    u->more = more;
    u->low = low;
    u->high = high;
    return true;
}

/* RFC 3629, section 4: without overlong forms, surrogates, and numbers above 10FFFF. */
static bool is_utf8_lead(utf8 *u, uint8_t byte)
{
    if (byte < 0xC2 || byte > 0xF4)
        return false;
    if (byte < 0xE0)
        return begin_sequence(u, 1, 0x80, 0xBF);
    if (byte < 0xF0)
        return begin_sequence(u, 2, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF);
    return begin_sequence(u, 3, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF);
}

/* A predicate that is true for the first byte that a topic name must not have in this place. */
static bool is_wrong_in_topic(uint8_t byte, void *context)
{
    utf8 *u = context;
    if (u->more == 0 && byte < 0x80)
        return byte == 0 || byte == '+' || byte == '#';
    if (u->more == 0)
        return !is_utf8_lead(u, byte);
    bool is_wrong = byte < u->low || byte > u->high;
    begin_sequence(u, (uint8_t)(u->more - 1), 0x80, 0xBF);
    return is_wrong;
}

/* 1.5.3, 4.7.1, 4.7.3: at least one character, no U+0000, no wildcard. */
static bool is_topic_name(const ta_view *topic)
{
    utf8 u = {0, 0, 0};
    size_t at;
    return !ta_view_is_empty(topic) && ta_view_find_if(topic, is_wrong_in_topic, &u, &at) == TA_E_NO_MATCH &&
           u.more == 0;
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

/* 2.2.2: the packets that such a client may receive, with their flags. A granted QoS is at most 1, and so is
 * that of a PUBLISH. 3.3.1.1: DUP needs QoS 1. */
static bool is_acceptable(uint8_t type, uint8_t flags)
{
    switch (type) {
    case MQTT_PUBLISH:
        return (flags & 4) == 0 && ((flags & 8) == 0 || (flags & 2) != 0);
    case MQTT_CONNACK:
    case MQTT_PUBACK:
    case MQTT_SUBACK:
    case MQTT_PINGRESP:
        return flags == 0;
    default:
        return false;
    }
}

/* 3.2.1, 3.4.1, 3.9.1, 3.13.1: the answers have a fixed length. */
static bool is_right_length(uint8_t type, uint32_t rest)
{
    switch (type) {
    case MQTT_CONNACK:
    case MQTT_PUBACK:
        return rest == 2;
    case MQTT_SUBACK:
        return rest == 3;
    case MQTT_PINGRESP:
        return rest == 0;
    default:
        return true;
    }
}

static ta_status parse_id(ta_view *body, uint16_t *id)
{
    ta_status status = ta_parse_u16be(body, id);
    return status == TA_OK && *id == 0 ? TA_E_NO_MATCH : status; /* 2.3.1 */
}

/* 3.3: a topic with its length, and a packet identifier with QoS 1. The payload may not have arrived: only
 * the length in the fixed header says where the packet ends. */
static ta_status parse_publish(ta_view *body, uint32_t rest, mqtt_packet *packet)
{
    size_t before = ta_view_len(body), most = MQTT_TOPIC_MAX;
    uint32_t fixed = packet->qos ? 4 : 2;
    if (rest < fixed)
        return TA_E_NO_MATCH;
    if (most > rest - fixed)
        most = (size_t)(rest - fixed);
    ta_status status = ta_parse_prefixed(body, 2, most, &packet->topic);
    if (status == TA_E_OVERFLOW || (status == TA_OK && !is_topic_name(&packet->topic)))
        return TA_E_NO_MATCH;
    if (status == TA_OK && packet->qos)
        status = parse_id(body, &packet->id);
    packet->head = packet->size - rest + (uint32_t)(before - ta_view_len(body));
    return status;
}

/* 3.2.2: with a clean session no session is present; the other flags and codes above 5 are reserved. */
static ta_status parse_connack(ta_view *body, mqtt_packet *packet)
{
    ta_status status = ta_parse_byte(body, 0);
    if (status == TA_OK)
        status = ta_parse_u8(body, &packet->code);
    return status == TA_OK && packet->code > 5 ? TA_E_NO_MATCH : status;
}

/* 3.9.3: a QoS or a failure. */
static ta_status parse_suback(ta_view *body, mqtt_packet *packet)
{
    ta_status status = parse_id(body, &packet->id);
    if (status == TA_OK)
        status = ta_parse_u8(body, &packet->code);
    if (status == TA_OK && packet->code > 2 && packet->code != MQTT_SUBACK_FAILURE)
        return TA_E_NO_MATCH;
    return status;
}

static ta_status parse_body(ta_view *body, uint32_t rest, mqtt_packet *packet)
{
    switch (packet->type) {
    case MQTT_PUBLISH:
        return parse_publish(body, rest, packet);
    case MQTT_CONNACK:
        return parse_connack(body, packet);
    case MQTT_SUBACK:
        return parse_suback(body, packet);
    case MQTT_PUBACK:
        return parse_id(body, &packet->id);
    default:
        return TA_OK;
    }
}

ta_status mqtt_parse(const ta_view *in, mqtt_packet *packet)
{
    ta_view at = *in, body;
    uint8_t first;
    uint32_t rest;
    ta_status status = ta_parse_u8(&at, &first);
    if (status == TA_OK && !is_acceptable(first >> 4, first & 15))
        return TA_E_NO_MATCH;
    if (status == TA_OK)
        status = ta_parse_varint(&at, 4, &rest);
    if (status == TA_OK && !is_right_length(first >> 4, rest))
        return TA_E_NO_MATCH;
    if (status != TA_OK)
        return status;
    memset(packet, 0, sizeof *packet);
    packet->type = first >> 4;
    packet->qos = packet->type == MQTT_PUBLISH ? (first >> 1) & 3 : 0;
    packet->size = (uint32_t)(ta_view_len(in) - ta_view_len(&at)) + rest;
    packet->is_complete = rest <= ta_view_len(&at);
    body = at;
    if (packet->is_complete)
        ta_view_take(&at, (size_t)rest, &body);
    return parse_body(&body, rest, packet);
}

bool mqtt_topic_is(const mqtt_packet *packet, const char *topic)
{
    return ta_view_equals(&packet->topic, topic, strlen(topic)) == TA_OK;
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

/* All but a payload is short, so a packet is put together here and appended in one all-or-nothing write. */
typedef struct draft {
    uint8_t bytes[5 + 2 + MQTT_TOPIC_MAX + 12];
    size_t length;
} draft;

static void put_byte(draft *p, uint8_t byte)
{
    if (p->length < sizeof p->bytes)
        p->bytes[p->length++] = byte;
}

static void put_number(draft *p, uint16_t number)
{
    put_byte(p, (uint8_t)(number >> 8));
    put_byte(p, (uint8_t)number);
}

static void put_text(draft *p, const char *text)
{
    put_number(p, (uint16_t)strlen(text));
    while (*text)
        put_byte(p, (uint8_t)*text++);
}

static void put_header(draft *p, enum mqtt_type type, uint8_t flags, uint32_t rest)
{
    put_byte(p, (uint8_t)(type << 4 | flags));
    do {
        put_byte(p, (uint8_t)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
        rest >>= 7;
    } while (rest > 0);
}

static ta_status append(ta_buffer *out, const draft *p)
{
    return ta_buffer_write(out, p->bytes, p->length);
}

/* A client identifier obeys the rules of a topic name here, too: the standard demands most of them. */
static ta_status check_text(const char *text)
{
    size_t length = strlen(text);
    ta_view view = ta_view_of(text, length);
    if (length > MQTT_TOPIC_MAX)
        return TA_E_RANGE;
    return is_topic_name(&view) ? TA_OK : TA_E_INVALID;
}

ta_status mqtt_write_connect(ta_buffer *out, const char *client, uint16_t keep_alive_seconds)
{
    draft p = {{0}, 0};
    ta_status status = check_text(client);
    if (status != TA_OK)
        return status;
    put_header(&p, MQTT_CONNECT, 0, 10 + 2 + (uint32_t)strlen(client));
    put_text(&p, "MQTT");
    put_byte(&p, 4); /* protocol level: 3.1.1 */
    put_byte(&p, 2); /* clean session */
    put_number(&p, keep_alive_seconds);
    put_text(&p, client);
    return append(out, &p);
}

ta_status mqtt_write_subscribe(ta_buffer *out, uint16_t id, const char *topic, uint8_t qos)
{
    draft p = {{0}, 0};
    ta_status status = qos > 1 || id == 0 ? TA_E_INVALID : check_text(topic);
    if (status != TA_OK)
        return status;
    put_header(&p, MQTT_SUBSCRIBE, 2, 2 + 2 + (uint32_t)strlen(topic) + 1);
    put_number(&p, id);
    put_text(&p, topic);
    put_byte(&p, qos);
    return append(out, &p);
}

ta_status mqtt_write_publish(ta_buffer *out, const char *topic, uint32_t payload_length, uint8_t qos,
                             uint16_t id)
{
    draft p = {{0}, 0};
    ta_status status = qos > 1 || (qos > 0 && id == 0) ? TA_E_INVALID : check_text(topic);
    if (status != TA_OK)
        return status;
    uint32_t head = 2 + (uint32_t)strlen(topic) + (qos ? 2 : 0);
    if (payload_length > MQTT_REST_MAX - head)
        return TA_E_RANGE;
    put_header(&p, MQTT_PUBLISH, (uint8_t)(qos << 1), head + payload_length);
    put_text(&p, topic);
    if (qos)
        put_number(&p, id);
    return append(out, &p);
}

ta_status mqtt_write_puback(ta_buffer *out, uint16_t id)
{
    draft p = {{0}, 0};
    if (id == 0)
        return TA_E_INVALID;
    put_header(&p, MQTT_PUBACK, 0, 2);
    put_number(&p, id);
    return append(out, &p);
}

ta_status mqtt_write_bare(ta_buffer *out, enum mqtt_type type)
{
    draft p = {{0}, 0};
    put_header(&p, type, 0, 0);
    return append(out, &p);
}
