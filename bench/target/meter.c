#include "meter.h"
#include <stdio.h>
#include <string.h>

static const char *platform, *configuration, *libc, *image;
static elf *symbols;
static machine *target;

/* ---- Counting ---------------------------------------------------------------------------------------------------- */

#define VERBS(type, ...) #type "_push", #type "_pop", #type "_write", #type "_read", __VA_ARGS__
/* The functions whose calls are counted. */
static const char *const metered[] = {
    "ta_alloc",
    "ta_free",
    "ta_get",
    "ta_size",
    "ta_resize",
    VERBS(ta_queue, "ta_queue_peek", "ta_queue_at", "ta_queue_len", "ta_queue_take"),
    "ta_queue_reserve",
    "ta_queue_commit",
    "ta_queue_front",
    "ta_queue_consume",
    "ta_recent_write",
    "ta_recent_read",
    VERBS(ta_buffer, "ta_buffer_peek", "ta_buffer_at", "ta_buffer_len"),
    VERBS(ring, VERBS(masked_ring, "uart_isr", "next_line", "nmea_feed", "ta_buffer_find",
                      "ta_buffer_drain_into", "ta_view_skip")),
};

static struct meter {
    uint32_t address;
    struct cost cost;
} meters[LENGTH(metered)];

static uint8_t meter_at[MACHINE_FLASH_SIZE / 2]; /* where a function begins: 1 + its meter */
static struct meter *running;                    /* the call we are in; calls inside it are part of it */
static uint64_t began;
static uint32_t return_to;

static void add(struct cost *c, uint64_t n)
{
    c->best = c->calls == 0 || n < c->best ? n : c->best;
    c->worst = n > c->worst ? n : c->worst;
    c->sum += n;
    c->calls++;
}

static void end_call(void)
{
    add(&running->cost, target->count - began);
    running = NULL;
}

static void at_instruction(void *context, uint32_t pc)
{
    (void)context;
    if (running && pc == return_to)
        end_call();
    if (running || meter_at[pc / 2] == 0)
        return;
    running = &meters[meter_at[pc / 2] - 1];
    began = target->count;
    return_to = target->return_address(target);
}

struct cost cost_of(const char *function)
{
    for (size_t i = 0; i < LENGTH(metered); i++)
        if (strcmp(metered[i], function) == 0)
            return meters[meter_at[meters[i].address / 2] - 1].cost;
    fail("%s is not counted", function);
}

void forget_costs(void)
{
    for (size_t i = 0; i < LENGTH(meters); i++)
        memset(&meters[i].cost, 0, sizeof meters[i].cost);
}

struct cost sum_of(struct cost a, struct cost b)
{
    return (struct cost){a.calls, a.sum + b.sum, a.best + b.best, a.worst + b.worst};
}

/* ---- Running ----------------------------------------------------------------------------------------------------- */

uint32_t call(const char *function, uint32_t a, uint32_t b)
{
    uint32_t address = elf_symbol(symbols, function);
    if (!address)
        fail("%s: no function %s", image, function);
    return target->call(target, address, a, b);
}

void fresh(void)
{
    target->reset(target);
    forget_costs();
}

void prepare(const char *function, uint32_t a, uint32_t b)
{
    uint32_t wrong = call(function, a, b) & 0xFFFF;
    if (wrong)
        fail("%s, %s: %s(%u, %u) finds %u things wrong", platform, configuration, function, a, b, wrong);
}

void measure(const char *function, uint32_t a, uint32_t b)
{
    target->at = at_instruction;
    prepare(function, a, b);
    if (running)
        end_call(); /* the last thing it did was to call */
    target->at = NULL;
}

uint64_t count_of(const char *function)
{
    uint64_t before = target->count;
    measure(function, 0, 0);
    return target->count - before;
}

static void calibrate(void)
{
    uint64_t before = target->count;
    call("work_100_nops", 0, 0);
    if (target->count - before != 100 + target->return_cost)
        fail("%s: %llu %s for 100 nops", platform, (unsigned long long)(target->count - before),
             target->unit);
}

/* One function may have two names; then both are the first one's meter. */
static void find_functions(void)
{
    for (size_t i = 0; i < LENGTH(metered); i++) {
        uint32_t address = elf_symbol(symbols, metered[i]) & ~1u;
        if (!address || address >= MACHINE_FLASH_SIZE)
            fail("%s: no function %s", image, metered[i]);
        meters[i].address = address;
        if (meter_at[address / 2] == 0)
            meter_at[address / 2] = (uint8_t)(i + 1);
    }
}

void meter_open(const char *platform_, const char *image_, const char *configuration_, const char *libc_)
{
    platform = platform_;
    image = image_;
    configuration = configuration_;
    libc = libc_;
    symbols = elf_open(image);
    target = machine_open(platform, image);
    calibrate();
    find_functions();
}

void meter_set_configuration(const char *name)
{
    configuration = name;
}

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

static bool copies;

void meter_set_copies(bool value)
{
    copies = value;
}

static void print(const char *operation, const char *metric, double value)
{
    printf("%s\t%s%s%s\t%s\t%s\t%.10g\n", platform, configuration, copies ? " " : "", copies ? libc : "",
           operation, metric, value);
}

void print_unit(const char *operation, const char *suffix, double value)
{
    char metric[64];
    snprintf(metric, sizeof metric, "%s%s", target->unit, suffix);
    print(operation, metric, value);
}

void print_cost(const char *operation, struct cost c)
{
    if (c.calls == 0)
        fail("%s, %s: %s was never called", platform, configuration, operation);
    print_unit(operation, ".best", (double)c.best);
    print_unit(operation, ".worst", (double)c.worst);
    print_unit(operation, ".mean", (double)c.sum / (double)c.calls);
}

/* ---- What must not grow ------------------------------------------------------------------------------------------ */

static int compared, grown;

void expect_flat(struct flat *f, struct cost c, const char *across, unsigned size)
{
    if (f->first.calls == 0)
        f->first = c;
    compared++;
    if (c.best >= f->first.best && c.worst <= f->first.worst)
        return;
    grown++;
    fprintf(stderr, "%s, %s: NOT FLAT: %s takes %llu..%llu %s with %s=%u, and %llu..%llu with the first\n",
            platform, configuration, f->what, (unsigned long long)c.best, (unsigned long long)c.worst,
            target->unit, across, size, (unsigned long long)f->first.best,
            (unsigned long long)f->first.worst);
}

bool meter_report_growth(void)
{
    fprintf(stderr, "%s, %s: %d costs compared across sizes of pool, block, request and data, %d grow\n",
            platform, configuration, compared, grown);
    return grown > 0;
}
