/**
 * @file buffer.hpp
 * @brief Buffers for C++, spans, and a loop over chunks. See tinyalloc.hpp.
 */
#ifndef TINYALLOC_BUFFER_HPP
#define TINYALLOC_BUFFER_HPP

#include "block.hpp"
#include "buffer.h"
#if TA_WITH_STREAM
#include "stream.h"
#endif
#if TA_WITH_VIEW
#include "view.h"
#endif

namespace ta
{
/** Contiguous bytes. The call that fills it says how long they are valid. Not initialised, unless by `{}`. */
class span
{
  public:
    /** @cond forwarders */
    span() = default;
    constexpr span(ta_span bytes) noexcept : bytes_(bytes) {}
    constexpr span(uint8_t *data, size_t size) noexcept : bytes_{data, size} {}
    constexpr uint8_t *data() const noexcept
    {
        return bytes_.data;
    }
    constexpr size_t size() const noexcept
    {
        return bytes_.length;
    }
    constexpr bool empty() const noexcept
    {
        return bytes_.length == 0;
    }
    constexpr uint8_t *begin() const noexcept
    {
        return bytes_.data;
    }
    constexpr uint8_t *end() const noexcept
    {
        return bytes_.data + bytes_.length;
    }
    constexpr uint8_t &operator[](size_t position) const noexcept
    {
        return bytes_.data[position];
    }
    ta_span *c() noexcept
    {
        return &bytes_;
    }

  private:
    ta_span bytes_;
    /** @endcond */
};

/**
 * The chunks of a buffer, for a range-based `for` and nothing else: `for (ta::span chunk : b.chunks())`. Each
 * comparison with the end calls ta_buffer_next_chunk(). Do not change the buffer meanwhile. A stale chunk ends the loop.
 */
class chunk_range
{
  public:
    /** @cond forwarders */
    constexpr explicit chunk_range(const ta_buffer *b) noexcept : buffer_(b) {}

    /* The end has what ta_buffer_next_chunk() writes to. So the address of the cursor is never taken, and it can be in
     * registers. */
    struct last {
        mutable ta_span bytes;
        mutable ta_chunk_iterator at;
        last() noexcept : at() {} /* `bytes` stays as it is, as in C */
    };
    struct cursor {
        const ta_buffer *buffer;
        const last *found;
        span operator*() const noexcept
        {
            return found->bytes;
        }
        void operator++() const noexcept {}
        bool operator!=(const last &end) noexcept
        {
            found = &end;
            return ta_buffer_next_chunk(buffer, &end.at, &end.bytes) == TA_OK;
        }
    };
    cursor begin() const noexcept
    {
        return cursor{buffer_, nullptr};
    }
    last end() const noexcept
    {
        return last();
    }

  private:
    const ta_buffer *buffer_;
    /** @endcond */
};

/**
 * A buffer in static memory, without a destructor: it lives as long as the program. Its constructor needs no start-up
 * code. The members are the calls of buffer.h and stream.h of the same name, but for size(), empty() and take_all(), which
 * are ta_buffer_len(), ta_buffer_is_empty() and ta_buffer_move(). A block that append_block() takes must be of the buffer's
 * allocator.
 */
class static_buffer
{
  public:
    /** @cond forwarders */
    constexpr explicit static_buffer(const ta_allocator *allocator) noexcept
        : buffer_ TA_BUFFER_INIT(allocator)
    {
    }
    static_buffer(const static_buffer &) = delete;
    static_buffer &operator=(const static_buffer &) = delete;

    ta_buffer *c() noexcept
    {
        return &buffer_;
    }
    const ta_buffer *c() const noexcept
    {
        return &buffer_;
    }

    status clear() noexcept
    {
        return ta_buffer_clear(c());
    }
    status set_limit(size_t limit) noexcept
    {
        return ta_buffer_set_limit(c(), limit);
    }
    size_t limit() const noexcept
    {
        return ta_buffer_limit(c());
    }

