/* NMEA sentences arrive in pieces, are cut into lines, and parsed: see image.h. */
#include "../nmea_ring.h"
#include "../nmea_views.h"
#include "image.h"

#define LONGEST_PIECE 64

static enum { ARRAYS_OF_QUEUE, VIEWS_OF_QUEUE, VIEWS_OF_BUFFER, RING, LINEAR } kind;
static ta_queue received;
static ta_buffer buffer;
static ta_lines lines;
static ring plain_ring;
static size_t searched;
static tally found;
#define array ((nmea_array *)(void *)arena)

unsigned nmea_make(unsigned which)
{
    kind = which;
    plain_ring = (ring){arena, 255, 0, 0}; /* ring and array have the arena to themselves */
    searched = 0;
    if (kind == LINEAR)
        array->length = 0;
    found = (tally){0};
    ta_buffer_init(&buffer, current_pool);
    lines = kind == VIEWS_OF_BUFFER ? (ta_lines)TA_LINES_OF_BUFFER(&buffer, LONGEST)
                                    : (ta_lines)TA_LINES_OF_QUEUE(&received, LONGEST);
    return ta_queue_init(&received, current_pool, 0) != TA_OK;
}

/* ---- A piece arrives, and what is complete is handled: this is what counts. The caller sees false when something failed */

static bool feed_arrays(const char *piece, size_t n)
{
    char line[LONGEST];
    size_t length;
    if (ta_queue_write(&received, piece, n) != TA_OK)
        return false;
    while (ta_lines_read(&lines, line, sizeof line, &length) == TA_OK)
        count_sentence(line, length, &found);
    return true;
}

static bool feed_views(const char *piece, size_t n)
{
    ta_view line;
    ta_status status =
        kind == VIEWS_OF_BUFFER ? ta_buffer_write(&buffer, piece, n) : ta_queue_write(&received, piece, n);
    if (status != TA_OK)
        return false;
    while (ta_lines_next(&lines, &line) == TA_OK)
        count_sentence_of_view(line, &found);
    return true;
}

__attribute__((noinline, noclone)) bool nmea_feed(const char *piece, size_t n)
{
    switch (kind) {
    case ARRAYS_OF_QUEUE:
        return feed_arrays(piece, n);
    case RING:
        return nmea_feed_ring(&plain_ring, &searched, piece, n, &found);
    case LINEAR:
        return nmea_feed_array(array, piece, n, &found);
    default:
        return feed_views(piece, n);
    }
}

/* ---- The work ---------------------------------------------------------------------------------------------------- */

unsigned nmea_work(unsigned sentences)
{
    char text[LONGEST_PIECE + LONGEST];
    uint32_t seed = 1, pieces = 1;
    size_t length = 0;
    unsigned wrong = 0, made = 0;
    while (made < sentences || length > 0) {
        size_t n = 1 + nmea_below(&pieces, LONGEST_PIECE);
        while (length < n && made < sentences)
            length += nmea_sentence(text + length, made++, &seed);
        if (n > length)
            n = length;
        wrong += !nmea_feed(text, n);
        memmove(text, text + n, length - n);
        length -= n;
    }
    return wrong + (found.fixes + found.others + found.damaged != sentences) +
           (found.damaged != (sentences + DAMAGED_EACH / 2 - 1) / DAMAGED_EACH);
}

/* The same for every kind. */
unsigned nmea_sum(void)
{
    return (unsigned)((found.sum ^ found.sum >> 16) & 0xFFFF);
}
