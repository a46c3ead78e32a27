/* The first functions of pairs.c, written with TA_POOL_OF() of pool.h. */
#include "pairs.h"

TA_POOL_OF(struct sample, samples, 8);

static samples_handle kept;

bool pool_keep(void)
{
    kept = samples_alloc();
    return samples_is_live(kept);
}

samples_handle tail_alloc(void)
{
    return samples_alloc();
}

int pool_read(samples_handle h)
{
    struct sample *s = samples_get(h);
    return s ? s->value : -1;
}

bool pool_free(samples_handle h)
{
    return samples_free(h);
}

samples_handle pool_create(uint32_t time, int16_t value)
{
    samples_handle h = samples_alloc();
    struct sample *s = samples_get(h);
    if (s) {
        s->time = time;
        s->value = value;
    }
    return h;
}

int pool_owner(uint32_t time)
{
    samples_handle h = samples_alloc();
    struct sample *s = samples_get(h);
    if (s) {
        s->time = time;
        s->value = 0;
    }
    if (h.untyped.bits == 0)
        return -1;
    int result = use_sample(samples_get(h));
    samples_free(h);
    return result;
}
