/*
 * CRCs, against the values of published catalogues and against a model that divides polynomials bit by bit, as Ross
 * Williams describes it: with the bits reversed where a CRC is reflected.
 */
#include "support.h"

enum { ta_pool_id_pool = 7 };

TA_SLAB_DEFINE(pool, 3, 12);

/* ---- Kinds of CRC -------------------------------------------------------------------------------------- */

/* https://reveng.sourceforge.io/crc-catalogue/, and how crc.h says that each is computed. */
struct kind {
    uint32_t check; /* of "123456789" */
    uint32_t polynomial, init, xorout;
    uint16_t reflected; /* the polynomial for ta_crc16_reflected(); 0: another function */
    uint8_t width;
    bool is_reflected;
};

static const struct kind kinds[] = {
    {0x29B1, 0x1021, 0xFFFF, 0, 0, 16, false},                    /* CRC-16/IBM-3740, CCITT-FALSE */
    {0x31C3, 0x1021, 0, 0, 0, 16, false},                         /* CRC-16/XMODEM */
    {0xD64E, 0x1021, 0xFFFF, 0xFFFF, 0, 16, false},               /* CRC-16/GENIBUS */
    {0x4B37, 0x8005, 0xFFFF, 0, TA_CRC16_MODBUS, 16, true},       /* CRC-16/MODBUS */
    {0xBB3D, 0x8005, 0, 0, TA_CRC16_MODBUS, 16, true},            /* CRC-16/ARC */
    {0xB4C8, 0x8005, 0xFFFF, 0xFFFF, TA_CRC16_MODBUS, 16, true},  /* CRC-16/USB */
    {0x906E, 0x1021, 0xFFFF, 0xFFFF, TA_CRC16_HDLC, 16, true},    /* CRC-16/IBM-SDLC, X-25 */
    {0x6F91, 0x1021, 0xFFFF, 0, TA_CRC16_HDLC, 16, true},         /* CRC-16/MCRF4XX */
    {0x2189, 0x1021, 0, 0, TA_CRC16_HDLC, 16, true},              /* CRC-16/KERMIT */
    {0xEA82, 0x3D65, 0, 0xFFFF, 0xA6BC, 16, true},                /* CRC-16/DNP */
    {0xCBF43926, 0x04C11DB7, 0xFFFFFFFF, 0xFFFFFFFF, 0, 32, true} /* CRC-32 */
};

#define FOR_EACH_KIND(k) for (const struct kind *k = kinds; k < kinds + COUNT_OF(kinds); k++)

/* Continue a CRC: 32 or 16 bits. */
static ta_status update(const struct kind *k, uint32_t *crc, const ta_view *v)
{
    uint16_t short_crc = (uint16_t)*crc;
    if (k->width == 32)
        return ta_crc32(crc, v);
    ta_status status =
        k->reflected ? ta_crc16_reflected(&short_crc, k->reflected, v) : ta_crc16(&short_crc, v);
    *crc = short_crc;
    return status;
}

static uint32_t begin(const struct kind *k)
{
    return k->width == 32 ? 0 : k->init;
}

static uint32_t end(const struct kind *k, uint32_t crc)
{
    return k->width == 32 ? crc : crc ^ k->xorout;
}

static uint32_t crc_of(const struct kind *k, const void *data, size_t n)
{
    ta_view v = ta_view_of(data, n);
    uint32_t crc = begin(k);
    assert_int_equal(update(k, &crc, &v), TA_OK);
    return end(k, crc);
}

static uint32_t reverse(uint32_t value, unsigned bits)
{
    uint32_t reversed = 0;
    for (; bits > 0; bits--, value >>= 1)
        reversed = reversed << 1 | (value & 1);
    return reversed;
}

static uint32_t model(const struct kind *k, const uint8_t *data, size_t n)
{
    const uint32_t top = (uint32_t)1 << (k->width - 1), mask = top | (top - 1);
    uint32_t remainder = k->init;
    for (size_t i = 0; i < n; i++) {
        uint32_t byte = k->is_reflected ? reverse(data[i], 8) : data[i];
        for (unsigned bit = 8; bit-- > 0;) {
            bool is_out = ((remainder & top) != 0) != (byte >> bit & 1);
            remainder = (remainder << 1 & mask) ^ (is_out ? k->polynomial : 0);
        }
    }
    return (k->is_reflected ? reverse(remainder, k->width) : remainder) ^ k->xorout;
}

/* ---- Tests --------------------------------------------------------------------------------------------- */

static void crc_has_the_published_check_value(void **state)
{
    (void)state;
    FOR_EACH_KIND(k)
    {
        assert_int_equal(model(k, (const uint8_t *)"123456789", 9), k->check);
        assert_int_equal(crc_of(k, "123456789", 9), k->check);
        assert_int_equal(crc_of(k, "", 0), model(k, NULL, 0));
    }
    assert_int_equal(reverse(0x8005, 16), TA_CRC16_MODBUS);
    assert_int_equal(reverse(0x1021, 16), TA_CRC16_HDLC);
}

static void crc_of_random_bytes_is_that_of_the_model(void **state)
{
    uint8_t bytes[24];
    uint32_t seed = 1; /* always the same bytes */
    (void)state;
    for (int round = 0; round < EFFORT(200, 50, 10); round++) {
        size_t n = next_random(&seed) % (sizeof bytes + 1);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)next_random(&seed);
        FOR_EACH_KIND(k)
        assert_int_equal(crc_of(k, bytes, n), model(k, bytes, n));
    }
}

