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
 * | ta::queue              | a queue that is cleared at the end of the scope                 | no     | no    |
 * | ta::static_buffer, ta::static_queue | the same for static memory: they live as long as the program | no | no |
 * | ta::pool<T, N>         | N objects of type T: a type with static members, of which there are no objects | – | – |
 * | ta::pool<T, N>::owner  | an object of a pool that is destroyed at the end of the scope   | no     | yes   |
 * | ta::pool<T, N>::handle | the name of an object of a pool; a stale one is detected        | yes    | yes   |
 * | ta::span               | contiguous bytes, as ta_span                                    | yes    | yes   |
 *
 * A queue cannot be moved, because both of its sides, one of them an interrupt, know it by its address.
 *
 * Everything here is inlined calls of the C functions: no byte and no instruction more. Contexts, costs and results are
 * theirs: a member function is documented where the C function is. `c()` leads to the C object, for all calls
 * that have no member here, such as parsers.
 *
 * The header needs C++11, for a range-based `for` over chunks C++17. It uses no exceptions, no run-time type information,
 * and no header of the C++ library: so it also fits AVR, for which avr-g++ has none. In a program with exceptions, a
 * constructor that throws gives its block back.
 */
#ifndef TINYALLOC_TINYALLOC_HPP
#define TINYALLOC_TINYALLOC_HPP

#include "tinyalloc.h"

#if TA_GNU_EXTENSIONS && !defined(__clang__)
#define TA_IS_TRIVIAL_TO_DESTROY_(type) __has_trivial_destructor(type)
#else
#include <type_traits>
#define TA_IS_TRIVIAL_TO_DESTROY_(type) std::is_trivially_destructible<type>::value
#endif
#if __cplusplus >= 201703L
#define TA_NODISCARD_ [[nodiscard]]
#else
#define TA_NODISCARD_
#endif

/** @cond private: what <new>, <utility> and <type_traits> would have */
namespace ta
{
namespace detail
{
struct place { /* an address to construct an object at */
    void *at;
};

template <class T> struct value_of {
    using type = T;
};
template <class T> struct value_of<T &> {
    using type = T;
};

struct yes {
};
struct no {
};
template <bool> struct answer {
    using type = no;
};
template <> struct answer<true> {
    using type = yes;
};
} // namespace detail
} // namespace ta

/* Of a type of our own, so that it never meets the one of <new>. */
TA_CPP_INLINE_ void *operator new(size_t, ta::detail::place where) noexcept
{
    return where.at;
}

namespace ta
{
namespace detail
{
/* With parentheses, or, for an aggregate, with braces. */
template <class T, class... Arguments>
TA_CPP_INLINE_ auto construct(int, place where, Arguments &&...arguments)
    -> decltype(T(static_cast<Arguments &&>(arguments)...), static_cast<T *>(nullptr))
{
    return ::new (where) T(static_cast<Arguments &&>(arguments)...);
}

template <class T, class... Arguments> TA_CPP_INLINE_ T *construct(long, place where, Arguments &&...arguments)
{
    return ::new (where) T{static_cast<Arguments &&>(arguments)...};
}

#if TA_HANDLE_POOL_BITS
template <class Tag> constexpr auto pool_id(int) -> decltype(ta_handle_bits(Tag::pool_id))
{
    return ta_handle_bits(Tag::pool_id);
}
#endif
template <class Tag> constexpr ta_handle_bits pool_id(long)
{
    return 0;
}
} // namespace detail
/** @endcond */

/** std::move() for targets that have no <utility>. @param object What to move. @return It, as something to move from. */
template <class T> constexpr typename detail::value_of<T>::type &&move(T &&object) noexcept
{
    return static_cast<typename detail::value_of<T>::type &&>(object);
}

/** The statuses of status.h. */
using status = ta_status;

/* ---- Spans ------------------------------------------------------------------------------------------------- */

/** Contiguous bytes. The call that fills it says how long they are valid. Not initialised, unless by `{}`. */
class span
{
  public:
    /** @cond forwarders */
    span() = default;
    constexpr span(ta_span bytes) noexcept : bytes_(bytes) {}
    constexpr span(uint8_t *data, size_t size) noexcept : bytes_{data, size} {}
    constexpr uint8_t *data() const noexcept { return bytes_.data; }
    constexpr size_t size() const noexcept { return bytes_.length; }
    constexpr bool empty() const noexcept { return bytes_.length == 0; }
    constexpr uint8_t *begin() const noexcept { return bytes_.data; }
    constexpr uint8_t *end() const noexcept { return bytes_.data + bytes_.length; }
    constexpr uint8_t &operator[](size_t position) const noexcept { return bytes_.data[position]; }
    ta_span *c() noexcept { return &bytes_; }

