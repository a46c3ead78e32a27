/*
 * Every kind of error once, and what it leaves behind.
 *
 * Take away: a call that does not return TA_OK has changed nothing, so the caller may try again, try less or
 * give up. Scarcity, limits and staleness are daily life: handle them. TA_E_INVALID is a bug in the program:
 * find it (with TA_FAULT). Input from outside is wrong sooner or later: the parsers say where.
 */
#include <stdio.h>
#include <tinyalloc/tinyalloc.h>

TA_SLAB_DEFINE(pool, 8, 4);
TA_QUEUE_DEFINE(queue, pool, 4);
static ta_buffer b = TA_BUFFER_INIT(pool);

static void show(const char *what, ta_status status)
{
    printf("  %-38s %s\n", what, ta_status_name(status));
}

static void show_scarcity_and_limits(void)
{
    static const uint8_t data[33] = {0};
    printf("scarcity\n");
    show("write 33 bytes into 4 blocks of 8", ta_buffer_write(&b, data, 33));
    show("write 32", ta_buffer_write(&b, data, 32));
    ta_handle h = ta_alloc(pool, 8);
    printf("  %-38s %s\n", "alloc", ta_handle_eq(h, TA_NONE) ? "TA_NONE" : "a block");
    printf("  %-38s %zu\n", "refusals, as the pool counts them", ta_stats_of(pool).failures);
    show("consume 24", ta_buffer_consume(&b, 24));

    printf("limits\n");
    show("set_max_len 10", ta_buffer_set_limit(&b, 10));
    show("write 3 to the 8 held", ta_buffer_write(&b, data, 3));
    show("queue of 4: write 5", ta_queue_write(&queue, data, 5));
    printf("  %-38s %zu bytes\n", "dropped, as the queue counts them", ta_queue_dropped(&queue));
}

static void show_staleness(void)
{
    uint8_t byte;
    ta_handle h = ta_alloc(pool, 8);
    printf("staleness\n");
    printf("  %-38s %s\n", "free", ta_free(pool, h) ? "true" : "false");
    printf("  %-38s %s\n", "free again", ta_free(pool, h) ? "true" : "false");
    printf("  %-38s %s\n", "get", ta_get(pool, h) ? "a pointer" : "NULL");
    show("resize", ta_resize(pool, h, 4));
    ta_clear(pool); /* somebody ends every lifetime, those of the buffer's blocks too */
    show("pop, after ta_clear of the pool", ta_buffer_pop(&b, &byte));
    show("clear the buffer", ta_buffer_clear(&b));
    show("pop", ta_buffer_pop(&b, &byte));
    show("consume 1", ta_buffer_consume(&b, 1));
}

static void show_bugs(void)
{
    ta_span span;
    printf("the caller's bugs\n");
    show("write from NULL", ta_buffer_write(&b, NULL, 1));
    show("commit without a reservation", ta_buffer_commit(&b, 1));
    show("reserve 5", ta_buffer_reserve(&b, 5, &span));
    show("commit 6 of them", ta_buffer_commit(&b, 6));
    show("cancel", ta_buffer_cancel(&b));
    show("drain a buffer into itself", ta_buffer_append(&b, &b));
    ta_handle h = ta_alloc(pool, 9);
    printf("  %-38s %s\n", "alloc 9 bytes of 8", ta_handle_eq(h, TA_NONE) ? "TA_NONE" : "a block");
}

/* The same input twice: it may still grow, or it is all there is. */
static void show_input(const char *text, size_t length)
{
    uint32_t number = 0;
    if (ta_buffer_write(&b, text, length) != TA_OK)
        return;
    ta_view open = ta_buffer_view(&b), all = ta_view_final(open);
    printf("  %-14s", text);
    ta_status status = ta_parse_decimal(&open, &number);
    printf("%s at %zu; ", ta_status_name(status), open.stopped);
    status = ta_parse_decimal(&all, &number);
    printf("as all there is: %s, %u\n", ta_status_name(status), (unsigned)number);
    show("clear", ta_buffer_clear(&b));
}

int main(void)
{
    show_scarcity_and_limits();
    show_staleness();
    show_bugs();
    printf("input\n");
    show_input("123", 3);
    show_input("x", 1);
    show_input("4294967296", 10);
    return ta_slab_check(pool);
}
