/* Numbers on lines; bad ones are skipped, and no part of a line, nor two lines, make a number. */
#include "expect.h"

static uint32_t sum, count;

static void handle_number(uint32_t number)
{
    sum += number;
    count++;
}

#include "buffers_lines.h"

/* These bytes arrive, in pieces of so many. */
static void send(const char *bytes, size_t part)
{
    sum = count = 0;
    for (size_t at = 0, n; bytes[at]; at += n) {
        n = strnlen(bytes + at, part);
        EXPECT(ta_queue_write(&received, bytes + at, n) == TA_OK);
        poll();
    }
}

static void every_cut_gives_the_same_numbers(void)
{
    static const char wire[] = "12\n30\r\nx\n7 \n4294967296\n\n100\n5";
    for (size_t part = 1; part < sizeof wire; part++) {
        send(wire, part);
        EXPECT(sum == 142 && count == 3);
        send("\n", 1);
        EXPECT(sum == 5 && count == 1 && ta_queue_is_empty(&received));
    }
}

static void cr_lf_ends_a_number(void)
{
    for (size_t part = 1; part <= 4; part++) {
        send("42\r\n", part);
        EXPECT(sum == 42 && count == 1);
    }
}

/* 70 digits: the last of them are no number of their own. */
static void part_of_a_long_number_is_none(void)
{
    char digits[72];
    memset(digits, '1', 70);
    strcpy(digits + 70, "\n");
    for (size_t part = 1; part <= 71; part++) {
        uint16_t before = lines.too_long;
        send(digits, part);
        EXPECT(count == 0 && lines.too_long == before + 1);
        send("1\n", 1);
        EXPECT(sum == 1 && count == 1);
    }
}

static void noise_does_not_fill_the_queue(void)
{
    sum = count = 0;
    for (size_t i = 0; i < 100000; i++) {
        EXPECT(ta_queue_push(&received, '9') == TA_OK);
        if (i % 60 == 0)
            poll();
    }
    EXPECT(ta_queue_write(&received, "\n1\n", 3) == TA_OK);
    poll();
    EXPECT(sum == 1 && count == 1 && ta_queue_dropped(&received) == 0 && lines.damaged == 0);
}

/* "12", whose end is refused, and "34" are not 1234; nor is "34", of which nobody knows that it is whole. */
static void two_numbers_are_not_joined(void)
{
    char zeros[128];
    memset(zeros, '0', 60);
    strcpy(zeros + 60, "\n");
    EXPECT(ta_queue_write(&received, zeros, 61) == TA_OK && ta_queue_write(&received, zeros, 61) == TA_OK);
    EXPECT(ta_queue_write(&received, "\n\n\n\n12", 6) == TA_OK);
    EXPECT(ta_queue_push(&received, '\n') == TA_E_FULL);
    poll();
    sum = count = 0;
    EXPECT(ta_queue_write(&received, "34\n56\n", 6) == TA_OK);
    poll();
    EXPECT(sum == 56 && count == 1 && lines.damaged == 1);
}

int main(void)
{
    every_cut_gives_the_same_numbers();
    cr_lf_ends_a_number();
    part_of_a_long_number_is_none();
    noise_does_not_fill_the_queue();
    two_numbers_are_not_joined();
    return 0;
}
