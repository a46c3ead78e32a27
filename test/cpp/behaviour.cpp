// What tinyalloc.hpp promises, on a host, a Cortex-M3 and an AVR: who frees what, and when constructors and destructors run.
#include <string.h>
#include <tinyalloc/tinyalloc.hpp>

extern "C" { // test/target/board.h
[[noreturn]] void end_of_tests(unsigned passed, unsigned skipped);
[[noreturn]] void end_of_failed_test(unsigned number, unsigned line);
}

static unsigned number;

#define EXPECT(condition)                         \
    do {                                          \
        if (!(condition))                         \
            end_of_failed_test(number, __LINE__); \
    } while (0)

enum { ta_pool_id_pool = 0, ta_pool_id_first_twin = 2, ta_pool_id_second_twin = 3 };
TA_SLAB_DEFINE(pool, 8, 6);

static bool is_whole()
{
    return ta_available(pool) == 6 && ta_slab_check(pool) == 0;
}

// ---- Blocks ----------------------------------------------------------------------------------------------

static void block_is_freed_at_the_end_of_its_scope()
{
    {
        ta::block b{pool, 5};
        EXPECT(b && b.get() && b.size() == 5 && b.allocator() == pool);
        EXPECT(b.resize(8) == TA_OK && b.size() == 8 && b.resize(9) == TA_E_INVALID);
        EXPECT(ta_available(pool) == 5);
    }
    EXPECT(is_whole());
}

static void empty_block_is_stale()
{
    ta::block none, same{ta::move(none)};
    EXPECT(!same && same.get() == nullptr && same.size() == 0 && same.resize(1) == TA_E_STALE);
    ta::buffer b{pool};
    EXPECT(b.append_block(ta::move(same), 1) == TA_E_STALE && b.empty());
}

static void block_is_empty_if_none_is_free()
{
    ta::block blocks[6];
    for (ta::block &b : blocks) {
        EXPECT(!b);
        b = ta::block{pool, 1};
        EXPECT(b);
    }
    ta::block none{pool, 1};
    EXPECT(!none && ta_available(pool) == 0);
}

static void moved_block_has_one_owner()
{
    ta::block a = ta::block::copy_of(pool, "abc", 3);
    ta_handle h = a.handle();
    ta::block b{ta::move(a)};
    EXPECT(!a && b && ta_handle_eq(b.handle(), h) && memcmp(b.get(), "abc", 3) == 0);
    ta::block c{pool, 1};
    c = ta::move(b); // frees what c had
    EXPECT(!b && c && ta_available(pool) == 5);
    ta::block &same = c;
    c = ta::move(same);
    EXPECT(c && ta_handle_eq(c.handle(), h) && ta_is_live(pool, h));
    c = ta::block();
    EXPECT(!c && is_whole());
}

static void released_block_is_the_callers()
{
    ta_handle h;
    {
        ta::block b{pool, 1};
        h = b.release();
        EXPECT(!b);
    }
    EXPECT(ta_is_live(pool, h));
    ta::block again{pool, h}; // takes it over
    again.reset();
    again.reset();
    EXPECT(!ta_is_live(pool, h) && is_whole());
}

static void block_freed_elsewhere_is_no_ones_else()
{
    ta::block others[6];
    {
        ta::block b{pool, 1};
        EXPECT(ta_free(pool, b.handle()));
        for (ta::block &other : others)
            other = ta::block{pool, 1};
        EXPECT(b.get() == nullptr && b.size() == 0);
    }
    for (ta::block &other : others)
        EXPECT(other.get() != nullptr);
}

// ---- Buffers ---------------------------------------------------------------------------------------------

struct text { // what has data() and size() can be written
    const char *at;
    size_t length;
    const char *data() const
    {
        return at;
    }
    size_t size() const
    {
        return length;
    }
};

static bool contains(const ta::static_buffer &b, const char *expected)
{
    char bytes[48];
    return b.check() == 0 && b.size() == strlen(expected) && b.copy_out(0, bytes, b.size()) == TA_OK &&
           memcmp(bytes, expected, b.size()) == 0;
}