/* Over chunks, in two views that are cut anywhere. */
static void crc_continues_over_several_views(void **state)
{
    static ta_buffer b = TA_BUFFER_INIT(pool);
    uint8_t bytes[20];
    (void)state;
    fresh_pool(pool);
    fill_pattern(bytes, 0, sizeof bytes);
    assert_int_equal(ta_buffer_write(&b, bytes, sizeof bytes), TA_OK);
    FOR_EACH_KIND(k)
    for (size_t cut = 0; cut <= sizeof bytes; cut++) {
        ta_view rest = ta_buffer_view(&b), front;
        uint32_t crc = begin(k);
        assert_int_equal(ta_view_split(&rest, cut, &front), TA_OK);
        assert_int_equal(update(k, &crc, &front), TA_OK);
        assert_int_equal(end(k, crc), model(k, bytes, cut));
        assert_int_equal(update(k, &crc, &rest), TA_OK);
        assert_int_equal(end(k, crc), model(k, bytes, sizeof bytes));
        assert_int_equal(ta_view_len(&front) + ta_view_len(&rest), sizeof bytes);
    }
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
}

/* Sent in the order that crc.h says, a CRC makes the whole 0. */
static void crc_over_data_and_their_crc_is_0(void **state)
{
    uint8_t bytes[11];
    (void)state;
    FOR_EACH_KIND(k)
    {
        if (k->xorout)
            continue;
        fill_pattern(bytes, 0, sizeof bytes - 2);
        uint32_t crc = crc_of(k, bytes, sizeof bytes - 2);
        bytes[sizeof bytes - 2] = (uint8_t)(k->is_reflected ? crc : crc >> 8);
        bytes[sizeof bytes - 1] = (uint8_t)(k->is_reflected ? crc >> 8 : crc);
        assert_int_equal(crc_of(k, bytes, sizeof bytes), 0);
    }
}

/* A change within as many neighbouring bytes as the CRC has changes the CRC. */
static void change_of_neighbouring_bytes_is_detected(void **state)
{
    uint8_t bytes[9];
    uint32_t seed = 1; /* always the same changes */
    (void)state;
    FOR_EACH_KIND(k)
    {
        const size_t width = k->width / 8;
        fill_pattern(bytes, 0, sizeof bytes);
        const uint32_t before = crc_of(k, bytes, sizeof bytes);
        for (int round = 0; round < EFFORT(2000, 300, 30); round++) {
            uint32_t change = next_random(&seed); /* never 0, but its lower half may be */
            for (size_t at = 0; at + width <= sizeof bytes; at++) {
                fill_pattern(bytes, 0, sizeof bytes);
                for (size_t i = 0; i < width; i++)
                    bytes[at + i] = (uint8_t)(bytes[at + i] ^ change >> 8 * i);
                bool is_change = width == 4 || (change & 0xFFFF) != 0;
                assert_int_equal(crc_of(k, bytes, sizeof bytes) != before, is_change);
            }
        }
    }
}

static void crc_of_a_stale_view_is_refused_and_unchanged(void **state)
{
    static ta_buffer b = TA_BUFFER_INIT(pool);
    (void)state;
    fresh_pool(pool);
    assert_int_equal(ta_buffer_write(&b, "123456789", 9), TA_OK);
    ta_view whole = ta_buffer_view(&b), second = whole, v = whole;
    assert_int_equal(ta_view_skip(&second, 3), TA_OK);
    assert_int_equal(ta_view_take(&second, 1, &second), TA_OK);
    uint8_t byte;
    assert_int_equal(ta_parse_u8(&second, &byte), TA_OK);
    FOR_EACH_KIND(k)
    {
        uint32_t crc = 0x5A5A;
        v.stamp = whole.stamp + 1; /* as if bytes had been removed */
        assert_int_equal(update(k, &crc, &v), TA_E_STALE);
        assert_int_equal(crc, 0x5A5A);
    }
    must_free(pool, second.here.chunk); /* then the chain breaks off */
    FOR_EACH_KIND(k)
    {
        uint32_t crc = 0x5A5A;
        assert_int_equal(update(k, &crc, &whole), TA_E_STALE);
        assert_int_equal(crc, 0x5A5A);
    }
    assert_int_equal(ta_buffer_clear(&b), TA_OK);
}

static void crc_refuses_null(void **state)
{
    ta_view v = ta_view_of("123456789", 9);
    uint32_t crc = 0x5A5A;
    (void)state;
    FOR_EACH_KIND(k)
    {
        assert_int_equal(update(k, &crc, NULL), TA_E_INVALID);
        assert_int_equal(crc, 0x5A5A);
    }
    assert_int_equal(ta_crc16(NULL, &v), TA_E_INVALID);
    assert_int_equal(ta_crc16_reflected(NULL, TA_CRC16_HDLC, &v), TA_E_INVALID);
    assert_int_equal(ta_crc32(NULL, &v), TA_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_has_the_published_check_value),
        cmocka_unit_test(crc_of_random_bytes_is_that_of_the_model),
        cmocka_unit_test(crc_continues_over_several_views),
        cmocka_unit_test(crc_over_data_and_their_crc_is_0),
        cmocka_unit_test(change_of_neighbouring_bytes_is_detected),
        cmocka_unit_test(crc_of_a_stale_view_is_refused_and_unchanged),
        cmocka_unit_test(crc_refuses_null),
    };
    return cmocka_run_group_tests_name("crc", tests, NULL, NULL);
}
