/*
 * What the nouns ask of their backend. internal.h includes this: as inline functions, or, in a build for size, as
 * declarations. chain.c includes it again and defines them as functions, in every build: one source of the
 * library may be compiled for size and another not.
 */

/* clang-format off */
BACKEND_FUNCTION ta_handle BACKEND_NAME(take)(const ta_allocator *a) BACKEND_BODY(BACKEND(a, take, a))
BACKEND_FUNCTION ta_handle BACKEND_NAME(next)(const ta_allocator *a, ta_handle h)
    BACKEND_BODY(BACKEND(a, next, a, h))
BACKEND_FUNCTION bool BACKEND_NAME(set_next)(const ta_allocator *a, ta_handle h, ta_handle next)
    BACKEND_BODY(BACKEND(a, set_next, a, h, next))
BACKEND_FUNCTION ta_handle BACKEND_NAME(free_next)(const ta_allocator *a, ta_handle h)
    BACKEND_BODY(BACKEND(a, free_next, a, h))
BACKEND_FUNCTION ta_handle BACKEND_NAME(renew)(const ta_allocator *a, ta_handle h)
    BACKEND_BODY(BACKEND(a, renew, a, h))
    /* clang-format on */
