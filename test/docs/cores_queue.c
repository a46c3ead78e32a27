/* built with: threads
 * A thread is the second core. Samples arrive whole and in order, except those that were dropped. */
#include "expect.h"
#include <pthread.h>

struct sample {
    unsigned number, square;
};

static unsigned measured, used, last;

static struct sample measure(void)
{
    measured++;
    return (struct sample){measured, measured * measured};
}

static void use(const struct sample *s)
{
    EXPECT(s->square == s->number * s->number && s->number > last);
    last = s->number;
    if (++used == 20000) {
        printf("%u samples of the other core\n", used);
        exit(0);
    }
}

static void start_core1(void (*run)(void))
{
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, (void *(*)(void *))(uintptr_t)run, NULL) == 0);
}

#include "cores_queue.h"

int main(void)
{
    return core0_main();
}
