/*
 * How parsers begin and fail. A parser advances the view as far as it matches. If that is not far enough, it goes back to
 * where it began and says why.
 */
#ifndef TINYALLOC_PARSE_END_H
#define TINYALLOC_PARSE_END_H

#include "walk.h"

/* Reject no view and a stale one, and remember where it is. */
static inline ta_status begin(const ta_view *in, view_place *start)
{
    ta_status status = view_status(in);
    if (status == TA_OK)
        *start = in->here;
    return status;
}

/* Is what has no fixed length certain to end here? */
static inline bool ends_here(const ta_view *in)
{
    ta_status why = why_stopped(in);
    return why == TA_E_EMPTY || why == TA_E_NO_MATCH;
}

/* Back to the start, with what a caller may want to know: where, and how many of `wanted` bytes are missing. Returns the
 * status. */
ta_status ta_parse_fail_(ta_view *in, const view_place *start, size_t wanted, ta_status status);

/* The same where a byte did not fit, or none was left. */
ta_status ta_parse_stop_(ta_view *in, const view_place *start, size_t wanted);

/* What has no fixed length stopped. That is a match, if `wanted` bytes or more were passed; otherwise it fails. */
ta_status ta_parse_end_run_(ta_view *in, const view_place *start, size_t wanted);

#endif
