/*
 * The list of calls: each operation with each object and each argument.
 *
 * Arguments: "" none; "n" 0 to one more than the pool can store; "s" 0 to the size of a block; "+" 1 to that size; "f" that
 * size; "i" slots; "p" the positions 0 to 2; "l" no limit and the limit; "k" 0 and, with headroom, 1; "h" 0 to the headroom.
 */
#include "search.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned who;
call calls[CALLS_MAX];
unsigned calls_count;

static unsigned list_of(const char *range, uint8_t *list)
{
    unsigned first = 0, last = 0, count = 0;
    switch (*range) {
    case 'n':
        last = with.blocks * with.size + 1u;
        break;
    case '+':
    case 'f':
    case 's':
        first = *range == '+' ? 1 : *range == 'f' ? with.size : 0;
        last = with.size;
        break;
    case 'i':
        last = with.blocks - 1u;
        break;
    case 'p':
        last = 2;
        break;
    case 'k':
        last = with.headroom > 0;
        break;
    case 'h':
        first = with.headroom == 0; /* none */
        last = with.headroom;
        break;
    case 'l':
        if (!with.limit)
            return 0;
        list[count++] = (uint8_t)with.limit;
    }
    for (unsigned i = first; i <= last; i++)
        list[count++] = (uint8_t)i;
    return count;
}

static const char names[] = "bcqh"; /* of objects; h: the block of whoever makes the call */

static unsigned object_of(char name)
{
    return (unsigned)(strchr(names, name) - names);
}

static void add_all(const operation *o)
{
    uint8_t n[BYTES_MAX + 2], p[BYTES_MAX];
    for (; o->name; o++)
        for (const char *object = o->objects; *object && (with.rare || !(o->kind & RARE)); object++) {
            unsigned n_count = list_of(o->n, n), p_count = list_of(o->p, p);
            for (unsigned i = 0; i < n_count; i++)
                for (unsigned j = 0; j < p_count && calls_count < CALLS_MAX; j++) {
                    const call c = {o, (uint8_t)object_of(*object), n[i], p[j]};
                    calls[calls_count++] = c;
                }
        }
}

void calls_make(bool with_foreign)
{
    calls_count = 0;
    add_all(changes);
    add_all(looks);
    if (with_foreign)
        add_all(foreign);
}

void calls_print(const call *c)
{
    const char *name = c->operation->name;
    fprintf(stderr, " %c.%s(%d,%d)", names[c->o], name, c->n, c->p);
}

/* A call as it is printed: the object, a full stop, the name, and arguments if there are any. */
void calls_read(const char *at)
{
    char object, name[32];
    unsigned n = 0, p = 0;
    const operation *const lists[] = {changes, looks, foreign};
    call c = {NULL, 0, 0, 0};
    if (sscanf(at, "%c.%31[a-z_](%u,%u", &object, name, &n, &p) >= 2)
        for (unsigned i = 0; i < 3; i++)
            for (const operation *o = lists[i]; o->name; o++)
                if (strcmp(o->name, name) == 0 && strchr(o->objects, object))
                    c = (call){o, (uint8_t)object_of(object), (uint8_t)n, (uint8_t)p};
    if (!c.operation || calls_count == CALLS_MAX) {
        fprintf(stderr, "there is no call %s\n", at);
        exit(2);
    }
    calls[calls_count++] = c;
}

/* May this side make this call, when q's writer is `writer`? b is the main flow's, c the interrupt's, of which only the
 * number of blocks matters. */
bool calls_are_of(const call *c, unsigned side, unsigned writer)
{
    unsigned kind = c->operation->kind;
    if (c->o == OBJECTS)
        return true;
    if (c->o == C)
        return side == INTERRUPT && (kind & SIMPLE);
    if (c->o == B)
        return side == MAIN && !(kind & BETWEEN) && (!with.simple || (kind & SIMPLE));
    if (kind & OWNS) /* trim is for the side that is interrupted, clear for neither */
        return side == MAIN && (kind & TRIMS);
    return kind & WRITES ? side == writer : side != writer;
}