    status push(uint8_t byte) noexcept
    {
        return ta_buffer_push(c(), byte);
    }
    status write(const void *data, size_t n) noexcept
    {
        return ta_buffer_write(c(), data, n);
    }
    template <class Bytes> status write(const Bytes &bytes) noexcept
    {
        static_assert(sizeof(*bytes.data()) == 1, "tinyalloc: only bytes can be written");
        return write(bytes.data(), bytes.size());
    }
    status write_some(const void *data, size_t n, size_t &done) noexcept
    {
        return ta_buffer_write_some(c(), data, n, &done);
    }
    TA_CPP_INLINE_ status append_block(block &&from, size_t length) noexcept
    {
        status result = ta_buffer_append_block(c(), from.handle(), length);
        if (result == TA_OK)
            from.release();
        return result;
    }
    status reserve(size_t n, span &bytes) noexcept
    {
        return ta_buffer_reserve(c(), n, bytes.c());
    }
    status commit(size_t n) noexcept
    {
        return ta_buffer_commit(c(), n);
    }
    status cancel() noexcept
    {
        return ta_buffer_cancel(c());
    }

    status pop(uint8_t &byte) noexcept
    {
        return ta_buffer_pop(c(), &byte);
    }
    status peek(uint8_t &byte) const noexcept
    {
        return ta_buffer_peek(c(), &byte);
    }
    status front(span &bytes) const noexcept
    {
        return ta_buffer_front(c(), bytes.c());
    }
    status consume(size_t n) noexcept
    {
        return ta_buffer_consume(c(), n);
    }
    status prepend(const void *data, size_t n) noexcept
    {
        return ta_buffer_prepend(c(), data, n);
    }
    status truncate(size_t new_length) noexcept
    {
        return ta_buffer_truncate(c(), new_length);
    }

    chunk_range chunks() const noexcept
    {
        return chunk_range(c());
    }
    status next_chunk(ta_chunk_iterator &at, span &bytes) const noexcept
    {
        return ta_buffer_next_chunk(c(), &at, bytes.c());
    }
    status copy_out(size_t position, void *data, size_t n) const noexcept
    {
        return ta_buffer_copy_out(c(), position, data, n);
    }
    status copy_range(const static_buffer &source, size_t position, size_t n) noexcept
    {
        return ta_buffer_copy_range(c(), source.c(), position, n);
    }
    status take_all(static_buffer &source) noexcept
    {
        return ta_buffer_move(c(), source.c());
    }

#if TA_WITH_STREAM
    status read(void *data, size_t n) noexcept
    {
        return ta_buffer_read(c(), data, n);
    }
    status read_some(void *data, size_t n, size_t &done) noexcept
    {
        return ta_buffer_read_some(c(), data, n, &done);
    }
    status at(size_t position, uint8_t &byte) const noexcept
    {
        return ta_buffer_at(c(), position, &byte);
    }
    status find(size_t from, uint8_t byte, size_t &position) const noexcept
    {
        return ta_buffer_find(c(), from, byte, &position);
    }
    status split(static_buffer &front, size_t n) noexcept
    {
        return ta_buffer_split(front.c(), c(), n);
    }
    status append(static_buffer &source) noexcept
    {
        return ta_buffer_append(c(), source.c());
    }
    status drain_into(static_buffer &destination, size_t n) noexcept
    {
        return ta_buffer_drain_into(destination.c(), c(), n);
    }
#endif

    size_t size() const noexcept
    {
        return ta_buffer_len(c());
    }
    bool empty() const noexcept
    {
        return ta_buffer_is_empty(c());
    }
    size_t room() const noexcept
    {
        return ta_buffer_room(c());
    }
    int check() const noexcept
    {
        return ta_buffer_check(c());
    }
#if TA_WITH_VIEW
    ta_view view() const noexcept
    {
        return ta_buffer_view(c());
    }
#endif

  private:
    ta_buffer buffer_;
    /** @endcond */
};

/** A buffer that is cleared in its destructor. Moving takes O(1), as ta_buffer_move() does; the limit moves, too. */
class buffer : public static_buffer
{
  public:
    /** @cond forwarders */
    using static_buffer::static_buffer;
    buffer(buffer &&other) noexcept : static_buffer(its_allocator(other.c()->chain))
    {
        take(other);
    }
    buffer &operator=(buffer &&other) noexcept
    {
        if (this != &other) {
            clear();
            set_limit(0);
            take(other);
        }
        return *this;
    }
    TA_CPP_INLINE_ ~buffer()
    {
        clear();
    }

  private:
    static const ta_allocator *its_allocator(const ta_chain_ &c) noexcept
    {
        return TA_GLOBAL && c.is_global ? nullptr : c.allocator;
    }
    /* A stale one, whose chunks were freed elsewhere, has nothing to give. */
    void take(buffer &other) noexcept
    {
        size_t limit = other.limit();
        take_all(other);
        set_limit(limit);
    }
    /** @endcond */
};
} // namespace ta

#endif
