/* CRCs: see crc.h. Bit by bit: a table would be 512 to 1,024 bytes of flash. */
#include "walk.h"
#include <tinyalloc/crc.h>

#if TA_WITH_FRAMING

static uint32_t shift_right(uint32_t crc, uint32_t polynomial, uint8_t byte)
{
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
    return crc;
}

#define LEFT 0x11021 /* the polynomial of shift_left(), which no reflected one equals */

static uint32_t shift_left(uint32_t crc, uint8_t byte)
{
    crc ^= (uint32_t)byte << 8;
    for (int bit = 0; bit < 8; bit++)
        crc = crc << 1 ^ (crc & 0x8000 ? LEFT : 0);
    return crc;
}

static ta_status update(uint32_t *crc, uint32_t polynomial, const ta_view *v)
{
    ta_status status = ta_view_check(v);
    if (status != TA_OK)
        return status;
    uint32_t result = *crc;
    ta_view at = *v;
    while (view_span(&at) > 0) {
        uint8_t byte = *at.here.at;
        result = polynomial == LEFT ? shift_left(result, byte) : shift_right(result, polynomial, byte);
        view_advance(&at, 1);
    }
    if (at.here.rest > 0)
        return TA_E_STALE;
    *crc = result;
    return TA_OK;
}

static ta_status update16(uint16_t *crc, uint32_t polynomial, const ta_view *v)
{
    if (!crc)
        return invalid();
    uint32_t result = *crc;
    ta_status status = update(&result, polynomial, v);
    *crc = (uint16_t)result;
    return status;
}

ta_status ta_crc16(uint16_t *crc, const ta_view *v)
{
    return update16(crc, LEFT, v);
}

ta_status ta_crc16_reflected(uint16_t *crc, uint16_t polynomial, const ta_view *v)
{
    return update16(crc, polynomial, v);
}

ta_status ta_crc32(uint32_t *crc, const ta_view *v)
{
    if (!crc)
        return invalid();
    uint32_t result = ~*crc;
    ta_status status = update(&result, 0xEDB88320, v);
    *crc = ~result;
    return status;
}

#endif /* TA_WITH_FRAMING */
