/**
 * @file block.hpp
 * @brief A block for C++ that is freed at the end of its scope. See tinyalloc.hpp.
 */
#ifndef TINYALLOC_BLOCK_HPP
#define TINYALLOC_BLOCK_HPP

#include "slab.h"

#if __cplusplus >= 201703L
#define TA_NODISCARD_ [[nodiscard]]
#else
#define TA_NODISCARD_
#endif

namespace ta
{
/** @cond private */
namespace detail
{
template <class T> struct value_of {
    using type = T;
};
template <class T> struct value_of<T &> {
    using type = T;
};

/* What an empty block belongs to: a slab without slots, so that every call on it finds a stale handle. */
template <class> struct nowhere {
    static const ta_allocator pool;
};
template <class T>
const ta_allocator nowhere<T>::pool = {
    TA_SLAB_OPERATIONS_ 1, nullptr, nullptr, nullptr, -1, TA_SLAB_LAST_LIVE_(-1) TA_ALLOCATOR_POOL_(0)};
} // namespace detail
/** @endcond */

/**
 * @brief As std::move(), for targets without a C++ library.
 * @param object What to move.
 * @return The same object, as one to move from.
 */
template <class T> constexpr typename detail::value_of<T>::type &&move(T &&object) noexcept
{
    return static_cast<typename detail::value_of<T>::type &&>(object);
}

/** The statuses of status.h. */
using status = ta_status;

/** An owner of a block, which is freed in its destructor. Empty after a move, after release(), or if none was free. */
class block
{
  public:
    /** An empty one. */
    constexpr block() noexcept : allocator_(&detail::nowhere<void>::pool), bits_(0) {}

    /**
     * @brief Allocate a block, as ta_alloc() does. If none is free it is empty, and false as a bool.
     * @param a    The allocator.
     * @param size How many bytes of the block are in use.
     */
    TA_CPP_INLINE_ block(const ta_allocator *a, size_t size) noexcept
        : allocator_(a), bits_(ta_alloc(a, size).bits)
    {
    }

    /**
     * @brief Take over a block that somebody else has allocated.
     * @param a The allocator.
     * @param h The handle of the block.
     */
    TA_CPP_INLINE_ block(const ta_allocator *a, ta_handle h) noexcept : allocator_(a), bits_(h.bits) {}

    /**
     * @brief Allocate a block and copy bytes into it, as ta_alloc_copy() does.
     * @param a    The allocator.
     * @param data The bytes.
     * @param size How many.
     * @return The block; an empty one if none is free.
     */
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
    TA_CPP_INLINE_ ~block()
    {
        reset();
    }
    /** @endcond */

    /** Free the block now, if it has one. */
    TA_CPP_INLINE_ void reset() noexcept
    {
        if (bits_ != 0)
            ta_free(allocator_, release());
    }

    /**
     * @brief Give the block to the caller, who frees it.
     * @return Its handle.
     */
    TA_CPP_INLINE_ ta_handle release() noexcept
    {
        ta_handle h = handle();
        bits_ = 0;
        return h;
    }

    /** @cond forwarders */
    explicit operator bool() const noexcept
    {
        return bits_ != 0;
    }
    TA_CPP_INLINE_ ta_handle handle() const noexcept
    {
        return ta_handle{bits_};
    }
    const ta_allocator *allocator() const noexcept
    {
        return allocator_;
    }
    TA_CPP_INLINE_ void *get() const noexcept
    {
        return ta_get(allocator_, handle());
    }
    TA_CPP_INLINE_ size_t size() const noexcept
    {
        return ta_size(allocator_, handle());
    }
    TA_CPP_INLINE_ status resize(size_t size) noexcept
    {
        return ta_resize(allocator_, handle(), size);
    }

  private:
    const ta_allocator *allocator_;
    ta_handle_bits bits_; /* of its handle: an integer is kept in a register where a struct would not be */
    /** @endcond */
};
} // namespace ta

#endif