static void buffer_is_cleared_at_the_end_of_its_scope()
{
    {
        ta::buffer b{pool};
        EXPECT(b.empty() && b.room() == 48);
        EXPECT(b.write("twenty-one bytes long", 21) == TA_OK && b.size() == 21);
        EXPECT(ta_available(pool) == 3);
    }
    EXPECT(is_whole());
}

static void moved_buffer_has_one_owner()
{
    ta::buffer a{pool};
    EXPECT(a.set_limit(20) == TA_OK && a.write(text{"ten bytes.", 10}) == TA_OK);
    ta::buffer b{ta::move(a)};
    EXPECT(contains(b, "ten bytes.") && b.limit() == 20 && a.empty());
    EXPECT(a.write("again", 5) == TA_OK && contains(a, "again")); // still usable
    ta::buffer c{pool};
    EXPECT(c.set_limit(3) == TA_OK && c.write("old", 3) == TA_OK);
    c = ta::move(b); // frees what c had, takes over the limit
    EXPECT(contains(c, "ten bytes.") && c.limit() == 20 && b.empty());
    EXPECT(c.write("11 too many", 11) == TA_E_FULL);
    ta::buffer &same = c;
    c = ta::move(same);
    EXPECT(contains(c, "ten bytes."));
    EXPECT(ta_available(pool) == 3); // 2 of c, 1 of a
}

static void stale_buffer_has_nothing_to_give()
{
    ta::buffer a{pool}, b{pool};
    EXPECT(a.write("lost", 4) == TA_OK);
    ta_clear(pool);
    EXPECT(b.write("old", 3) == TA_OK);
    b = ta::move(a);
    EXPECT(b.empty() && b.check() == 0 && ta_available(pool) == 6 && b.push('x') == TA_OK);
    ta::buffer c{ta::move(a)};
    EXPECT(c.empty() && c.push('x') == TA_OK);
}

#if TA_GLOBAL
TA_SLAB_DEFINE(other_pool, 8, 2);

static void moved_buffer_follows_the_global_allocator()
{
    ta_global_set(pool);
    ta::buffer a{nullptr};
    EXPECT(a.push('x') == TA_OK);
    ta_clear(pool);
    ta::buffer b{ta::move(a)}; // stale: no bytes move, but what it is bound to does
    ta_global_set(other_pool);
    EXPECT(b.empty() && b.push('y') == TA_OK);
    EXPECT(ta_available(pool) == 6 && ta_available(other_pool) == 1);
    ta::buffer c{ta::move(b)};
    EXPECT(c.size() == 1 && ta_available(other_pool) == 1);
    c.clear();
    ta_global_set(pool);
    EXPECT(c.push('z') == TA_OK && ta_available(pool) == 5);
    ta_global_set(nullptr);
}
#endif

static void buffer_takes_a_block_over()
{
    ta::buffer b{pool};
    ta::block block = ta::block::copy_of(pool, "block", 5);
    EXPECT(b.set_limit(4) == TA_OK && b.append_block(ta::move(block), 5) == TA_E_FULL);
    EXPECT(block && block.get()); // after an error it is still the block's
    EXPECT(b.set_limit(0) == TA_OK && b.append_block(ta::move(block), 5) == TA_OK);
    EXPECT(!block && contains(b, "block") && ta_available(pool) == 5);
}

