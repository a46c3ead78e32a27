/*
 * Runs the parser of an example on inputs that come from standard input, and writes what it prints to
 * standard output. An input is fed whole; then in pieces, which must give the same. Both ways a text is its
 * length, 4 bytes with the lowest first, and its bytes.
 *
 *     cuts all         each input byte by byte, and in every cut of two pieces; one of more than MANY
 *                      bytes in a tenth as many
 *     cuts <seed>      each input byte by byte, and in a few random cuts
 *
 * The example is included, so that its functions are called; EXAMPLE is its file.
 */
#define _POSIX_C_SOURCE 200809L
#define main example_main
#include EXAMPLE
#undef main
#include <inttypes.h>
#include <stdlib.h>

enum { MANY = 1500 };

typedef struct text {
    char *data;
    size_t length;
} text;

static FILE *terminal;

static void fail(const char *what, size_t input, size_t cut)
{
    fprintf(stderr, "input %zu, cut at %zu: %s\n", input, cut, what);
    exit(1);
}

/* Feed `input` in pieces that end at each of `n` ascending positions, and collect what is printed. */
static text run(const text *input, const size_t *cuts, size_t n, size_t number)
{
    text output = {NULL, 0};
    size_t first = n > 0 ? cuts[0] : 0;
    stdout = open_memstream(&output.data, &output.length);
    if (!stdout)
        abort();
    for (size_t i = 0, from = 0; i <= n; i++) {
        size_t to = i < n ? cuts[i] : input->length;
        /* a copy of its own, so that AddressSanitizer sees what is read after it */
        uint8_t *piece = malloc(to - from + 1);
        memcpy(piece + 1, input->data + from, to - from);
        if (!feed(piece + 1, to - from))
            fail("feed() failed", number, first);
        free(piece);
        from = to;
    }
    if (!finish())
        fail("finish() failed", number, first);
    if (ta_slab_check(pool) != 0)
        fail("the pool is broken", number, first);
    if (ta_stats_of(pool).used != 0)
        fail("blocks are not freed", number, first);
    fclose(stdout);
    stdout = terminal;
    return output;
}

static void compare(const text *input, const size_t *cuts, size_t n, const text *whole, size_t number)
{
    text output = run(input, cuts, n, number);
    if (output.length != whole->length || memcmp(output.data, whole->data, whole->length) != 0) {
        fprintf(stderr, "whole:\n%s\nin pieces:\n%s\n", whole->data, output.data);
        fail("another result", number, cuts[0]);
    }
    free(output.data);
}

static uint64_t random_state;

static size_t random_below(size_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((random_state >> 33) % n);
}

static void run_in_pieces(const text *input, const text *whole, bool is_every_cut, size_t number)
{
    size_t *cuts = malloc((input->length + 1) * sizeof *cuts);
    for (size_t i = 0; i < input->length; i++)
        cuts[i] = i;
    compare(input, cuts, input->length, whole, number);
    size_t step = input->length <= MANY ? 1 : 1 + input->length / (MANY / 10);
    for (size_t at = 1; at < input->length && is_every_cut; at += step)
        compare(input, &at, 1, whole, number);
    for (int round = 0; round < 3 && !is_every_cut && input->length > 0; round++) {
        size_t n = 0, longest = 1 + random_below(round == 0 ? 200 : 20);
        for (size_t at = 0; (at += 1 + random_below(longest)) < input->length;)
            cuts[n++] = at;
        if (n > 0)
            compare(input, cuts, n, whole, number);
    }
    free(cuts);
}

#ifndef CUTS_OF_ANOTHER /* which has a main of its own */
static bool read_text(text *t)
{
    uint8_t length[4];
    if (fread(length, 1, 4, stdin) != 4)
        return false;
    t->length = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24;
    t->data = malloc(t->length + 1);
    return fread(t->data, 1, t->length, stdin) == t->length;
}

static void write_text(const text *t)
{
    for (unsigned i = 0; i < 4; i++)
        putchar((int)(t->length >> 8 * i & 0xFF));
    fwrite(t->data, 1, t->length, stdout);
}

int main(int count, char **arguments)
{
    text input;
    bool is_every_cut = count < 2 || strcmp(arguments[1], "all") == 0;
    (void)example_main;
    terminal = stdout;
    random_state = is_every_cut ? 0 : strtoull(arguments[1], NULL, 10);
    for (size_t number = 0; read_text(&input); number++) {
        text whole = run(&input, NULL, 0, number);
        run_in_pieces(&input, &whole, is_every_cut, number);
        write_text(&whole);
        free(whole.data);
        free(input.data);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
#endif
