/*
 * MQTT 3.1.1: OASIS Standard, 29 October 2014. Section numbers below are that document's.
 */
#include "mqtt.h"
#include <string.h>

/* ---- Reading --------------------------------------------------------------------------------------------- */

/* 2.2.3: seven bits a byte, the low ones first, the top bit says that more follow; at most four bytes. */
static ta_status read_length(const ta_buffer *in, size_t position, size_t *value, size_t *bytes)
{
    *value = 0;
    for (*bytes = 0; *bytes < 4; (*bytes)++) {
        uint8_t byte;
        if (ta_buffer_at(in, position + *bytes, &byte) != TA_OK)
            return TA_MORE;
        *value |= (size_t)(byte & 0x7F) << (7 * *bytes);
        if (!(byte & 0x80)) {
            (*bytes)++;
            return TA_OK;
        }
    }
    return TA_E_NO_MATCH;
}

/* 2.2.2: the packets that a client which subscribes with QoS 0 and 1 may receive, with their flags. */
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

/* 3.2, 3.4, 3.9, 3.13: what follows their fixed header has one length; a SUBACK here answers one topic. */
static bool has_its_length(const mqtt_header *header)
{
    switch (header->type) {
    case MQTT_PUBLISH:
        return true;
    case MQTT_SUBACK:
        return header->rest == 3;
    case MQTT_PINGRESP:
        return header->rest == 0;
    default:
        return header->rest == 2;
    }
}

ta_status mqtt_read_header(const ta_buffer *in, mqtt_header *header)
{
    uint8_t first;
    size_t bytes;
    if (ta_buffer_peek(in, &first) != TA_OK)
        return TA_MORE;
    header->type = first >> 4;
    header->flags = first & 15;
    if (!is_acceptable(header->type, header->flags))
        return TA_E_NO_MATCH;
    ta_status status = read_length(in, 1, &header->rest, &bytes);
    header->length = 1 + bytes;
    return status == TA_OK && !has_its_length(header) ? TA_E_NO_MATCH : status;
}

uint16_t mqtt_number_at(const ta_buffer *in, size_t position)
{
    uint8_t bytes[2] = {0, 0};
    ta_buffer_copy_out(in, position, bytes, 2);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* 3.3: a topic with its length, a packet identifier with QoS 1 and 2, and the payload. */
ta_status mqtt_read_publish(const ta_buffer *in, const mqtt_header *header, mqtt_publish *publish)
{
    publish->qos = (header->flags >> 1) & 3;
    size_t id_length = publish->qos ? 2 : 0;
    if (header->rest < 2 + id_length)
        return TA_E_NO_MATCH;
    if (ta_buffer_len(in) < header->length + 2)
        return TA_MORE;
    publish->topic = header->length + 2;
    publish->topic_length = mqtt_number_at(in, header->length);
    if (publish->topic_length > header->rest - 2 - id_length)
        return TA_E_NO_MATCH;
    publish->payload = publish->topic + publish->topic_length + id_length;
    publish->payload_length = header->rest - 2 - publish->topic_length - id_length;
    if (ta_buffer_len(in) < publish->payload)
        return TA_MORE;
    publish->id = publish->qos ? mqtt_number_at(in, publish->payload - 2) : 0;
    return publish->qos && publish->id == 0 ? TA_E_NO_MATCH : TA_OK;
}

bool mqtt_topic_is(const ta_buffer *in, const mqtt_publish *publish, const char *topic)
{
    if (strlen(topic) != publish->topic_length)
        return false;
    for (size_t i = 0; i < publish->topic_length; i++) {
        uint8_t byte;
        if (ta_buffer_at(in, publish->topic + i, &byte) != TA_OK || byte != (uint8_t)topic[i])
            return false;
    }
    return true;
}

/* ---- Writing --------------------------------------------------------------------------------------------- */

/* All but a payload is short, so a packet is put together here and appended in one all-or-nothing write. */
typedef struct packet {
    uint8_t bytes[64];
    size_t length;
} packet;

static void put_byte(packet *p, uint8_t byte)
{
    if (p->length < sizeof p->bytes)
        p->bytes[p->length] = byte;
    p->length++;
}

static void put_number(packet *p, uint16_t number)
{
    put_byte(p, (uint8_t)(number >> 8));
    put_byte(p, (uint8_t)number);
}

static void put_text(packet *p, const char *text)
{
    put_number(p, (uint16_t)strlen(text));
    while (*text)
        put_byte(p, (uint8_t)*text++);
}

static void put_header(packet *p, enum mqtt_type type, uint8_t flags, size_t rest)
{
    put_byte(p, (uint8_t)(type << 4 | flags));
    do {
        put_byte(p, (uint8_t)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
        rest >>= 7;
    } while (rest > 0);
}

static ta_status append(ta_buffer *out, const packet *p)
{
    if (p->length > sizeof p->bytes)
        return TA_E_RANGE;
    return ta_buffer_write(out, p->bytes, p->length);
}

ta_status mqtt_write_connect(ta_buffer *out, const char *client, uint16_t keep_alive_seconds)
{
    packet p = {{0}, 0};
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
    packet p = {{0}, 0};
    put_header(&p, MQTT_SUBSCRIBE, 2, 2 + 2 + strlen(topic) + 1);
    put_number(&p, id);
    put_text(&p, topic);
    put_byte(&p, qos);
    return append(out, &p);
}

ta_status mqtt_write_publish(ta_buffer *out, const char *topic, size_t payload_length, uint8_t qos,
                             uint16_t id)
{
    packet p = {{0}, 0};
    put_header(&p, MQTT_PUBLISH, (uint8_t)(qos << 1), 2 + strlen(topic) + (qos ? 2 : 0) + payload_length);
    put_text(&p, topic);
    if (qos)
        put_number(&p, id);
    return append(out, &p);
}

ta_status mqtt_write_puback(ta_buffer *out, uint16_t id)
{
    packet p = {{0}, 0};
    put_header(&p, MQTT_PUBACK, 0, 2);
    put_number(&p, id);
    return append(out, &p);
}

ta_status mqtt_write_bare(ta_buffer *out, enum mqtt_type type)
{
    packet p = {{0}, 0};
    put_header(&p, type, 0, 0);
    return append(out, &p);
}
