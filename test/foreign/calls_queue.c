/* The calls of a queue q, and of r, to which its struct may have been copied. */
#include "foreign.h"
#include <string.h>

#define THIS (&now.queue[c->object])
#define TARGET (&now.buffer[c->object])

/* ---- The writer's -------------------------------------------------------------------------------------------- */

static ta_status push(const call *c)
{
    return ta_queue_push(THIS, '1');
}

static ta_status write(const call *c)
{
    return ta_queue_write(THIS, some_bytes, c->n);
}

static ta_status write_some(const call *c)
{
    size_t done;
    return ta_queue_write_some(THIS, some_bytes, c->n, &done);
}

static ta_status reserve(const call *c)
{
    ta_span span;
    ta_status status = ta_queue_reserve(THIS, c->n, &span);
    if (status == TA_OK)
        memset(span.data, '7', span.length);
    return status;
}

static ta_status commit(const call *c)
{
    return ta_queue_commit(THIS, c->n);
}

static ta_status cancel(const call *c)
{
    return ta_queue_cancel(THIS);
}

static ta_status set_limit(const call *c)
{
    return ta_queue_set_limit(THIS, c->n);
}

/* ---- The reader's -------------------------------------------------------------------------------------------- */

static ta_status pop(const call *c)
{
    return ta_queue_pop(THIS, read_bytes);
}

static ta_status read(const call *c)
{
    return ta_queue_read(THIS, read_bytes, c->n);
}

static ta_status read_all(const call *c)
{
    return ta_queue_read(THIS, read_bytes, at_most_all(ta_queue_len(THIS)));
}

static ta_status read_some(const call *c)
{
    size_t done;
    return ta_queue_read_some(THIS, read_bytes, c->n, &done);
}

static ta_status consume(const call *c)
{
    return ta_queue_consume(THIS, c->n);
}

static ta_status consume_all(const call *c)
{
    return ta_queue_consume(THIS, ta_queue_len(THIS));
}

static ta_status front(const call *c)
{
    ta_span span;
    ta_status status = ta_queue_front(THIS, &span);
    if (status == TA_OK)
        memcpy(read_bytes, span.data, at_most_all(span.length));
    return status;
}

static ta_status take(const call *c)
{
    return ta_queue_take(THIS, TARGET);
}

static ta_status drain_into(const call *c)
{
    return ta_queue_drain_into(TARGET, THIS, c->n);
}

static ta_status trim(const call *c)
{
    return ta_queue_trim(THIS);
}

static ta_status clear(const call *c)
{
    return ta_queue_clear(THIS);
}

static ta_status keep_view(const call *c)
{
    now.view = ta_queue_view(THIS);
    return TA_OK;
}

/* ---- The list ------------------------------------------------------------------------------------------------ */

enum { NO_NUMBER = 100 };

static const struct {
    const char *name;
    ta_status (*run)(const call *c);
    size_t blocks;
    size_t bytes; /* n is blocks x the block size + bytes; NO_NUMBER: the call has no n */
    uint8_t groups;
    uint8_t groups_of_r; /* 0: r does not make this call */
} list[] = {
    {"push", push, 0, NO_NUMBER, ON_ALL | ON_QUEUES, ON_ALL | ON_QUEUES},
    {"write", write, 1, 1, ON_ALL | ON_QUEUES, ON_ALL},
    {"write", write, 2, 1, ON_ALL | ON_QUEUES, 0},
    {"write_some", write_some, 3, 1, ON_ALL, 0},
    {"reserve", reserve, 1, 0, ON_ALL | ON_QUEUES, ON_ALL},
    {"commit", commit, 1, 0, ON_ALL | ON_QUEUES, ON_ALL},
    {"commit", commit, 0, 1, ON_ALL, 0},
    {"commit", commit, 0, 0, ON_ALL | ON_QUEUES, 0},
    {"cancel", cancel, 0, NO_NUMBER, ON_ALL, ON_ALL},
    {"set_limit", set_limit, 0, 2, ON_ALL, 0},
    {"pop", pop, 0, NO_NUMBER, ON_ALL | ON_QUEUES, ON_ALL | ON_QUEUES},
    {"read", read, 1, 1, ON_ALL, 0},
    {"read_all", read_all, 0, NO_NUMBER, ON_ALL | ON_QUEUES, ON_ALL | ON_QUEUES},
    {"read_some", read_some, 1, 1, ON_ALL, 0},
    {"consume", consume, 1, 0, ON_ALL | ON_QUEUES, 0},
    {"consume_all", consume_all, 0, NO_NUMBER, ON_ALL, 0},
    {"front", front, 0, NO_NUMBER, ON_ALL | ON_QUEUES, ON_ALL},
    {"take", take, 0, NO_NUMBER, ON_ALL | ON_QUEUES, ON_ALL | ON_QUEUES},
    {"drain_into", drain_into, 0, 1, ON_ALL | ON_QUEUES, 0},
    {"drain_into", drain_into, 1, 1, ON_ALL, 0},
    {"trim", trim, 0, NO_NUMBER, ON_ALL | ON_QUEUES, ON_ALL},
    {"clear", clear, 0, NO_NUMBER, ON_ALL | ON_QUEUES, ON_ALL | ON_QUEUES},
    {"view", keep_view, 0, NO_NUMBER, ON_ALL, 0},
};

static void add_of_queue(alphabet *to, uint8_t queue)
{
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const uint8_t groups = queue == 0 ? list[i].groups : list[i].groups_of_r;
        const call c = {"",    list[i].run, list[i].blocks * the_pool.size + list[i].bytes,
                        queue, groups,      false};
        if (groups == 0)
            continue;
        if (list[i].bytes == NO_NUMBER)
            alphabet_add(to, &c, "%c.%s", "qr"[queue], list[i].name);
        else
            alphabet_add(to, &c, "%c.%s(%zu)", "qr"[queue], list[i].name, c.n);
    }
}

void calls_of_queues(alphabet *to)
{
    add_of_queue(to, 0);
    add_of_queue(to, 1);
}
