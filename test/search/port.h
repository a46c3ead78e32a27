/* The port of the search: a critical section holds interrupts back, and one may come before it. */
#define TA_PORT_NAME "search"

typedef unsigned ta_mask;

ta_mask search_enter(void);
void search_exit(ta_mask mask);

static inline ta_mask ta_critical_enter(void)
{
    return search_enter();
}

static inline void ta_critical_exit(ta_mask mask)
{
    search_exit(mask);
}
