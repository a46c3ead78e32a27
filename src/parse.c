/* Parsers for bytes, runs of bytes and combinations: see parse.h. Those for numbers are in parse_number.c. */
#include "parse_end.h"
#include <tinyalloc/parse.h>

#if TA_WITH_PARSE

/* ---- Failing ------------------------------------------------------------------------------------------- */

ta_status ta_parse_fail_(ta_view *in, const view_place *start, size_t wanted, ta_status status)
{
    size_t passed = place_length(start) - place_length(&in->here);
    in->here = *start;
    in->stopped = passed;
    in->missing = status == TA_MORE && wanted > passed ? wanted - passed : 0;
    return status;
}

ta_status ta_parse_stop_(ta_view *in, const view_place *start, size_t wanted)
{
    ta_status why = why_stopped(in);
    return ta_parse_fail_(in, start, wanted, why == TA_E_EMPTY ? TA_E_NO_MATCH : why);
}

ta_status ta_parse_end_run_(ta_view *in, const view_place *start, size_t wanted)
{
    bool is_match = ends_here(in) && place_length(start) - place_length(&in->here) >= wanted;
    return is_match ? TA_OK : ta_parse_stop_(in, start, wanted);
}

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */

static bool is_same_letter(unsigned a, unsigned b)
{
    return ((a ^ b) & ~0x20u) == 0 && (a | 0x20) - 'a' < 26;
}

static ta_status parse_tag(ta_view *in, const uint8_t *tag, size_t n, bool ignores_case)
{
    view_place start;
    ta_status status = tag || n == 0 ? begin(in, &start) : invalid();
    if (status != TA_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        if (view_span(in) == 0 ||
            (*in->here.at != tag[i] && !(ignores_case && is_same_letter(*in->here.at, tag[i]))))
            return ta_parse_stop_(in, &start, n);
        view_advance(in, 1);
    }
    return TA_OK;
}

/* The short path is worth 141 of 4,004 instructions for a line of 70 bytes on a Cortex-M3. */
ta_status ta_parse_byte(ta_view *in, uint8_t byte)
{
    if (view_status(in) != TA_OK || in->here.left == 0 || *in->here.at != byte)
        return parse_tag(in, &byte, 1, false);
    view_advance(in, 1);
    return TA_OK;
}

ta_status ta_parse_tag(ta_view *in, const void *tag, size_t n)
{
    return parse_tag(in, tag, n, false);
}

ta_status ta_parse_tag_no_case(ta_view *in, const void *tag, size_t n)
{
    return parse_tag(in, tag, n, true);
}

static ta_status parse_member(ta_view *in, const uint8_t *set, size_t n, uint8_t *result, bool is_wanted)
{
    view_place start;
    ta_status status = set || n == 0 ? begin(in, &start) : invalid();
    if (status != TA_OK)
        return status;
    bool is_member = false;
    if (view_span(in) > 0) {
        uint8_t byte = *in->here.at;
        while (n > 0 && !is_member)
            is_member = set[--n] == byte;
        if (is_member == is_wanted) {
            view_advance(in, 1);
            if (result)
                *result = byte;
            return TA_OK;
        }
    }
    return ta_parse_stop_(in, &start, 1);
}

ta_status ta_parse_one_of(ta_view *in, const void *set, size_t n, uint8_t *byte)
{
    return parse_member(in, set, n, byte, true);
}

ta_status ta_parse_none_of(ta_view *in, const void *set, size_t n, uint8_t *byte)
{
    return parse_member(in, set, n, byte, false);
}

/* ---- Runs of bytes ------------------------------------------------------------------------------------- */

/* Begin a parser whose result is a view. */
static inline ta_status begin_view(const ta_view *in, const ta_view *taken, view_place *start)
{
    return in != taken ? begin(in, start) : invalid();
}

ta_status ta_parse_take(ta_view *in, size_t n, ta_view *taken)
{
    view_place start;
    ta_status status = begin_view(in, taken, &start);
    if (status != TA_OK)
        return status;
    if (ta_view_pass_(in, NULL, n) > 0)
        return ta_parse_stop_(in, &start, n);
    return ta_view_cut_(in, &start, taken);
}

ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken)
{
    view_place start;
    ta_status status = is_match && m <= n ? begin_view(in, taken, &start) : invalid();
    if (status != TA_OK)
        return status;
    for (; n > 0; n--) {
        if (view_span(in) == 0 || !is_match(*in->here.at, context)) {
            status = ta_parse_end_run_(in, &start, m);
            if (status != TA_OK)
                return status;
            break;
        }
        view_advance(in, 1);
    }
    return ta_view_cut_(in, &start, taken);
}

ta_status ta_parse_take_while(ta_view *in, ta_byte_predicate is_match, void *context, ta_view *taken)
{
    return ta_parse_take_while_m_n(in, 0, SIZE_MAX, is_match, context, taken);
}

