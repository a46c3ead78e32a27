/*
 * The report: one JSON object. Its last member is a map of the arena.
 */
#include "report.h"
#include "board.h"
#include "node.h"
#include <string.h>

static bool put_text(ta_buffer *b, const char *text)
{
    return ta_buffer_write(b, text, strlen(text)) == TA_OK;
}

static bool put_number(ta_buffer *b, const char *name, uint32_t number)
{
    char digits[10];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    return put_text(b, name) && ta_buffer_write(b, digits + at, sizeof digits - at) == TA_OK;
}

/* One character a block: '#' live, '.' free. */
static void take_map(const ta_allocator *arena, char *map)
{
    for (size_t slot = 0; slot < NODE_BLOCK_COUNT; slot++)
        map[slot] = ta_handle_eq(ta_slab_handle_at(arena, slot), TA_NONE) ? '.' : '#';
}

static bool put_arena(ta_buffer *b, const ta_stats *stats)
{
    return put_number(b, "{\"used\":", (uint32_t)stats->used) &&
           put_number(b, ",\"peak\":", (uint32_t)stats->peak) &&
           put_number(b, ",\"capacity\":", (uint32_t)stats->capacity) &&
           put_number(b, ",\"failures\":", (uint32_t)stats->failures);
}

static bool put_traffic(ta_buffer *b, const counters *counts, size_t dropped)
{
    return put_number(b, ",\"drops\":", (uint32_t)dropped) && put_number(b, ",\"stalls\":", counts->stalls) &&
           put_number(b, ",\"bytes_in\":", counts->bytes_in) &&
           put_number(b, ",\"bytes_out\":", counts->bytes_out) &&
           put_number(b, ",\"messages\":", counts->messages) &&
           put_number(b, ",\"oversize\":", counts->oversize) &&
           put_number(b, ",\"strays\":", counts->strays) &&
           put_number(b, ",\"downgraded\":", counts->downgraded);
}

static bool put_connections(ta_buffer *b, const counters *counts)
{
    return put_number(b, ",\"reconnects\":", counts->reconnects) &&
           put_number(b, ",\"malformed\":", counts->malformed) &&
           put_number(b, ",\"refusals\":", counts->refusals) &&
           put_number(b, ",\"silences\":", counts->silences) &&
           put_number(b, ",\"hang_ups\":", counts->hang_ups);
}

bool report_write(ta_buffer *report, const ta_allocator *arena, const counters *counts, size_t dropped)
{
    char map[NODE_BLOCK_COUNT];
    take_map(arena, map);
    ta_stats stats = ta_stats_of(arena);
    return put_arena(report, &stats) && put_traffic(report, counts, dropped) &&
           put_connections(report, counts) && put_number(report, ",\"stack_peak\":", board_stack_peak()) &&
           put_number(report, ",\"uptime_ms\":", board_now()) && put_text(report, ",\"map\":\"") &&
           ta_buffer_write(report, map, sizeof map) == TA_OK && put_text(report, "\"}");
}
