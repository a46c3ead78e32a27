/* A list of pointers: one byte in each, so one at a time only. */
#include <glib.h>

#define HAS_FIFO

static GQueue the_queue = G_QUEUE_INIT;

struct fifo {
    WHOLE bool push(uint8_t byte)
    {
        g_queue_push_tail(&the_queue, GUINT_TO_POINTER(byte));
        return true;
    }

    WHOLE bool pop(uint8_t *byte)
    {
        if (g_queue_is_empty(&the_queue))
            return false;
        *byte = (uint8_t)GPOINTER_TO_UINT(g_queue_pop_head(&the_queue));
        return true;
    }
};
