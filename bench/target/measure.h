/* The measurements: each runs one kind of work of the image and prints what it cost. */
#ifndef MEASURE_H
#define MEASURE_H

/* measure_blocks.c */
void measure_blocks(void);
void measure_growing_blocks(void); /* with the size of pool, block and request */

/* measure_bytes.c; type: "queue", "buffer", "ring" or "masked ring" */
void measure_bytes(const char *type);
void measure_single_calls(const char *type);
void measure_growing_bytes(const char *type); /* with the size of block, request and FIFO */

void measure_recent(void);

/* measure_paths.c: what several calls do together */
void measure_paths(void);
void measure_lines_of(const char *type); /* type: "ring" or "linear array" */

#endif
