/*
 * The MQTT node of examples/, which a server sends any bytes in pieces, or none for some time; and its reader of
 * packets: of a packet's first bytes it says what it says of all, or asks for more, over chunks of any size.
 *
 * An input: pieces, each with a byte before it: its length, or from 224 on that time passes.
 */
#include "../../examples/mqtt_node/node.c"
#include "../../examples/mqtt_node/board.h"
#include "fuzz.h"

enum { PIECE_MAX = 223, LENGTH_MAX = 4096 };
TA_SLAB_DEFINE(narrow, 3, PIECE_MAX / 3 + 2);

/* ---- The board --------------------------------------------------------------------------------------------------- */

static uint32_t now;
static bool is_connected, is_paused;

uint32_t board_now(void)
{
    return now;
}
uint32_t board_stack_peak(void)
{
    return 0;
}
bool board_is_connected(void)
{
    return is_connected;
}
void board_dial(void)
{
    is_connected = true;
}
void board_receive_pause(void)
{
    is_paused = true;
}
void board_receive_resume(void)
{
    is_paused = false;
}
void board_transmit_kick(void) {}
bool board_hang_up(void)
{
    is_connected = false;
    return true;
}

/* ---- The reader of packets --------------------------------------------------------------------------------------- */

static void need_same_packet(const mqtt_packet *early, const mqtt_packet *whole)
{
    int order = 0;
    NEED(early->type == whole->type && early->size == whole->size && early->head == whole->head);
    NEED(early->qos == whole->qos && early->id == whole->id && early->code == whole->code);
    NEED(whole->is_complete || !early->is_complete);
    if (early->type == MQTT_PUBLISH)
        NEED(ta_view_compare(&early->topic, &whole->topic, &order) == TA_OK && order == 0);
}

static void check_reader(const uint8_t *bytes, size_t n)
{
    mqtt_packet early = {0}, whole = {0};
    ta_buffer wide = TA_BUFFER_INIT(arena), chunks = TA_BUFFER_INIT(narrow);
    NEED(ta_buffer_write(&wide, bytes, n) == TA_OK);
    ta_view in = ta_buffer_view(&wide);
    ta_status status = mqtt_parse(&in, &whole), said;
    for (size_t i = 0;; i++) {
        in = ta_buffer_view(&chunks);
        said = mqtt_parse(&in, &early);
        NEED(said == TA_MORE || (said == status && (said == TA_OK || said == TA_E_NO_MATCH)));
        if (said == TA_OK)
            need_same_packet(&early, &whole);
        if (i == n)
            break;
        NEED(ta_buffer_push(&chunks, bytes[i]) == TA_OK);
    }
    NEED(said == status && ta_buffer_clear(&wide) == TA_OK && ta_buffer_clear(&chunks) == TA_OK);
}

/* ---- The node ---------------------------------------------------------------------------------------------------- */

static void poll(void)
{
    uint8_t byte;
    node_poll();
    while (node_transmit_isr(&byte))
        ;
    NEED(ta_slab_check(arena) == 0 && ta_queue_check(&receive_queue) == 0 &&
         ta_queue_check(&transmit_queue) == 0);
    NEED(ta_buffer_check(&inbox) == 0 && ta_buffer_check(&outbox) == 0);
}

static void let_pass(uint32_t ms)
{
    for (uint32_t i = 0; i < ms; i += 250) {
        now += 250;
        poll();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length > LENGTH_MAX)
        return 0;
    check_reader(bytes, length < PIECE_MAX ? length : PIECE_MAX);
    now = 0;
    is_connected = is_paused = false;
    memset(&node, 0, sizeof node);
    memset(&counts, 0, sizeof counts);
    node_start();
    let_pass(250);
    for (size_t i = 0; i < length;) {
        size_t piece = bytes[i++];
        if (piece > PIECE_MAX)
            let_pass((uint32_t)(piece - PIECE_MAX) * 250);
        for (piece = piece > PIECE_MAX ? 0 : piece; piece > 0 && i < length && !is_paused; piece--)
            node_receive_isr(bytes[i++]);
        poll();
    }
    let_pass(NODE_SILENCE_MS + NODE_QUIET_MS +
             NODE_BACK_OFF_MAX_MS); /* whatever came, it begins anew, and loses no block */
    drop_everything();
    NEED(ta_queue_trim(&receive_queue) == TA_OK && ta_queue_trim(&transmit_queue) == TA_OK);
    NEED(ta_stats_of(arena).used == 0);
    return 0;
}
