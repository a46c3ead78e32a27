/**
 * @file mqtt.h
 * @brief MQTT 3.1.1 packets, written to and read from buffers; nothing is ever made linear.
 *
 * Writers append a whole packet or nothing, and return ta_buffer_write()'s status. Readers look into a buffer
 * whose first byte is a packet's first byte and consume nothing: TA_OK, TA_MORE (more bytes decide),
 * TA_E_NO_MATCH (no MQTT packet).
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

/** A packet's fixed header. Lengths in bytes. */
typedef struct mqtt_header {
    uint8_t type;
    uint8_t flags;
    size_t length; /**< of the fixed header */
    size_t rest;   /**< of everything behind it */
} mqtt_header;

/** Where the parts of a PUBLISH lie; positions count from the packet's first byte. */
typedef struct mqtt_publish {
    uint8_t qos;
    uint16_t id; /**< 0 with QoS 0 */
    size_t topic, topic_length;
    size_t payload, payload_length;
} mqtt_publish;

/** The fixed header of the first packet. */
ta_status mqtt_read_header(const ta_buffer *in, mqtt_header *header);

/** The parts of a PUBLISH whose fixed header was read; the payload need not have arrived. */
ta_status mqtt_read_publish(const ta_buffer *in, const mqtt_header *header, mqtt_publish *publish);

/** The two-byte number at a position that has arrived: a packet identifier or a return code. */
uint16_t mqtt_number_at(const ta_buffer *in, size_t position);

/** Is this the PUBLISH's topic? */
bool mqtt_topic_is(const ta_buffer *in, const mqtt_publish *publish, const char *topic);

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
