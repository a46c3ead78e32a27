/** @file plain_words.h The lock of port/posix_thread.h, and words that are no atomics: for one core only. */
#ifndef THREAD_PLAIN_WORDS_H
#define THREAD_PLAIN_WORDS_H

#define ta_port_load atomic_load_
#define ta_port_store atomic_store_
#include <tinyalloc/port/posix_thread.h>
#undef ta_port_load
#undef ta_port_store
#undef TA_PORT_OWN_WORDS
#undef TA_PORT_NAME
#define TA_PORT_NAME "plain_words"

#endif