static void buffer_is_used_at_both_ends()
{
    ta::buffer b{pool}, other{pool};
    uint8_t byte = 0;
    size_t done = 0;
    ta::span bytes{};
    EXPECT(b.push('c') == TA_OK && b.prepend("ab", 2) == TA_OK && b.write_some("def", 3, done) == TA_OK);
    EXPECT(done == 3 && contains(b, "abcdef"));
    EXPECT(b.peek(byte) == TA_OK && byte == 'a' && b.pop(byte) == TA_OK && byte == 'a' &&
           b.truncate(4) == TA_OK);
    EXPECT(b.front(bytes) == TA_OK && !bytes.empty() && bytes[0] == bytes.data()[0]);
    EXPECT(b.consume(1) == TA_OK && contains(b, "cde"));
    EXPECT(b.reserve(2, bytes) == TA_OK && bytes.size() <= 2);
    bytes[0] = '!';
    EXPECT(b.commit(1) == TA_OK && contains(b, "cde!"));
    EXPECT(b.reserve(1, bytes) == TA_OK && b.cancel() == TA_OK && contains(b, "cde!"));
    EXPECT(other.copy_range(b, 1, 2) == TA_OK && contains(other, "de"));
    EXPECT(other.take_all(b) == TA_OK && contains(other, "cde!") && b.empty());
    EXPECT(other.at(1, byte) == TA_OK && byte == 'd' && other.find(1, '!', done) == TA_OK && done == 3);
    EXPECT(other.split(b, 1) == TA_OK && contains(b, "c") && contains(other, "de!"));
    EXPECT(b.append(other) == TA_OK && contains(b, "cde!") && b.drain_into(other, 3) == TA_OK);
    char text[2];
    EXPECT(other.read(text, 2) == TA_OK && memcmp(text, "cd", 2) == 0 && b.read_some(text, 2, done) == TA_OK);
    EXPECT(done == 1 && text[0] == '!' && contains(other, "e") && b.empty());
    EXPECT(other.front(bytes) == TA_OK && b.write(bytes) == TA_OK && contains(b, "e"));
}

static void chunks_are_iterated_over()
{
    ta::buffer b{pool};
    char bytes[32];
    size_t n = 0, chunks = 0;
#if __cplusplus >= 201703L
    for (ta::span chunk : b.chunks())
        n += chunk.size();
    EXPECT(n == 0);
#endif
    EXPECT(b.write("12345", 5) == TA_OK && b.consume(5) == TA_OK);
    EXPECT(b.write("twenty-one bytes long", 21) == TA_OK);
#if __cplusplus >= 201703L
    for (ta::span chunk : b.chunks()) {
        chunks++;
        for (uint8_t byte : chunk)
            bytes[n++] = static_cast<char>(byte);
    }
    EXPECT(chunks == 3 && n == 21 && memcmp(bytes, "twenty-one bytes long", n) == 0);
    n = chunks = 0;
#endif
    ta_chunk_iterator at{};
    ta::span chunk;
    while (b.next_chunk(at, chunk) == TA_OK) {
        memcpy(bytes + n, chunk.data(), chunk.size());
        n += chunk.size();
        chunks++;
    }
    EXPECT(chunks == 3 && n == 21 && memcmp(bytes, "twenty-one bytes long", n) == 0);
#if __cplusplus >= 201703L
    ta_clear(pool);
    for (ta::span stale : b.chunks())
        EXPECT(stale.empty()); // never: the first chunk is stale
    EXPECT(b.push('x') == TA_E_STALE);
#endif
}

// ---- Queues ----------------------------------------------------------------------------------------------

static void queue_is_cleared_at_the_end_of_its_scope()
{
    {
        ta::queue q{pool, 20};
        ta::buffer b{pool};
        uint8_t byte = 0;
        char bytes[16];
        size_t done = 0;
        ta::span span{};
        EXPECT(q.limit() == 20 && q.empty() && q.write("0123456789", 10) == TA_OK && q.push('x') == TA_OK);
        EXPECT(q.write(text{"more than fits", 14}) == TA_E_FULL && q.dropped() == 14);
        EXPECT(q.size() == 11 && q.pop(byte) == TA_OK && byte == '0' && q.peek(byte) == TA_OK && byte == '1');
        EXPECT(q.at(9, byte) == TA_OK && byte == 'x' && q.find(0, '5', done) == TA_OK && done == 4);
        EXPECT(q.read(bytes, 2) == TA_OK && memcmp(bytes, "12", 2) == 0);
        EXPECT(q.front(span) == TA_OK && span[0] == '3' && q.consume(1) == TA_OK);
        EXPECT(q.copy_out(0, bytes, 3) == TA_OK && memcmp(bytes, "456", 3) == 0);
        EXPECT(q.reserve(1, span) == TA_OK && q.cancel() == TA_OK && q.reserve(1, span) == TA_OK);
        span[0] = '!';
        EXPECT(q.commit(1) == TA_OK && q.drain_into(b, 2) == TA_OK && contains(b, "45"));
        EXPECT(q.take(b) == TA_OK && contains(b, "456789x!") && q.room() > 0);
        EXPECT(q.write_some("ab", 2, done) == TA_OK && done == 2 && q.read_some(bytes, 9, done) == TA_OK &&
               done == 2);
        EXPECT(q.trim() == TA_OK && q.push('l') == TA_OK && q.set_limit(1) == TA_OK && q.check() == 0);
    }
    EXPECT(is_whole());
}

