/**
 * @file mqtt.h
 * @brief MQTT 3.1.1 packets, written to and read from buffers. Nothing is copied to linear memory.
 *
 * CONFORMANCE.md lists the statements of the standard, and what this client does about each.
 *
 * Sizes are uint32_t: MQTT allows 256 MB, and size_t may have 16 bits.
 */
#ifndef MQTT_H
#define MQTT_H

#include <tinyalloc/tinyalloc.h>

#define MQTT_REST_MAX 268435455u /* the largest remaining length that MQTT can express */
#define MQTT_TOPIC_MAX 64        /* bytes of the longest topic that is read or written */
#define MQTT_SUBACK_FAILURE 0x80

enum mqtt_type {
    MQTT_CONNECT = 1,
    MQTT_CONNACK = 2,
    MQTT_PUBLISH = 3,
    MQTT_PUBACK = 4,
    MQTT_SUBSCRIBE = 8,
    MQTT_SUBACK = 9,
    MQTT_PINGREQ = 12,
    MQTT_PINGRESP = 13,
    MQTT_DISCONNECT = 14
};

/** A packet for a client with a clean session that subscribes to one topic at a time, with QoS 0 or 1. */
typedef struct mqtt_packet {
    uint8_t type;
    uint32_t size;    /**< Bytes of the whole packet, whether it has arrived or not. */
    uint32_t head;    /**< PUBLISH: bytes before the payload. */
    bool is_complete; /**< The whole packet has arrived; otherwise a PUBLISH without all of its payload. */
    uint8_t qos;      /**< PUBLISH: 0 or 1. */
    ta_view topic;    /**< PUBLISH: a valid topic name. */
    uint16_t id;      /**< PUBLISH with QoS 1, PUBACK, SUBACK: the packet identifier. */
    uint8_t code;     /**< CONNACK: 0 or why not, up to 5. SUBACK: the granted QoS, or MQTT_SUBACK_FAILURE. */
} mqtt_packet;

/**
 * @brief Parse the first packet of a view. It is refused as soon as its first bytes, its topic or its last byte show that it is
 * wrong.
 * @param in          The view. It stays as it is.
 * @param[out] packet The packet.
 * @retval TA_OK         There is a packet, or all of a PUBLISH but its payload.
 * @retval TA_MORE       More bytes are needed.
 * @retval TA_E_NO_MATCH No server may send this to such a client.
 */
ta_status mqtt_parse(const ta_view *in, mqtt_packet *packet);

/** Is this the PUBLISH's topic? */
bool mqtt_topic_is(const mqtt_packet *packet, const char *topic);

/*
 * The writers append a whole packet or nothing. They return ta_buffer_write()'s status, or
 * - TA_E_INVALID: a topic is empty, has a wildcard or is not UTF-8; the QoS is above 1; the identifier is 0;
 * - TA_E_RANGE: the packet is longer than MQTT can express, or a text is longer than MQTT_TOPIC_MAX.
 */

/** CONNECT with a clean session. */
ta_status mqtt_write_connect(ta_buffer *out, const char *client, uint16_t keep_alive_seconds);

/** SUBSCRIBE to one topic. */
ta_status mqtt_write_subscribe(ta_buffer *out, uint16_t id, const char *topic, uint8_t qos);

/** All of a PUBLISH but its payload, which the caller sends next. With QoS 0 the identifier is not used. */
ta_status mqtt_write_publish(ta_buffer *out, const char *topic, uint32_t payload_length, uint8_t qos,
                             uint16_t id);

/** PUBACK. */
ta_status mqtt_write_puback(ta_buffer *out, uint16_t id);

/** PINGREQ or DISCONNECT: a packet of nothing but its type. */
ta_status mqtt_write_bare(ta_buffer *out, enum mqtt_type type);

#endif
