/* The calls of buffers and of single blocks. */
#include "foreign.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const uint8_t some_bytes[BYTES_MAX] =
    "12;3\n45,6\n78;90\n12;3\n45,6\n78;90\n12;3\n45,6\n78;90\n12;3\n45,6\n78;90";
uint8_t read_bytes[BYTES_MAX];

#define THIS (&now.buffer[c->object])
#define OTHER (&now.buffer[1 - c->object])

/* ---- Writing ----------------------------------------------------------------------------------------------- */

static ta_status push(const call *c)
{
    return ta_buffer_push(THIS, '1');
}

static ta_status write(const call *c)
{
    return ta_buffer_write(THIS, some_bytes, c->n);
}

static ta_status write_some(const call *c)
{
    size_t done;
    return ta_buffer_write_some(THIS, some_bytes, c->n, &done);
}

static ta_status prepend(const call *c)
{
    return ta_buffer_prepend(THIS, some_bytes, c->n);
}

static ta_status reserve(const call *c)
{
    ta_span span;
    ta_status status = ta_buffer_reserve(THIS, c->n, &span);
    if (status == TA_OK)
        memset(span.data, '7', span.length);
    return status;
}

static ta_status commit(const call *c)
{
    return ta_buffer_commit(THIS, c->n);
}

static ta_status cancel(const call *c)
{
    return ta_buffer_cancel(THIS);
}

static ta_status set_limit(const call *c)
{
    return ta_buffer_set_limit(THIS, c->n);
}

/* ---- Reading and dropping ------------------------------------------------------------------------------------ */

static ta_status pop(const call *c)
{
    return ta_buffer_pop(THIS, read_bytes);
}

static ta_status read(const call *c)
{
    return ta_buffer_read(THIS, read_bytes, c->n);
}

static ta_status read_all(const call *c)
{
    return ta_buffer_read(THIS, read_bytes, at_most_all(ta_buffer_len(THIS)));
}

static ta_status read_some(const call *c)
{
    size_t done;
    return ta_buffer_read_some(THIS, read_bytes, c->n, &done);
}

static ta_status consume(const call *c)
{
    return ta_buffer_consume(THIS, c->n);
}

static ta_status consume_all(const call *c)
{
    return ta_buffer_consume(THIS, ta_buffer_len(THIS));
}

static ta_status consume_until(const call *c)
{
    size_t done;
    return ta_buffer_consume_until(THIS, ';', &done);
}

static ta_status truncate(const call *c)
{
    return ta_buffer_truncate(THIS, c->n);
}

static ta_status truncate_last(const call *c)
{
    size_t length = ta_buffer_len(THIS);
    return length == 0 ? (ta_status)NOT_POSSIBLE : ta_buffer_truncate(THIS, length - 1);
}

static ta_status clear(const call *c)
{
    return ta_buffer_clear(THIS);
}

/* ---- From buffer to buffer ----------------------------------------------------------------------------------- */

static ta_status append(const call *c)
{
    return ta_buffer_append(THIS, OTHER);
}

static ta_status drain_into(const call *c)
{
    return ta_buffer_drain_into(THIS, OTHER, c->n);
}

static ta_status split(const call *c)
{
    return ta_buffer_split(THIS, OTHER, c->n);
}

static ta_status move(const call *c)
{
    return ta_buffer_move(THIS, OTHER);
}

static ta_status copy_range(const call *c)
{
    return ta_buffer_copy_range(THIS, OTHER, 0, ta_buffer_len(OTHER));
}

static ta_status copy_own_range(const call *c)
{
    size_t length = ta_buffer_len(THIS);
    return ta_buffer_copy_range(THIS, THIS, length / 2, length - length / 2);
}

static ta_status keep_view(const call *c)
{
    now.view = ta_buffer_view(THIS);
    return TA_OK;
}

/* ---- Single blocks ------------------------------------------------------------------------------------------- */

static ta_status append_block(const call *c)
{
    return ta_buffer_append_block(THIS, now.single[0], c->n);
}

static ta_status alloc_single(const call *c)
{
    ta_handle *h = &now.single[c->object];
    if (ta_is_live(the_pool.allocator, *h))
        return (ta_status)NOT_POSSIBLE;
    *h = ta_alloc(the_pool.allocator, c->n);
    return ta_is_live(the_pool.allocator, *h) ? TA_OK : TA_E_NO_MEMORY;
}

static ta_status free_single(const call *c)
{
    return ta_free(the_pool.allocator, now.single[c->object]) ? TA_OK : TA_E_STALE;
}

/* ---- The list ------------------------------------------------------------------------------------------------ */

enum { NO_NUMBER = 100 };