static ta::queue filled_queue()
{
    ta::queue q{pool, 20};
    EXPECT(q.write("_ten bytes.", 11) == TA_OK && q.consume(1) == TA_OK);
    return q;
}

static bool contains(const ta::queue &q, const char *expected)
{
    char bytes[32];
    size_t n = strlen(expected);
    return q.size() == n && q.copy_out(0, bytes, n) == TA_OK && memcmp(bytes, expected, n) == 0;
}

TA_SLAB_DEFINE(first_twin, 8, 2);
TA_SLAB_DEFINE(second_twin, 8, 2);

static void moved_queue_has_one_owner()
{
    {
        ta::queue a = filled_queue();
        ta_view before = a.view();
        ta::span span{};
        EXPECT(contains(a, "ten bytes.") && a.reserve(2, span) == TA_OK);
        ta::queue b{ta::move(a)};
        EXPECT(contains(b, "ten bytes.") && b.limit() == 20 && a.empty() && a.limit() == 20);
        EXPECT(ta_view_check(&before) == TA_E_STALE);
        memcpy(span.data(), "ab", 2);
        EXPECT(b.commit(2) == TA_OK && a.commit(2) == TA_E_INVALID && contains(b, "ten bytes.ab"));
        EXPECT(a.write("again", 5) == TA_OK && contains(a, "again") && a.check() == 0); // still usable
        ta::queue c{pool, 3};
        EXPECT(c.write("old", 3) == TA_OK);
        ta_view old = c.view();
        c = ta::move(b); // frees what c had, takes over the limit
        EXPECT(contains(c, "ten bytes.ab") && c.limit() == 20 && b.empty() && c.check() == 0);
        EXPECT(ta_view_check(&old) == TA_E_STALE);
        // As many bytes were removed of both, and handles of one pool fit the other: views of both are stale nevertheless.
        ta::queue d{first_twin, 0};
        EXPECT(d.write("old", 3) == TA_OK);
        old = d.view();
        ta::queue e{second_twin, 9};
        EXPECT(e.write("new", 3) == TA_OK && e.write("too many", 8) == TA_E_FULL);
        before = e.view();
        d = ta::move(e);
        EXPECT(ta_view_check(&old) == TA_E_STALE && ta_view_check(&before) == TA_E_STALE);
        ta_lines lines = TA_LINES_OF_QUEUE(d.c(), 0);
        char text[8];
        EXPECT(contains(d, "new") && ta_lines_read(&lines, text, sizeof text, nullptr) == TA_MORE);
        EXPECT(lines.damaged == 1 && d.empty()); // what was refused is remembered where it was
        ta::queue &same = c;
        c = ta::move(same);
        EXPECT(contains(c, "ten bytes.ab"));
    }
    EXPECT(is_whole());
}

// ---- Static memory ---------------------------------------------------------------------------------------

#ifdef __cpp_constinit
#define CONSTINIT constinit
#else
#define CONSTINIT
#endif
static CONSTINIT ta::static_queue received{pool, 30};
static CONSTINIT ta::static_buffer kept{pool};

static void static_objects_need_no_start_up_code()
{
    EXPECT(received.limit() == 30 && received.push('r') == TA_OK && received.take(kept) == TA_OK);
    EXPECT(contains(kept, "r") && kept.clear() == TA_OK && received.clear() == TA_OK);
}

// ---- Typed pools -----------------------------------------------------------------------------------------

static int constructed, destroyed, sum_of_destroyed;

struct only_moved {
    int number;
    explicit only_moved(int n) : number(n) {}
    only_moved(const only_moved &) = delete;
    only_moved(only_moved &&other) : number(other.number)
    {
        other.number = 0;
    }
};

