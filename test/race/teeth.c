#include "teeth.h"
#include "pairs.h"
#include <stdio.h>
#include <string.h>

/* The variants without protection: on Cortex-M, on AVR, and on AVR where only shared words tear. And the one in which
 * bytes that are appended end a view. */
enum { CORTEX_M = 1, AVR = 2, TORN = 4, ENDED = 8 };

/* Why an operation is right even without protection. */
static const char masks_nothing[] = "masks nothing";
static const char one_load[] = "looks at one word, by one load here";
static const char small_count[] = "the count of so few blocks changes in one byte";
static const char rejected[] = "its handle is stale, whatever the interrupt does";
static const char only_more[] = "a torn count can only say that bytes have arrived, and by then some have";
static const char own_words[] = "shares no words: only its owner looks at a buffer's counts";
static const char masks_all[] = "shares no words outside critical sections";

static const struct harmless {
    uint8_t op, where;
    const char *why;
} harmless[] = {
    {OP_GET, CORTEX_M | AVR, masks_nothing},
    {OP_GET_OLD, CORTEX_M | AVR, masks_nothing},
    {OP_IS_LIVE, CORTEX_M | AVR, masks_nothing},
    {OP_FREE_OLD, CORTEX_M | AVR, rejected},
    {OP_HANDLE_OF, CORTEX_M, one_load},
    {OP_HANDLE_AT, CORTEX_M, one_load},
    {OP_AVAILABLE, CORTEX_M, one_load},
    {OP_AVAILABLE, AVR, small_count},
    {OP_SET_LIMIT, CORTEX_M, masks_nothing},
    {OP_PEEK, CORTEX_M, masks_nothing},
    {OP_PEEK, AVR | TORN, only_more},
    {OP_AT, CORTEX_M, masks_nothing},
    {OP_FRONT, CORTEX_M, masks_nothing},
    {OP_FIND, CORTEX_M, masks_nothing},
    {OP_COPY_OUT, CORTEX_M, masks_nothing},
    {OP_V_SPANS, CORTEX_M, masks_nothing},
    {OP_V_LINE, CORTEX_M, masks_nothing},
    {OP_V_DECIMAL, CORTEX_M, masks_nothing},
    {OP_V_UNTIL, CORTEX_M, masks_nothing},
    {OP_LEN, CORTEX_M, masks_nothing},
    {OP_LIMIT, CORTEX_M, masks_nothing},
    {OP_IS_EMPTY, CORTEX_M, masks_nothing},
    {OP_IS_EMPTY, AVR | TORN, only_more},
    {OP_DROPPED, CORTEX_M, one_load},
    {OP_B_COPY_OUT, CORTEX_M, masks_nothing},
    {OP_B_COPY_OUT, AVR, own_words},
    {OP_R_IS_EMPTY, CORTEX_M, masks_nothing},
    {OP_R_IS_EMPTY, AVR | TORN, only_more},
    {OP_R_READ, TORN, masks_all},
    {OP_R_COUNT, TORN, masks_all},
    {OP_R_DROPPED, TORN, masks_all},
    {OP_R_DROPPED, CORTEX_M, one_load},
    {OP_CANCEL, TORN, masks_all},
    {OP_TRIM, TORN, masks_all},
    {OP_DROPPED, TORN, masks_all},
};

static const char *why_harmless(int op, int where)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (harmless[i].op == op && harmless[i].where & where)
            return harmless[i].why;
    /* Of torn words only queues have any. */
    bool has_words = (op >= OP_PUSH && op < OP_B_PUSH) || op >= OP_R_WRITE;
    return where == TORN && !has_words ? masks_all : NULL;
}

static bool is_avr(const char *cpu)
{
    return strncmp(cpu, "at", 2) == 0;
}

static int where_of(const char *cpu, const char *mode)
{
    if (strcmp(mode, "torn") == 0)
        return TORN;
    if (strcmp(mode, "ended") == 0)
        return ENDED;
    return is_avr(cpu) ? AVR : CORTEX_M;
}

bool teeth_caught_all(const char *cpu, const char *mode, const struct tally of_op[OP_COUNT])
{
    int where = where_of(cpu, mode);
    int caught = 0, spared = 0, wrong = 0;
    for (int op = 0; op < OP_COUNT; op++) {
        const char *why = why_harmless(op, where);
        bool is_caught = of_op[op].failures > 0;
        if (of_op[op].pairs == 0)
            continue;
        caught += is_caught;
        spared += !is_caught && why;
        wrong += is_caught == (why != NULL);
        if (is_caught && why)
            printf("CAUGHT, though \"%s\": %s\n", why, op_names[op]);
        if (!is_caught)
            printf("%s: %s (%s)\n", why ? "harmless" : "NOT CAUGHT", op_names[op], why ? why : "why?");
    }
    printf("%s: %d operations were caught, %d are harmless, %d wrong\n", mode, caught, spared, wrong);
    return wrong == 0 && caught > 0;
}

bool teeth_mask_nothing(const char *cpu, const struct tally of_op[OP_COUNT])
{
    bool is_right = true;
    for (int op = 0; op < OP_COUNT; op++) {
        const char *why = why_harmless(op, is_avr(cpu) ? AVR : CORTEX_M);
        if (why != masks_nothing || of_op[op].at_once == of_op[op].boundaries)
            continue;
        printf("MASKS, though said not to: %s\n", op_names[op]);
        is_right = false;
    }
    return is_right;
}
