/* Walks: how views and parsers read. */
#ifndef TINYALLOC_WALK_H
#define TINYALLOC_WALK_H

#include <tinyalloc/view.h>

/*
 * A place in a view, which was found live when the walk began.
 *
 *     [....abcd]-->[efghijkl]-->[mno.....]
 *                   |  |     |
 *               start  at    end             reach: 12
 *
 * A chunk is entered when a byte of it is wanted, not before.
 */
typedef struct walk {
    int status;           /* TA_OK; TA_E_EMPTY where the view ended; or what is wrong with it */
    const uint8_t *at;    /* the next byte, */
    const uint8_t *end;   /* up to which bytes follow without a gap, */
    const uint8_t *start; /* of the block they lie in */
    size_t reach;         /* position of `end` in the view */
    ta_handle chunk;      /* this one */
    ta_handle previous;   /* the chunk before it */
    const ta_view *view;
} walk;

/* A walk from the start of a view: refuse a bad or a stale one. What is refused has no bytes. */
ta_status ta_view_begin_(walk *w, const ta_view *v);
/* The next byte; when there is none the status, which says why and is below 0. */
int ta_view_look_(walk *w);
/* Pass n bytes, and copy them to `out` unless that is NULL; says how many are missing. */
size_t ta_view_pass_(walk *w, uint8_t *out, size_t n);
/* Pass everything before these n bytes. False, and at the end, when they do not come. */
bool ta_view_seek_(walk *w, const uint8_t *data, size_t n);
/* Cut a view where the walk is. Either part may be NULL, or the view itself. */
ta_status ta_view_cut_(walk *w, ta_view *front, ta_view *rest);

/* Bytes passed. */
static inline size_t view_passed(const walk *w)
{
    return w->reach - (size_t)(w->end - w->at);
}

#endif