static const struct {
    const char *name;
    ta_status (*run)(const call *c);
    size_t blocks;
    size_t bytes; /* n is blocks x the block size + bytes; NO_NUMBER: the call has no n */
    uint8_t groups;
} list[] = {
    {"push", push, 0, NO_NUMBER, ON_ALL | ON_BUFFERS | ON_QUEUES},
    {"write", write, 1, 1, ON_ALL | ON_BUFFERS},
    {"write", write, 2, 1, ON_ALL | ON_BUFFERS},
    {"write_some", write_some, 3, 1, ON_ALL},
    {"prepend", prepend, 0, 1, ON_ALL | ON_BUFFERS},
    {"prepend", prepend, 1, 1, ON_ALL | ON_BUFFERS},
    {"reserve", reserve, 1, 0, ON_ALL | ON_BUFFERS},
    {"commit", commit, 1, 0, ON_ALL | ON_BUFFERS},
    {"commit", commit, 0, 1, ON_ALL},
    {"commit", commit, 0, 0, ON_ALL | ON_BUFFERS},
    {"cancel", cancel, 0, NO_NUMBER, ON_ALL},
    {"set_limit", set_limit, 0, 2, ON_ALL},
    {"pop", pop, 0, NO_NUMBER, ON_ALL | ON_BUFFERS},
    {"read", read, 1, 1, ON_ALL},
    {"read_all", read_all, 0, NO_NUMBER, ON_ALL | ON_BUFFERS | ON_QUEUES},
    {"read_some", read_some, 1, 1, ON_ALL},
    {"consume", consume, 1, 0, ON_ALL | ON_BUFFERS},
    {"consume_all", consume_all, 0, NO_NUMBER, ON_ALL},
    {"consume_until", consume_until, 0, NO_NUMBER, ON_ALL},
    {"truncate", truncate, 0, 0, ON_ALL},
    {"truncate", truncate, 0, 1, ON_ALL | ON_BUFFERS},
    {"truncate_last", truncate_last, 0, NO_NUMBER, ON_ALL | ON_BUFFERS},
    {"clear", clear, 0, NO_NUMBER, ON_ALL | ON_BUFFERS | ON_QUEUES},
    {"append", append, 0, NO_NUMBER, ON_ALL | ON_BUFFERS},
    {"drain_into", drain_into, 0, 1, ON_ALL | ON_BUFFERS},
    {"drain_into", drain_into, 1, 1, ON_ALL | ON_BUFFERS},
    {"split", split, 0, 1, ON_ALL | ON_BUFFERS},
    {"split", split, 1, 1, ON_ALL},
    {"move", move, 0, NO_NUMBER, ON_ALL | ON_BUFFERS},
    {"copy_range", copy_range, 0, NO_NUMBER, ON_ALL | ON_BUFFERS},
    {"copy_own_range", copy_own_range, 0, NO_NUMBER, ON_ALL},
    {"view", keep_view, 0, NO_NUMBER, ON_ALL},
    {"append_block", append_block, 1, 0, ON_ALL | ON_BUFFERS},
    {"append_block", append_block, 0, 1, ON_ALL},
};

static void add_of_buffer(alphabet *to, uint8_t buffer)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const call c = {"",     list[i].run,    list[i].blocks * the_pool.size + list[i].bytes,
                        buffer, list[i].groups, false};
        if (list[i].bytes == NO_NUMBER)
            alphabet_add(to, &c, "%c.%s", 'b' + buffer, list[i].name);
        else
            alphabet_add(to, &c, "%c.%s(%zu)", 'b' + buffer, list[i].name, c.n);
    }
}

void calls_of_buffers(alphabet *to)
{
    for (uint8_t i = 0; i < 2; i++) {
        const uint8_t groups = i == 0 ? ON_ALL | ON_BUFFERS | ON_QUEUES : ON_ALL;
        const call take = {"", alloc_single, the_pool.size, i, groups, false};
        const call give = {"", free_single, 0, i, groups, false};
        add_of_buffer(to, i);
        alphabet_add(to, &take, "%c.alloc", 'h' - i);
        alphabet_add(to, &give, "%c.free", 'h' - i);
    }
}

/* ---- Alphabets ----------------------------------------------------------------------------------------------- */

const call *alphabet_find(const alphabet *in, const char *name, size_t length)
{
    for (size_t i = 0; i < in->count; i++)
        if (strlen(in->calls[i].name) == length && memcmp(in->calls[i].name, name, length) == 0)
            return &in->calls[i];
    return NULL;
}

void alphabet_add(alphabet *to, const call *c, const char *format, ...)
{
    call named = *c;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(named.name, sizeof named.name, format, arguments);
    va_end(arguments);
    if (to->count < CALLS_MAX && !alphabet_find(to, named.name, strlen(named.name)))
        to->calls[to->count++] = named;
}

void alphabet_make(alphabet *to)
{
    to->count = 0;
    calls_of_buffers(to);
    calls_of_queues(to);
    calls_of_foreign_code(to);
}