  private:
    ta_span bytes_;
    /** @endcond */
};

/* ---- Blocks ------------------------------------------------------------------------------------------------ */

/** A block that it frees in its destructor. Empty when none was free, when it was moved from, and after release(). */
class block
{
  public:
    /** An empty one. */
    constexpr block() noexcept : allocator_(nullptr), bits_(0) {}

    /** Allocate a block, as ta_alloc() does. It is empty if there is none: look at it as a bool. */
    TA_CPP_INLINE_ block(const ta_allocator *a, size_t size) noexcept : allocator_(a), bits_(ta_alloc(a, size).bits) {}

    /** Take over a block that somebody else has allocated. */
    TA_CPP_INLINE_ block(const ta_allocator *a, ta_handle h) noexcept : allocator_(a), bits_(h.bits) {}

    /** Allocate a block and copy bytes into it, as ta_alloc_copy() does. */
    TA_NODISCARD_ static block copy_of(const ta_allocator *a, const void *data, size_t size) noexcept
    {
        return block(a, ta_alloc_copy(a, data, size));
    }

    /** @cond forwarders */
    block(const block &) = delete;
    block &operator=(const block &) = delete;
    block(block &&other) noexcept : allocator_(other.allocator_), bits_(other.release().bits) {}
    block &operator=(block &&other) noexcept
    {
        const ta_allocator *a = other.allocator_;
        ta_handle h = other.release(); /* first: it may be this one */
        reset();
        allocator_ = a;
        bits_ = h.bits;
        return *this;
    }
    TA_CPP_INLINE_ ~block() { reset(); }
    /** @endcond */

    /** Free the block now, if it has one. */
    TA_CPP_INLINE_ void reset() noexcept
    {
        if (bits_ != 0)
            ta_free(allocator_, release());
    }

    /** Give the block to the caller, who frees it. @return Its handle. */
    TA_CPP_INLINE_ ta_handle release() noexcept
    {
        ta_handle h = handle();
        bits_ = 0;
        return h;
    }

    /** @cond forwarders */
    explicit operator bool() const noexcept { return bits_ != 0; }
    TA_CPP_INLINE_ ta_handle handle() const noexcept { return ta_handle{bits_}; }
    const ta_allocator *allocator() const noexcept { return allocator_; }
    TA_CPP_INLINE_ void *get() const noexcept { return ta_get(allocator_, handle()); } /* nullptr: it was freed by its handle */
    TA_CPP_INLINE_ size_t size() const noexcept { return ta_size(allocator_, handle()); }
    TA_CPP_INLINE_ status resize(size_t size) noexcept { return ta_resize(allocator_, handle(), size); }

