/* What the files of calls share: each call as the library does it, and as the model does it. */
#include "search.h"
#include <string.h>

#define ON(verb, ...) \
    (int8_t)(c->o == Q ? ta_queue_##verb(&w.q, __VA_ARGS__) : ta_buffer_##verb(&w.b[c->o], __VA_ARGS__))
#define ON_IT(verb) (int8_t)(c->o == Q ? ta_queue_##verb(&w.q) : ta_buffer_##verb(&w.b[c->o]))
#define OTHER (c->o == B ? C : B)
#define IT (&m.chain[c->o])

/* A function that says a status; or only that. */
#define LIBRARY(name) static void library_##name(const call *c, result *r)
#define MODEL(name) static void model_##name(const call *c, result *r)
#define LIBRARY_IS(name, call) LIBRARY(name) ONLY(call)
#define MODEL_IS(name, call) MODEL(name) ONLY(call)
#define ONLY(call)                  \
    {                               \
        (void)c;                    \
        r->status = (int8_t)(call); \
    }
#define SAYS(status_)                  \
    do {                               \
        r->status = (int8_t)(status_); \
        return;                        \
    } while (0)
#define DO(name) #name, library_##name, model_##name
