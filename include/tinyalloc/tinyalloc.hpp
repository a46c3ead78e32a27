/**
 * @file tinyalloc.hpp
 * @brief TinyAlloc for C++: blocks, buffers, queues and typed pools that own what they have.
 *
 *     using sensors = ta::pool<sensor, 8>;                 a pool of 8 objects, in static memory
 *     sensors::handle h = sensors::create(4, "flow");      constructs a sensor in place
 *     if (sensor *s = sensors::get(h)) s->read();          nullptr, if the handle is stale
 *     sensors::destroy(h);                                 calls the destructor and frees the block
 *
 *     ta::buffer text{pool};                               frees its chunks at the end of the scope
 *     for (ta::span chunk : text.chunks()) send(chunk);
 *
 * | type                   | what it is                                                      | copied | moved |
 * |------------------------|-----------------------------------------------------------------|--------|-------|
 * | ta::block              | a block that is freed at the end of the scope                   | no     | yes   |
 * | ta::buffer             | a buffer that is cleared at the end of the scope                | no     | yes   |
 * | ta::queue              | a queue that is cleared at the end of the scope                 | no     | yes   |
 * | ta::static_buffer, ta::static_queue | the same for static memory: they live as long as the program | no | no |
 * | ta::pool<T, N>         | memory for N objects of type T: a type, of which there are no objects | –  | –     |
 * | ta::pool<T, N>::owner  | an object of a pool that is destroyed at the end of the scope   | no     | yes   |
 * | ta::pool<T, N>::handle | the name of an object of a pool; a stale one is detected        | yes    | yes   |
 * | ta::span               | contiguous bytes, as ta_span                                    | yes    | yes   |
 *
 * Both sides of a queue know it by its address. So move one only while neither uses it, for example out of the function that
 * makes it.
 *
 * Every member is an inlined call of the C function of the same name. The header of that function says what it does and
 * from which contexts. It costs what the function costs; docs/pools.md names the exceptions. `c()` leads to the C
 * object, for the calls that have no member here.
 *
 * The header needs C++11, and C++17 for the range-based `for` over chunks. It uses no exceptions, no run-time type
 * information and no header of the C++ library, so it also fits AVR, where there is none. In a program with
 * exceptions, a constructor that throws gives its block back.
 */
#ifndef TINYALLOC_TINYALLOC_HPP
#define TINYALLOC_TINYALLOC_HPP

#include "block.hpp"
#include "pool.hpp"
#include "tinyalloc.h"
#if TA_WITH_BUFFER
#include "buffer.hpp"
#endif
#if TA_WITH_QUEUE
#include "queue.hpp"
#endif

#endif