  private:
    const ta_allocator *allocator_;
    ta_handle_bits bits_; /* of its handle: an integer is kept in a register where a struct would not be */
    /** @endcond */
};

/* ---- Typed pools ------------------------------------------------------------------------------------------- */

/**
 * A pool of N objects of type T. It is a type without objects: its storage is static, zero at start-up and without
 * start-up code, its constants can be in flash. So any source file can use it without a declaration.
 *
 * Two pools of equal T and N need different tags, or they are one pool: `ta::pool<packet, 4, struct received>`. With
 * TA_HANDLE_POOL_BITS the tag can have a constant `pool_id`, the identity of the pool; otherwise it is 0.
 *
 * Objects that are live when the program ends are not destroyed.
 */
template <class T, size_t N, class Tag = T> class pool
{
  public:
    using type = T; /**< What it consists of. */

    /** The name of one lifetime of one object. Only its own pool accepts it. */
    struct handle {
        ta_handle untyped = TA_NONE_INIT; /**< The handle for the calls of C. */

        /** @cond forwarders */
        constexpr handle() noexcept = default;
        constexpr explicit handle(ta_handle h) noexcept : untyped(h) {}
        constexpr explicit operator bool() const noexcept { return untyped.bits != 0; }
        constexpr bool operator==(handle other) const noexcept { return untyped.bits == other.untyped.bits; }
        constexpr bool operator!=(handle other) const noexcept { return untyped.bits != other.untyped.bits; }
        /** @endcond */
    };

    /** An object that it destroys in its destructor. Empty when none was free, and when it was moved from. */
    class owner
    {
      public:
        /** @cond forwarders */
        constexpr owner() noexcept = default;
        constexpr explicit owner(handle h) noexcept : handle_(h) {}
        owner(const owner &) = delete;
        owner &operator=(const owner &) = delete;
        owner(owner &&other) noexcept : handle_(other.release()) {}
        owner &operator=(owner &&other) noexcept
        {
            handle h = other.release(); /* first: it may be this one */
            reset();
            handle_ = h;
            return *this;
        }
        TA_CPP_INLINE_ ~owner() { reset(); }
        TA_CPP_INLINE_ void reset() noexcept
        {
            if (handle_)
                destroy(release());
        }
        TA_CPP_INLINE_ handle release() noexcept
        {
            handle h = handle_;
            handle_ = handle();
            return h;
        }
        explicit operator bool() const noexcept { return bool(handle_); }
        T *get() const noexcept { return pool::get(handle_); }
        handle name() const noexcept { return handle_; }

      private:
        handle handle_;
        /** @endcond */
    };

    pool() = delete; /**< There are no objects: two of them would be the same pool. */

    /** @brief Allocate a block for an object, which the caller constructs. @return Its handle, as ta_alloc() returns it. */
    TA_NODISCARD_ TA_CPP_INLINE_ static handle alloc() noexcept { return handle(ta_alloc(allocator(), sizeof(T))); }

    /**
     * @brief Allocate a block and construct an object in it. One critical section, which does not include the constructor.
     * @param arguments What the constructor gets; for an aggregate, its members.
     * @return The handle; one that is false if no block is free.
     */
    template <class... Arguments> TA_NODISCARD_ TA_CPP_INLINE_ static handle create(Arguments &&...arguments)
    {
        block memory(allocator(), sizeof(T)); /* gives the block back if the constructor throws */
        void *at = memory.get();
        if (at)
            detail::construct<T>(0, detail::place{at}, static_cast<Arguments &&>(arguments)...);
        return handle(memory.release());
    }

    /**
     * @brief The same, for an object with one owner.
     * @param arguments As for create().
     * @return The owner; one that is false if no block is free.
     */
    template <class... Arguments> TA_NODISCARD_ TA_CPP_INLINE_ static owner make(Arguments &&...arguments)
    {
        return owner(create(static_cast<Arguments &&>(arguments)...));
    }

    /**
     * @brief Call the destructor of an object and free its block. Contexts that share a handle agree on who does it.
     * @param h The handle, which is stale afterwards.
     * @return false if the handle is stale: nothing happens, so a second call does no harm.
     */
    TA_CPP_INLINE_ static bool destroy(handle h) noexcept
    {
        return destroy_(h, typename detail::answer<TA_IS_TRIVIAL_TO_DESTROY_(T)>::type());
    }

    /** @brief The object of a handle. @param h The handle. @return Its address; nullptr if the handle is stale. */
    TA_CPP_INLINE_ static T *get(handle h) noexcept { return static_cast<T *>(ta_get(allocator(), h.untyped)); }

    /** @cond forwarders */
    static bool is_live(handle h) noexcept { return ta_is_live(allocator(), h.untyped); }
    static handle handle_of(const T *object) noexcept { return handle(ta_handle_of(allocator(), object)); }
    static size_t available() noexcept { return ta_available(allocator()); }
    static constexpr const ta_allocator *allocator() noexcept { return &allocator_; }

  private:
    static constexpr size_t alignment = TA_POOL_ALIGNMENT_(T);
    static constexpr size_t block_size = TA_POOL_BLOCK_SIZE_(T);
    TA_SLAB_ASSERT_(block_size, N, alignment)

    struct table {
        ta_entry_ entries[N];
        ta_slab_state_ state;
        TA_SLAB_OWNER_OF_EACH_(N)
    };
    alignas(alignment) static uint8_t blocks_[block_size * N];
    static table table_;
    static const ta_allocator allocator_;

    static bool destroy_(handle h, detail::yes) noexcept { return ta_free(allocator(), h.untyped); }
    TA_CPP_INLINE_ static bool destroy_(handle h, detail::no) noexcept
    {
        T *object = get(h);
        if (!object)
            return false;
        object->~T();
        return ta_free(allocator(), h.untyped);
    }
    /** @endcond */
};

/** @cond definitions */
template <class T, size_t N, class Tag>
alignas(pool<T, N, Tag>::alignment) uint8_t pool<T, N, Tag>::blocks_[pool<T, N, Tag>::block_size * N];
template <class T, size_t N, class Tag> typename pool<T, N, Tag>::table pool<T, N, Tag>::table_;
template <class T, size_t N, class Tag>
const ta_allocator pool<T, N, Tag>::allocator_ = TA_SLAB_CONSTANTS_(blocks_, table_, block_size, N, detail::pool_id<Tag>(0)
                                                                    << (TA_SLOT_BITS + TA_GENERATION_BITS));
/** @endcond */

#if TA_WITH_BUFFER

/* ---- Buffers ----------------------------------------------------------------------------------------------- */

/**
 * The chunks of a buffer, for a range-based `for` and nothing else: `for (ta::span chunk : b.chunks())`. Each comparison
 * with the end calls ta_buffer_next_chunk(). Do not change the buffer meanwhile. A stale chunk ends the loop.
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
        span operator*() const noexcept { return found->bytes; }
        void operator++() const noexcept {}
        bool operator!=(const last &end) noexcept
        {
            found = &end;
            return ta_buffer_next_chunk(buffer, &end.at, &end.bytes) == TA_OK;
        }
    };
    cursor begin() const noexcept { return cursor{buffer_, nullptr}; }
    last end() const noexcept { return last(); }

  private:
    const ta_buffer *buffer_;
    /** @endcond */
};