class counted
{
  public:
    counted(int number, int &changed) : number_(number)
    {
        constructed++;
        changed = number;
    }
    counted(only_moved n) : number_(n.number)
    {
        constructed++;
    }
    counted(const counted &) = delete;
    counted &operator=(const counted &) = delete;
    ~counted()
    {
        destroyed++;
        sum_of_destroyed += number_;
    }
    int number() const
    {
        return number_;
    }

  private:
    int number_;
};

struct first_tag {
    static constexpr ta_handle_bits pool_id = 1;
};
struct second_tag {
    static constexpr ta_handle_bits pool_id = 2;
};
using pool_of_counted = ta::pool<counted, 3, first_tag>;
using another_pool = ta::pool<counted, 3, second_tag>;

static void start_counting()
{
    constructed = destroyed = sum_of_destroyed = 0;
}

static void objects_are_constructed_and_destroyed_once()
{
    start_counting();
    int changed = 0;
    only_moved seven(7);
    pool_of_counted::handle a = pool_of_counted::create(5, changed); // by reference
    pool_of_counted::handle b = pool_of_counted::create(ta::move(seven));
    EXPECT(a && b && a != b && changed == 5 && seven.number == 0 && constructed == 2);
    EXPECT(pool_of_counted::get(a)->number() == 5 && pool_of_counted::get(b)->number() == 7);
    EXPECT(pool_of_counted::handle_of(pool_of_counted::get(b)) == b && pool_of_counted::available() == 1);
    EXPECT(pool_of_counted::destroy(a) && destroyed == 1 && sum_of_destroyed == 5);
    EXPECT(!pool_of_counted::destroy(a) && destroyed == 1); // a second time: rejected
    EXPECT(pool_of_counted::destroy(b) && destroyed == 2 && sum_of_destroyed == 12);
    EXPECT(pool_of_counted::available() == 3 && ta_slab_check(pool_of_counted::allocator()) == 0);
}

static void stale_handle_of_an_object_is_detected()
{
    int changed;
    pool_of_counted::handle none, old = pool_of_counted::create(1, changed);
    EXPECT(!none && pool_of_counted::get(none) == nullptr && !pool_of_counted::destroy(none));
    EXPECT(pool_of_counted::destroy(old) && pool_of_counted::get(old) == nullptr &&
           !pool_of_counted::is_live(old));
    pool_of_counted::owner others[3];
    for (pool_of_counted::owner &other : others)
        other = pool_of_counted::make(2, changed);
    EXPECT(pool_of_counted::get(old) == nullptr && !pool_of_counted::destroy(old));
    for (pool_of_counted::owner &other : others)
        EXPECT(other.get() && other.get()->number() == 2);
}

static void nothing_is_constructed_if_no_block_is_free()
{
    start_counting();
    int changed = 0;
    pool_of_counted::owner all[3];
    for (pool_of_counted::owner &each : all)
        each = pool_of_counted::make(1, changed);
    pool_of_counted::owner none = pool_of_counted::make(9, changed);
    EXPECT(!none && none.get() == nullptr && changed == 1 && constructed == 3 && destroyed == 0);
}

static void owner_destroys_its_object_once()
{
    start_counting();
    int changed;
    {
        pool_of_counted::owner a = pool_of_counted::make(1, changed);
        pool_of_counted::owner b{ta::move(a)};
        EXPECT(!a && b && b.get()->number() == 1 && destroyed == 0);
        pool_of_counted::owner c = pool_of_counted::make(10, changed);
        c = ta::move(b);
        EXPECT(!b && c.get()->number() == 1 && destroyed == 1 && sum_of_destroyed == 10);
        pool_of_counted::owner &same = c;
        c = ta::move(same);
        EXPECT(c && destroyed == 1);
        pool_of_counted::owner d = pool_of_counted::make(100, changed);
        EXPECT(pool_of_counted::destroy(d.name()) &&
               d.get() == nullptr); // elsewhere: its destructor finds a stale handle
    }
    EXPECT(constructed == 3 && destroyed == 3 && sum_of_destroyed == 111);
    pool_of_counted::handle released = pool_of_counted::make(1, changed).release();
    EXPECT(destroyed == 3 && pool_of_counted::destroy(released) && destroyed == 4);
}

