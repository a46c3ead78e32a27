/*
 * What the nouns ask of their backend. internal.h includes this: as inline functions, or, in a build for size, as
 * declarations of functions that allocator.c defines by including it again.
 */

BACKEND_FUNCTION ta_handle backend_take(const ta_allocator *a) BACKEND_BODY(BACKEND(a, take, a))
BACKEND_FUNCTION ta_handle backend_next(const ta_allocator *a, ta_handle h) BACKEND_BODY(BACKEND(a, next, a, h))
BACKEND_FUNCTION bool backend_set_next(const ta_allocator *a, ta_handle h, ta_handle next)
    BACKEND_BODY(BACKEND(a, set_next, a, h, next))
BACKEND_FUNCTION ta_handle backend_free_next(const ta_allocator *a, ta_handle h)
    BACKEND_BODY(BACKEND(a, free_next, a, h))
BACKEND_FUNCTION ta_handle backend_renew(const ta_allocator *a, ta_handle h) BACKEND_BODY(BACKEND(a, renew, a, h))
