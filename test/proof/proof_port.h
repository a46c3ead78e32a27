/*
 * The port of the proofs. It notes how deep the critical sections nest, and has a hook at both ends of the outermost.
 * Shared words are plain: one thread.
 */
#ifndef PROOF_PORT_H
#define PROOF_PORT_H

#define TA_PORT_NAME "proof"
#define TA_PORT_OWN_WORDS

typedef unsigned char ta_mask;

extern ta_mask proof_masked;
void proof_open(void);
void proof_closed(void);

static inline ta_mask ta_critical_enter(void)
{
    ta_mask before = proof_masked;
    if (!before)
        proof_open();
    proof_masked = 1;
    return before;
}

static inline void ta_critical_exit(ta_mask before)
{
    __CPROVER_assert(proof_masked, "an exit has its enter");
    proof_masked = before;
    if (!before)
        proof_closed();
}

static inline size_t ta_port_load(const size_t *word)
{
    return *word;
}

static inline void ta_port_store(size_t *word, size_t value)
{
    *word = value;
}

#endif