/**
 * A buffer in static memory, without a destructor: it lives as long as the program. Its constructor needs no start-up
 * code. The members are the calls of buffer.h and stream.h of the same name.
 */
class static_buffer
{
  public:
    /** @cond forwarders */
    constexpr explicit static_buffer(const ta_allocator *allocator) noexcept : buffer_ TA_BUFFER_INIT(allocator) {}
    static_buffer(const static_buffer &) = delete;
    static_buffer &operator=(const static_buffer &) = delete;

    ta_buffer *c() noexcept { return &buffer_; }
    const ta_buffer *c() const noexcept { return &buffer_; }

    status clear() noexcept { return ta_buffer_clear(c()); }
    status set_limit(size_t limit) noexcept { return ta_buffer_set_limit(c(), limit); }
    size_t limit() const noexcept { return ta_buffer_limit(c()); }

    status push(uint8_t byte) noexcept { return ta_buffer_push(c(), byte); }
    status write(const void *data, size_t n) noexcept { return ta_buffer_write(c(), data, n); }
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
    status reserve(size_t n, span &bytes) noexcept { return ta_buffer_reserve(c(), n, bytes.c()); }
    status commit(size_t n) noexcept { return ta_buffer_commit(c(), n); }
    status cancel() noexcept { return ta_buffer_cancel(c()); }

    status pop(uint8_t &byte) noexcept { return ta_buffer_pop(c(), &byte); }
    status peek(uint8_t &byte) const noexcept { return ta_buffer_peek(c(), &byte); }
    status front(span &bytes) const noexcept { return ta_buffer_front(c(), bytes.c()); }
    status consume(size_t n) noexcept { return ta_buffer_consume(c(), n); }
    status prepend(const void *data, size_t n) noexcept { return ta_buffer_prepend(c(), data, n); }
    status truncate(size_t new_length) noexcept { return ta_buffer_truncate(c(), new_length); }

    chunk_range chunks() const noexcept { return chunk_range(c()); }
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
    status take_all(static_buffer &source) noexcept { return ta_buffer_move(c(), source.c()); }

    size_t size() const noexcept { return ta_buffer_len(c()); }
    bool empty() const noexcept { return ta_buffer_is_empty(c()); }
    size_t room() const noexcept { return ta_buffer_room(c()); }
    int check() const noexcept { return ta_buffer_check(c()); }
#if TA_WITH_VIEW
    ta_view view() const noexcept { return ta_buffer_view(c()); }
#endif

  private:
    ta_buffer buffer_;
    /** @endcond */
};

