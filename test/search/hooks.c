/*
 * The library is instrumented with -fsanitize=thread, but these are its hooks: an interrupt may come before each access
 * to memory. Copies go byte by byte (hooks.h). It may also come before a critical section. Right after one is
 * the same as before the next access.
 */
#include "search.h"

ta_mask search_enter(void)
{
    search_boundary();
    return masked++;
}

void search_exit(ta_mask mask)
{
    masked = mask;
}

#define HOOK(name)         \
    void name(void *);     \
    void name(void *place) \
    {                      \
        (void)place;       \
        search_boundary(); \
    }
#define HOOKS(size) HOOK(__tsan_read##size) HOOK(__tsan_write##size)
HOOKS(1)
HOOKS(2)
HOOKS(4)
HOOKS(8)
HOOKS(16)

#define RANGE_HOOK(name)                \
    void name(void *, size_t);          \
    void name(void *place, size_t size) \
    {                                   \
        (void)place;                    \
        (void)size;                     \
        search_boundary();              \
    }
RANGE_HOOK(__tsan_read_range)
RANGE_HOOK(__tsan_write_range)

void __tsan_init(void);
void __tsan_init(void) {}

void *search_copy(void *to, const void *from, size_t n);
void *search_copy(void *to, const void *from, size_t n)
{
    uint8_t *d = to;
    const uint8_t *s = from;
    bool is_down = d > s; /* as memmove() */
    for (size_t i = 0; i < n; i++) {
        size_t at = is_down ? n - 1 - i : i;
        search_boundary();
        uint8_t byte = s[at];
        search_boundary();
        d[at] = byte;
    }
    return to;
}
