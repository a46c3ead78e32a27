/*
 * What runs on the target: each function does one kind of work through the public interface, checks what came of it,
 * and returns how much was wrong. The programs measure*.c call them by name and count what the library's functions cost
 * inside. image.c has blocks, image_bytes.c queues, buffers and the plain ring, image_recent.c
 * queues that keep the newest, image_line.c README.md's line reader.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <tinyalloc/tinyalloc.h>

extern uint8_t arena[ARENA_SIZE];
extern const ta_allocator *current_pool; /* the one that pool_make() made last */

#endif
