/**
 * @file queue.hpp
 * @brief Queues for C++. See tinyalloc.hpp.
 */
#ifndef TINYALLOC_QUEUE_HPP
#define TINYALLOC_QUEUE_HPP

#include "buffer.hpp"
#include "queue.h"

namespace ta
{
/**
 * A queue in static memory, without a destructor: it lives as long as the program. Its constructor needs no start-up
 * code. The members are the calls of queue.h of the same name, but for size() and empty(), which are ta_queue_len() and
 * ta_queue_is_empty().
 */
class static_queue
{
  public:
    /** @cond forwarders */
    constexpr explicit static_queue(const ta_allocator *allocator, size_t limit = 0) noexcept
        : queue_ TA_QUEUE_INIT(allocator, limit)
    {
    }
    static_queue(const static_queue &) = delete;
    static_queue &operator=(const static_queue &) = delete;

    ta_queue *c() noexcept
    {
        return &queue_;
    }
    const ta_queue *c() const noexcept
    {
        return &queue_;
    }

    status clear() noexcept
    {
        return ta_queue_clear(c());
    }
    status set_limit(size_t limit) noexcept
    {
        return ta_queue_set_limit(c(), limit);
    }
    status set_marks(const ta_water_marks *marks) noexcept
    {
        return ta_queue_set_marks(c(), marks);
    }
    status use_headroom() noexcept
    {
        return ta_queue_use_headroom(c());
    }
    status set_wake(const ta_wake *wake) noexcept
    {
        return ta_queue_set_wake(c(), wake);
    }
    status arm() noexcept
    {
        return ta_queue_arm(c());
    }
    status trim() noexcept
    {
        return ta_queue_trim(c());
    }

    status push(uint8_t byte) noexcept
    {
        return ta_queue_push(c(), byte);
    }
    status write(const void *data, size_t n) noexcept
    {
        return ta_queue_write(c(), data, n);
    }
    template <class Bytes> status write(const Bytes &bytes) noexcept
    {
        static_assert(sizeof(*bytes.data()) == 1, "tinyalloc: only bytes can be written");
        return write(bytes.data(), bytes.size());
    }
    status write_some(const void *data, size_t n, size_t &done) noexcept
    {
        return ta_queue_write_some(c(), data, n, &done);
    }
    status reserve(size_t n, span &bytes) noexcept
    {
        return ta_queue_reserve(c(), n, bytes.c());
    }
    status commit(size_t n) noexcept
    {
        return ta_queue_commit(c(), n);
    }
    status cancel() noexcept
    {
        return ta_queue_cancel(c());
    }
    size_t room() const noexcept
    {
        return ta_queue_room(c());
    }

    status pop(uint8_t &byte) noexcept
    {
        return ta_queue_pop(c(), &byte);
    }
    status peek(uint8_t &byte) const noexcept
    {
        return ta_queue_peek(c(), &byte);
    }
    status at(size_t position, uint8_t &byte) const noexcept
    {
        return ta_queue_at(c(), position, &byte);
    }
    status read(void *data, size_t n) noexcept
    {
        return ta_queue_read(c(), data, n);
    }
    status read_some(void *data, size_t n, size_t &done) noexcept
    {
        return ta_queue_read_some(c(), data, n, &done);
    }
    status front(span &bytes) const noexcept
    {
        return ta_queue_front(c(), bytes.c());
    }
    status copy_out(size_t position, void *data, size_t n) const noexcept
    {
        return ta_queue_copy_out(c(), position, data, n);
    }
    status find(size_t from, uint8_t byte, size_t &position) const noexcept
    {
        return ta_queue_find(c(), from, byte, &position);
    }
    status consume(size_t n) noexcept
    {
        return ta_queue_consume(c(), n);
    }
    status take(static_buffer &destination) noexcept
    {
        return ta_queue_take(c(), destination.c());
    }
    status drain_into(static_buffer &destination, size_t n) noexcept
    {
        return ta_queue_drain_into(destination.c(), c(), n);
    }

    size_t size() const noexcept
    {
        return ta_queue_len(c());
    }
    bool empty() const noexcept
    {
        return ta_queue_is_empty(c());
    }
    size_t limit() const noexcept
    {
        return ta_queue_limit(c());
    }
    size_t dropped() const noexcept
    {
        return ta_queue_dropped(c());
    }
    int check() const noexcept
    {
        return ta_queue_check(c());
    }
#if TA_WITH_VIEW
    ta_view view() const noexcept
    {
        return ta_queue_view(c());
    }
#endif

  private:
    ta_queue queue_;
    /** @endcond */
};

/**
 * A queue that is cleared in its destructor. It can be moved, with its settings and an open reservation; the one that it was
 * moved from is empty and has kept its limit, and the views of both become stale. Both sides know a queue by its address, so
 * disable the interrupt that uses it before it is moved or destroyed, and tell it the new address.
 */
class queue : public static_queue
{
  public:
    /** @cond forwarders */
    using static_queue::static_queue;
    TA_CPP_INLINE_ queue(queue &&other) noexcept : static_queue(nullptr)
    {
        ta_queue_move_(c(), other.c());
    }
    TA_CPP_INLINE_ queue &operator=(queue &&other) noexcept
    {
        if (this != &other) {
            clear();
            ta_queue_move_(c(), other.c());
        }
        return *this;
    }
    TA_CPP_INLINE_ ~queue()
    {
        clear();
    }
    /** @endcond */
};
} // namespace ta

#endif
