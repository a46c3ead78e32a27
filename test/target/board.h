/* What a board has for a test program: a way to say what came of it, and to end. */
#ifndef BOARD_H
#define BOARD_H

/** The test of this number (the first has 0) needs more memory than there is. */
void note_left_out_test(unsigned number);

/** So many tests passed, so many are not for this build. */
_Noreturn void end_of_tests(unsigned passed, unsigned skipped);

/** This test failed at this line, of its own file or of support.h. */
_Noreturn void end_of_failed_test(unsigned number, unsigned line);

#endif