static void pools_of_different_tags_are_different()
{
    int changed;
    pool_of_counted::owner a = pool_of_counted::make(1, changed);
    EXPECT(pool_of_counted::available() == 2 && another_pool::available() == 3);
    another_pool::owner b = another_pool::make(2, changed);
    EXPECT(a.get()->number() == 1 && b.get()->number() == 2 &&
           pool_of_counted::allocator() != another_pool::allocator());
#if TA_HANDLE_POOL_BITS
    EXPECT(a.name().untyped.bits >> (TA_SLOT_BITS + TA_GENERATION_BITS) == 1);
    EXPECT(another_pool::get(another_pool::handle(a.name().untyped)) == nullptr); // a cast does not help
#endif
}

struct plain { // an aggregate
    uint8_t kind;
    const char *name;
};

struct numbered { // in C++, with TA_HANDLE_POOL_BITS, only a tag says which pool it is
    uint16_t pool_id;
};

struct TA_ALIGNAS(2 * TA_ALIGNOF(max_align_t)) wide {
    uint8_t bytes[3];
};

static void objects_are_aligned_and_aggregates_initialised()
{
    using plains = ta::pool<plain, 2>;
    using wides = ta::pool<wide, 2>;
    using numbers = ta::pool<numbered, 2>;
    numbers::owner one = numbers::make(uint16_t{7});
    EXPECT(one && one.get()->pool_id == 7);
    plains::handle a = plains::create(uint8_t{3}, "name"), zero = plains::create();
    EXPECT(plains::get(a)->kind == 3 && strcmp(plains::get(a)->name, "name") == 0);
    EXPECT(plains::get(zero)->kind == 0 && plains::get(zero)->name == nullptr);
    EXPECT(plains::destroy(a) && plains::destroy(zero) && !plains::destroy(zero));
    wides::owner w[2] = {wides::make(), wides::make()};
    for (const wides::owner &each : w)
        EXPECT(reinterpret_cast<uintptr_t>(each.get()) % alignof(wide) == 0);
    EXPECT(ta_stats_of(wides::allocator()).block_size == sizeof(wide));
}

#ifdef __cpp_exceptions
struct throws {
    throws()
    {
        throw 1;
    }
};

static void constructor_that_throws_gives_its_block_back()
{
    using all_throw = ta::pool<throws, 1>;
    for (int i = 0; i < 3; i++) {
        bool is_thrown = false;
        try {
            (void)all_throw::create();
        } catch (int) {
            is_thrown = true;
        }
        EXPECT(is_thrown && all_throw::available() == 1);
    }
}
#endif

int main()
{
    static void (*const tests[])() = {
        block_is_freed_at_the_end_of_its_scope,
        empty_block_is_stale,
        block_is_empty_if_none_is_free,
        moved_block_has_one_owner,
        released_block_is_the_callers,
        block_freed_elsewhere_is_no_ones_else,
        buffer_is_cleared_at_the_end_of_its_scope,
        moved_buffer_has_one_owner,
        stale_buffer_has_nothing_to_give,
#if TA_GLOBAL
        moved_buffer_follows_the_global_allocator,
#endif
        buffer_takes_a_block_over,
        buffer_is_used_at_both_ends,
        chunks_are_iterated_over,
        queue_is_cleared_at_the_end_of_its_scope,
        moved_queue_has_one_owner,
        static_objects_need_no_start_up_code,
        objects_are_constructed_and_destroyed_once,
        stale_handle_of_an_object_is_detected,
        nothing_is_constructed_if_no_block_is_free,
        owner_destroys_its_object_once,
        pools_of_different_tags_are_different,
        objects_are_aligned_and_aggregates_initialised,
#ifdef __cpp_exceptions
        constructor_that_throws_gives_its_block_back,
#endif
    };
    for (void (*test)() : tests) {
        test();
        EXPECT(is_whole() && pool_of_counted::available() == 3 && another_pool::available() == 3);
        number++;
    }
    end_of_tests(number, 0);
}
