/**
 * @file pool.hpp
 * @brief Typed pools for C++: objects that are constructed in the blocks of a slab. See tinyalloc.hpp.
 */
#ifndef TINYALLOC_POOL_HPP
#define TINYALLOC_POOL_HPP

#include "block.hpp"
#include "pool.h"

/** @cond private: what <new> and <type_traits> would have */
namespace ta
{
namespace detail
{
struct place { /* an address to construct an object at */
    void *at;
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

template <class T, class... Arguments>
TA_CPP_INLINE_ T *construct(long, place where, Arguments &&...arguments)
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

/**
 * A pool of N objects of type T. It is a type without objects: its storage is static, zero at start-up and without
 * start-up code, its constants can be in flash. So any source file can use it without a declaration.
 *
 * Two pools of equal T and N need different tags, or they are one pool: `ta::pool<packet, 4, struct received>`. With
 * TA_HANDLE_POOL_BITS the tag can have a constant `pool_id`, the identity of the pool; otherwise it is 0.
 *
 * Objects that are live when the program ends are not destroyed.
 */
template <class T, size_t N, class Tag = void> class pool
{
  public:
    using type = T; /**< What it consists of. */

    /** The name of one lifetime of one object. Only its own pool accepts it. */
    struct handle {
        ta_handle untyped = TA_NONE_INIT; /**< The handle for the calls of C. */

        /** @cond forwarders */
        constexpr handle() noexcept = default;
        constexpr explicit handle(ta_handle h) noexcept : untyped(h) {}
        constexpr explicit operator bool() const noexcept
        {
            return untyped.bits != 0;
        }
        constexpr bool operator==(handle other) const noexcept
        {
            return untyped.bits == other.untyped.bits;
        }
        constexpr bool operator!=(handle other) const noexcept
        {
            return untyped.bits != other.untyped.bits;
        }
        /** @endcond */
    };

    /** An owner of an object, which is destroyed in its destructor. Empty after a move, or if none was free. */
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
        TA_CPP_INLINE_ ~owner()
        {
            reset();
        }
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
        explicit operator bool() const noexcept
        {
            return bool(handle_);
        }
        T *get() const noexcept
        {
            return pool::get(handle_);
        }
        handle name() const noexcept
        {
            return handle_;
        }

      private:
        handle handle_;
        /** @endcond */
    };

    explicit pool() = delete; /**< There are no objects: two of them would be the same pool. */

    /**
     * @brief Allocate a block for an object that the caller constructs.
     * @return The handle, as ta_alloc() returns it.
     */
    TA_NODISCARD_ TA_CPP_INLINE_ static handle alloc() noexcept
    {
        return handle(ta_alloc(allocator(), sizeof(T)));
    }

    /**
     * @brief Allocate a block and construct an object in it. The constructor runs outside the critical section.
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

    /**
     * @brief The object of a handle.
     * @param h The handle.
     * @return Its address; nullptr if the handle is stale.
     */
    TA_CPP_INLINE_ static T *get(handle h) noexcept
    {
        return static_cast<T *>(ta_get(allocator(), h.untyped));
    }

    /** @cond forwarders */
    static bool is_live(handle h) noexcept
    {
        return ta_is_live(allocator(), h.untyped);
    }
    static handle handle_of(const T *object) noexcept
    {
        return handle(ta_handle_of(allocator(), object));
    }
    static size_t available() noexcept
    {
        return ta_available(allocator());
    }
    static constexpr const ta_allocator *allocator() noexcept
    {
        return &allocator_;
    }

  private:
    static constexpr size_t alignment = TA_POOL_ALIGNMENT_(T);
    static constexpr size_t block_size = TA_POOL_BLOCK_SIZE_(T);
    TA_SLAB_ASSERT_(block_size, N, alignment)
    TA_STATIC_ASSERT(detail::pool_id<Tag>(0) >> TA_HANDLE_POOL_BITS == 0,
                     "tinyalloc: the pool's identity does not fit TA_HANDLE_POOL_BITS");

    struct table {
        ta_entry_ entries[N];
        ta_slab_state_ state;
        TA_SLAB_OWNER_OF_EACH_(N)
    };
    alignas(alignment) static uint8_t blocks_[block_size * N];
    static table table_;
    static const ta_allocator allocator_;

    static bool destroy_(handle h, detail::yes) noexcept
    {
        return ta_free(allocator(), h.untyped);
    }
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
const ta_allocator pool<T, N, Tag>::allocator_ = TA_SLAB_CONSTANTS_(
    blocks_, table_, block_size, N, detail::pool_id<Tag>(0) << (TA_SLOT_BITS + TA_GENERATION_BITS));
/** @endcond */
} // namespace ta

#endif
