/*
 * MQTT 3.1.1: OASIS Standard, 29 October 2014. Section numbers below are that document's.
 */
#include "mqtt.h"
#include <string.h>

/* ---- Reading ------------------------------------------------------------------------------------------- */

/* 2.2.2: the packets such a client may receive, with their flags. */
static bool is_acceptable(uint8_t type, uint8_t flags)
{
    switch (type) {
    case MQTT_PUBLISH:
        return (flags & 4) == 0;
    case MQTT_CONNACK:
    case MQTT_PUBACK:
    case MQTT_SUBACK:
    case MQTT_PINGRESP:
        return flags == 0;
    default:
        return false;
    }
}

/* 3.3: a topic with its length, and a packet identifier with QoS 1. The payload may be on its way still; so nothing but the
 * length in the fixed header says where the packet ends. */
static ta_status parse_publish(ta_view *body, size_t rest, mqtt_packet *packet)
{
    size_t before = ta_view_len(body), id_length = packet->qos ? 2 : 0;
    if (rest < 2 + id_length)
        return TA_E_NO_MATCH;
    ta_status status = ta_parse_prefixed(body, 2, rest - 2 - id_length, &packet->topic);
    if (status == TA_OK && packet->qos)
        status = ta_parse_u16be(body, &packet->number);
    if (status == TA_E_OVERFLOW || (status == TA_OK && packet->qos && packet->number == 0))
        return TA_E_NO_MATCH;
    packet->head = packet->size - rest + before - ta_view_len(body);
    return status;
}

/* 3.2, 3.4, 3.9, 3.13: the others are short, and nothing follows what is known. */
static ta_status parse_answer(ta_view *body, mqtt_packet *packet)
{
    ta_status status = TA_OK;
    if (packet->type != MQTT_PINGRESP)
        status = ta_parse_u16be(body, &packet->number);
    if (status == TA_OK && packet->type == MQTT_SUBACK)
        status = ta_parse_u8(body, &packet->granted);
    return status == TA_OK && !ta_view_is_empty(body) ? TA_E_NO_MATCH : status;
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
    if (status != TA_OK)
        return status;
    memset(packet, 0, sizeof *packet);
    packet->type = first >> 4;
    packet->qos = (first >> 1) & 3;
    packet->size = ta_view_len(in) - ta_view_len(&at) + rest;
    packet->is_complete = ta_parse_take(&at, rest, &body) == TA_OK;
    if (!packet->is_complete)
        body = at;
    if (packet->type == MQTT_PUBLISH)
        return parse_publish(&body, rest, packet);
    return packet->is_complete ? parse_answer(&body, packet) : TA_MORE;
}

bool mqtt_topic_is(const mqtt_packet *packet, const char *topic)
{
    return ta_view_equals(&packet->topic, topic, strlen(topic)) == TA_OK;
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

/* All but a payload is short, so a packet is put together here and appended in one all-or-nothing write. */
typedef struct draft {
    uint8_t bytes[64];
    size_t length;
} draft;

static void put_byte(draft *p, uint8_t byte)
{
    if (p->length < sizeof p->bytes)
        p->bytes[p->length] = byte;
    p->length++;
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

static void put_header(draft *p, enum mqtt_type type, uint8_t flags, size_t rest)
{
    put_byte(p, (uint8_t)(type << 4 | flags));
    do {
        put_byte(p, (uint8_t)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
        rest >>= 7;
    } while (rest > 0);
}

static ta_status append(ta_buffer *out, const draft *p)
{
    if (p->length > sizeof p->bytes)
        return TA_E_RANGE;
    return ta_buffer_write(out, p->bytes, p->length);
}

ta_status mqtt_write_connect(ta_buffer *out, const char *client, uint16_t keep_alive_seconds)
{
    draft p = {{0}, 0};
    put_header(&p, MQTT_CONNECT, 0, 10 + 2 + strlen(client));
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
    put_header(&p, MQTT_SUBSCRIBE, 2, 2 + 2 + strlen(topic) + 1);
    put_number(&p, id);
    put_text(&p, topic);
    put_byte(&p, qos);
    return append(out, &p);
}

ta_status mqtt_write_publish(ta_buffer *out, const char *topic, size_t payload_length, uint8_t qos,
                             uint16_t id)
{
    draft p = {{0}, 0};
    put_header(&p, MQTT_PUBLISH, (uint8_t)(qos << 1), 2 + strlen(topic) + (qos ? 2 : 0) + payload_length);
    put_text(&p, topic);
    if (qos)
        put_number(&p, id);
    return append(out, &p);
}

ta_status mqtt_write_puback(ta_buffer *out, uint16_t id)
{
    draft p = {{0}, 0};
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