/** A buffer that it clears in its destructor. Moving moves the chunks in O(1), as ta_buffer_move() does, and the limit. */
class buffer : public static_buffer
{
  public:
    /** @cond forwarders */
    using static_buffer::static_buffer;
    buffer(buffer &&other) noexcept : static_buffer(other.c()->chain.allocator) { take(other); }
    buffer &operator=(buffer &&other) noexcept
    {
        if (this != &other) {
            clear();
            set_limit(0);
            take(other);
        }
        return *this;
    }
    TA_CPP_INLINE_ ~buffer() { clear(); }

  private:
    /* A stale one, whose chunks were freed elsewhere, has nothing to give. */
    void take(buffer &other) noexcept
    {
        size_t limit = other.limit();
        take_all(other);
        set_limit(limit);
    }
    /** @endcond */
};

#endif /* TA_WITH_BUFFER */

#if TA_WITH_QUEUE

/* ---- Queues ------------------------------------------------------------------------------------------------ */

/**
 * A queue in static memory, without a destructor: it lives as long as the program. Its constructor needs no start-up code.
 * The members are the calls of queue.h of the same name.
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

    ta_queue *c() noexcept { return &queue_; }
    const ta_queue *c() const noexcept { return &queue_; }

    status clear() noexcept { return ta_queue_clear(c()); }
    status set_limit(size_t limit) noexcept { return ta_queue_set_limit(c(), limit); }
    status set_marks(const ta_water_marks *marks) noexcept { return ta_queue_set_marks(c(), marks); }
    status use_headroom() noexcept { return ta_queue_use_headroom(c()); }
    status trim() noexcept { return ta_queue_trim(c()); }

    status push(uint8_t byte) noexcept { return ta_queue_push(c(), byte); }
    status write(const void *data, size_t n) noexcept { return ta_queue_write(c(), data, n); }
    template <class Bytes> status write(const Bytes &bytes) noexcept
    {
        static_assert(sizeof(*bytes.data()) == 1, "tinyalloc: only bytes can be written");
        return write(bytes.data(), bytes.size());
    }
    status write_some(const void *data, size_t n, size_t &done) noexcept
    {
        return ta_queue_write_some(c(), data, n, &done);
    }
    status reserve(size_t n, span &bytes) noexcept { return ta_queue_reserve(c(), n, bytes.c()); }
    status commit(size_t n) noexcept { return ta_queue_commit(c(), n); }
    status cancel() noexcept { return ta_queue_cancel(c()); }
    size_t room() const noexcept { return ta_queue_room(c()); }

    status pop(uint8_t &byte) noexcept { return ta_queue_pop(c(), &byte); }
    status peek(uint8_t &byte) const noexcept { return ta_queue_peek(c(), &byte); }
    status at(size_t position, uint8_t &byte) const noexcept { return ta_queue_at(c(), position, &byte); }
    status read(void *data, size_t n) noexcept { return ta_queue_read(c(), data, n); }
    status read_some(void *data, size_t n, size_t &done) noexcept { return ta_queue_read_some(c(), data, n, &done); }
    status front(span &bytes) const noexcept { return ta_queue_front(c(), bytes.c()); }
    status copy_out(size_t position, void *data, size_t n) const noexcept
    {
        return ta_queue_copy_out(c(), position, data, n);
    }
    status find(size_t from, uint8_t byte, size_t &position) const noexcept
    {
        return ta_queue_find(c(), from, byte, &position);
    }
    status consume(size_t n) noexcept { return ta_queue_consume(c(), n); }
    status take(static_buffer &destination) noexcept { return ta_queue_take(c(), destination.c()); }
    status drain_into(static_buffer &destination, size_t n) noexcept
    {
        return ta_queue_drain_into(destination.c(), c(), n);
    }

    size_t size() const noexcept { return ta_queue_len(c()); }
    bool empty() const noexcept { return ta_queue_is_empty(c()); }
    size_t limit() const noexcept { return ta_queue_limit(c()); }
    size_t dropped() const noexcept { return ta_queue_dropped(c()); }
    int check() const noexcept { return ta_queue_check(c()); }
#if TA_WITH_VIEW
    ta_view view() const noexcept { return ta_queue_view(c()); }
#endif

  private:
    ta_queue queue_;
    /** @endcond */
};

/** A queue that it clears in its destructor. By then the other side makes no call any more: disable its interrupt first. */
class queue : public static_queue
{
  public:
    /** @cond forwarders */
    using static_queue::static_queue;
    TA_CPP_INLINE_ ~queue() { clear(); }
    /** @endcond */
};

#endif /* TA_WITH_QUEUE */

} // namespace ta

#endif
