/**
 * @file mqtt.h
 * @brief MQTT 3.1.1 packets, written to and read from buffers; nothing is ever made linear.
 *
 * Writers append a whole packet or nothing, and return ta_buffer_write()'s status. The parser looks at a view whose first
 * byte is a packet's first byte, wherever its bytes lie: TA_OK, TA_MORE (more bytes decide), TA_E_NO_MATCH (no MQTT packet).
 */
#ifndef MQTT_H
#define MQTT_H

#include <tinyalloc/tinyalloc.h>

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

/** A packet that a client which subscribes with QoS 0 and 1 may receive. Sizes in bytes. */
typedef struct mqtt_packet {
    uint8_t type;
    size_t size;      /**< of the whole packet, arrived or not, */
    size_t head;      /**< and of all before a PUBLISH's payload */
    bool is_complete; /**< all of it has arrived; else it is a PUBLISH, and all but the payload has */
    uint8_t qos;      /**< PUBLISH: 0 or 1 */
    ta_view topic;    /**< PUBLISH */
    uint16_t number;  /**< the packet identifier; CONNACK: flags and return code */
    uint8_t granted;  /**< SUBACK: the QoS, or above 2: refused */
} mqtt_packet;

/** The first packet of a view. */
ta_status mqtt_parse(const ta_view *in, mqtt_packet *packet);

/** Is this the PUBLISH's topic? */
bool mqtt_topic_is(const mqtt_packet *packet, const char *topic);

/** CONNECT with a clean session. */
ta_status mqtt_write_connect(ta_buffer *out, const char *client, uint16_t keep_alive_seconds);

/** SUBSCRIBE to one topic. */
ta_status mqtt_write_subscribe(ta_buffer *out, uint16_t id, const char *topic, uint8_t qos);

/** All of a PUBLISH but its payload, which the caller sends next. */
ta_status mqtt_write_publish(ta_buffer *out, const char *topic, size_t payload_length, uint8_t qos,
                             uint16_t id);

/** PUBACK. */
ta_status mqtt_write_puback(ta_buffer *out, uint16_t id);

/** PINGREQ or DISCONNECT: a packet of nothing but its type. */
ta_status mqtt_write_bare(ta_buffer *out, enum mqtt_type type);

#endif
