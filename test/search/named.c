/* Sequences that broke the pool once. */
#include "search.h"
#include <stddef.h>

static const char *const sequences[] = {
    /* A chunk in the middle is freed by its handle; the chain is written to and cleared. */
    "3x1: b.prepend(1) b.prepend(1) b.prepend(1) h.free_slot(1) b.push b.clear",
    "4x1: b.prepend(1) b.prepend(1) b.prepend(1) h.free_slot(1) b.push b.clear",
    "4x1: b.write(3) h.free_slot(1) b.push b.clear",
    /* A struct is copied, and the copy is appended to the original. */
    "2x1: b.write(2) b.copy c.move_all b.clear",
    "4x1: b.write(2) b.copy c.move_all b.clear",
    "4x2: b.write(3) b.copy c.move_all c.push b.clear",
    /* A chunk is resized: its link leads elsewhere, or in a circle. */
    "3x1: b.write(2) h.resize_slot(0,1) b.clear",
    "4x2: b.write(3) h.resize_slot(0,2) b.clear",
    "4x3: b.write(7) h.resize_slot(1,3) b.clear",
    "3x1: b.write(2) h.resize_slot(0,1) h.alloc b.clear h.free",
    "4x1: b.prepend(1) b.prepend(1) b.prepend(1) b.prepend(1) h.resize_slot(2,0) b.clear",
    "4x1: b.prepend(1) b.prepend(1) b.prepend(1) h.resize_slot(1,0) b.read_some(9) b.clear",
    /* A chunk of the buffer itself is appended to it. */
    "2x1: b.push b.append_slot(0) b.clear",
    "4x1: b.write(2) b.append_slot(0) b.clear",
    "4x1: b.write(3) b.append_slot(1) b.clear",
    "4x1: b.write(3) b.append_slot(2) b.read_some(9) b.clear",
    "4x2: b.write(5) b.append_slot(2) b.clear",
    /* A chunk is freed and taken again by the same chain, which leads in a circle then. */
    "4x1: b.push b.push b.push h.free_slot(1) b.push b.push b.read_some(9)",
    "4x1: b.write(3) h.free_slot(1) b.write(2) b.clear",
    "4x1: q.push q.push q.push h.free_slot(1) q.push q.push q.read_some(9)",
    "4x1: q.push q.push q.push h.free_slot(1) q.push q.push q.move_all q.clear",
    "4x1: q.write(3) h.free_slot(1) q.write(2) q.read_some(9) q.clear",
    /* The call itself begins a new generation of the chunk that the copy, too, ends with. */
    "1x2: b.push b.push b.copy c.move_all b.truncate(1)",
    "4x1: q.write(3) q.copy q.read_some(9) q.swap q.read_some(9) q.push q.swap q.clear q.swap q.clear",
    /* There is credit in the first chunk, and the last one is freed. */
    "2x3: b.write(5) b.pop h.free_slot(1) b.pop",
    /* The bytes seem to end in a chunk of another owner, and a reservation is open. */
    "3x2: b.write(3) c.push b.reserve(1) h.resize_slot(0,1)",
    /* A view of a buffer that an empty one, bound to NULL, is copied over. */
    "1x1: b.push c.copy",
};

unsigned named_sequences(const char *one)
{
    unsigned count = 0;
    for (; !one && count < sizeof sequences / sizeof *sequences; count++)
        search_sequence(sequences[count]);
    if (one)
        search_sequence(one);
    return one ? 1 : count;
}
