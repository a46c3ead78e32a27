/* Sequences that broke the pool once, by name. */
#include "foreign.h"
#include <stdio.h>

static const char *const sequences[] = {
    /* A chunk in the middle is freed by its handle; the chain is written to and cleared. */
    "3x1: b.prepend(1) b.prepend(1) b.prepend(1) free(slot=1) b.push b.clear",
    "4x1: b.prepend(1) b.prepend(1) b.prepend(1) free(slot=1) b.push b.clear",
    "4x1: b.write(3) free(slot=1) b.push b.clear",
    /* A struct is copied, and the copy is appended to the original. */
    "2x1: b.write(2) copy(b,to=c) b.append b.clear",
    "4x1: b.write(2) copy(b,to=c) b.append b.clear",
    "4x2: b.write(3) copy(b,to=c) b.append c.push b.clear",
    /* A chunk is resized: its link leads elsewhere, or in a circle. */
    "3x1: b.write(2) resize(slot=0,1) b.clear",
    "4x2: b.write(3) resize(slot=0,2) b.clear",
    "4x3: b.write(7) resize(slot=1,3) b.clear",
    "3x1: b.write(2) resize(slot=0,1) h.alloc b.clear h.free",
    "4x1: b.prepend(1) b.prepend(1) b.prepend(1) b.prepend(1) resize(slot=2,0) b.clear",
    "4x1: b.prepend(1) b.prepend(1) b.prepend(1) resize(slot=1,0) b.read_all b.clear",
    /* A chunk of the buffer itself is appended to it. */
    "2x1: b.push b.append_block(slot=0) b.clear",
    "4x1: b.write(2) b.append_block(slot=0) b.clear",
    "4x1: b.write(3) b.append_block(slot=1) b.clear",
    "4x1: b.write(3) b.append_block(slot=2) b.read_all b.clear",
    "4x2: b.write(5) b.append_block(slot=2) b.clear",
    /* A chunk is freed and taken again by the same chain, which leads in a circle then. */
    "4x1: b.push b.push b.push free(slot=1) b.push b.push b.read_all",
    "4x1: b.write(3) free(slot=1) b.write(2) b.clear",
    "4x1: q.push q.push q.push free(slot=1) q.push q.push q.read_all",
    "4x1: q.push q.push q.push free(slot=1) q.push q.push q.take q.clear",
    "4x1: q.write(3) free(slot=1) q.write(2) q.read_all q.clear",
    /* The call itself begins a new generation of the chunk that the copy, too, ends with. */
    "1x2: b.push b.push copy(b,to=c) b.append b.truncate(1)",
    "4x1: q.write(3) copy(q,to=r) q.read_all r.read_all r.push q.clear r.clear",
    /* A view of a buffer that an empty one, bound to NULL, is copied over. */
    "1x1: b.push b.view copy(c,to=b)",
};

unsigned named_sequences(void)
{
    unsigned failures = 0;
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (!replay(sequences[i])) {
            fprintf(stderr, "named: %s\n", sequences[i]);
            failures++;
        }
    return failures;
}