ta_status ta_parse_take_until_seq(ta_view *in, const void *sequence, size_t n, ta_view *taken)
{
    view_place start;
    ta_status status = sequence || n == 0 ? begin_view(in, taken, &start) : invalid();
    if (status != TA_OK)
        return status;
    if (n > 0 && !ta_view_seek_(in, sequence, n))
        return ta_parse_stop_(in, &start, place_length(&start) + 1);
    return ta_view_cut_(in, &start, taken);
}

ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken)
{
    return ta_parse_take_until_seq(in, &byte, 1, taken);
}

ta_status ta_parse_line(ta_view *in, ta_view *line)
{
    ta_view found;
    ta_status status = in != line ? ta_parse_take_until(in, '\n', &found) : invalid();
    if (status == TA_E_NO_MATCH && place_length(&in->here) > 0)
        return ta_parse_rest(in, line); /* the last line needs no end */
    if (status != TA_OK)
        return status;
    view_advance(in, 1);
    const view_place start = found.here;
    if (place_length(&start) > 0) {
        ta_view_pass_(&found, NULL, place_length(&start) - 1);
        if (view_span(&found) > 0 && *found.here.at != '\r')
            view_advance(&found, 1);
    }
    return ta_view_cut_(&found, &start, line);
}

ta_status ta_parse_rest(ta_view *in, ta_view *rest)
{
    return ta_parse_take(in, ta_view_len(in), rest);
}

/* ---- The end ------------------------------------------------------------------------------------------- */

ta_status ta_parse_end(ta_view *in)
{
    view_place start;
    ta_status status = begin(in, &start);
    if (status != TA_OK)
        return status;
    view_span(in);
    status = why_stopped(in);
    return status == TA_E_EMPTY ? TA_OK : ta_parse_fail_(in, &start, 0, status);
}

/* ---- Combinations -------------------------------------------------------------------------------------- */

ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken)
{
    view_place start;
    uint8_t read[4];
    uint32_t length = 0;
    size_t wanted = length_bytes;
    ta_status status = length_bytes - 1 < 4 ? begin_view(in, taken, &start) : invalid();
    if (status != TA_OK)
        return status;
    if (ta_view_pass_(in, read, length_bytes) == 0) {
        for (size_t i = 0; i < length_bytes; i++)
            length = length << 8 | read[i];
        if (length > max)
            return ta_parse_fail_(in, &start, 0, TA_E_OVERFLOW);
        const view_place first = in->here;
        if (ta_view_pass_(in, NULL, (size_t)length) == 0)
            return ta_view_cut_(in, &first, taken);
        wanted += smaller((size_t)length, SIZE_MAX - wanted); /* no wrap */
    }
    return ta_parse_stop_(in, &start, wanted);
}

/* What a part says counts from its own start; `passed` bytes are before it. If the next byte may end the whole, or decide
 * for another alternative, no more bytes than that are known to be missing. */
static void relate(ta_view *in, const ta_view *part, size_t passed, bool may_end)
{
    in->stopped = passed + part->stopped;
    in->missing = may_end ? smaller(part->missing, 1) : part->missing;
}

/* Items, with a separator between them or without; then an item that takes nothing ends the list. */
static ta_status parse_list(ta_view *in, ta_parser item, void *context, size_t *count, int separator)
{
    if (!in || !item)
        return invalid();
    ta_view at = *in;
    view_place end = at.here; /* after the last item */
    size_t items = 0;
    bool may_end = separator < 0;
    ta_status status;
    while ((status = item(&at, context)) == TA_OK) {
        if (separator < 0 && place_length(&at.here) == place_length(&end))
            break;
        end = at.here;
        items++;
        may_end = true;
        if (separator >= 0 && (status = ta_parse_byte(&at, (uint8_t)separator)) != TA_OK)
            break;
    }
    if (status != TA_OK)
        relate(in, &at, place_length(&in->here) - place_length(&at.here), may_end);
    if (status != TA_OK && !(may_end && status == TA_E_NO_MATCH))
        return status;
    in->here = end;
    if (count)
        *count = items;
    return TA_OK;
}

ta_status ta_parse_many(ta_view *in, ta_parser item, void *context, size_t *count)
{
    return parse_list(in, item, context, count, -1);
}

ta_status ta_parse_separated(ta_view *in, uint8_t separator, ta_parser item, void *context, size_t *count)
{
    return parse_list(in, item, context, count, separator);
}

ta_status ta_parse_alt(ta_view *in, const ta_parser *parsers, size_t n, void *context, size_t *which)
{
    if (!parsers && n)
        return invalid();
    ta_status status = view_status(in);
    if (status != TA_OK)
        return status;
    status = TA_E_NO_MATCH;
    in->stopped = in->missing = 0;
    for (size_t i = 0; i < n && status == TA_E_NO_MATCH; i++) {
        ta_view at = *in;
        status = parsers[i](&at, context);
        relate(in, &at, 0, i + 1 < n);
        if (status == TA_OK) {
            in->here = at.here;
            if (which)
                *which = i;
        }
    }
    return status;
}

#endif /* TA_WITH_PARSE */
