/**
 * @file crc.h
 * @brief CRC-16 and CRC-32 of a view, without tables.
 *
 *     uint16_t crc = 0xFFFF;
 *     ta_crc16(&crc, &header);                            // over several views, one after another
 *     ta_crc16(&crc, &payload);
 *
 * An array is a view, too: ta_view_of(data, length).
 *
 * | name                    | call                                   | begin with | at the end | check      |
 * |-------------------------|----------------------------------------|------------|------------|------------|
 * | CRC-16/CCITT-FALSE      | ta_crc16()                             | 0xFFFF     |            | 0x29B1     |
 * | CRC-16/XMODEM           | ta_crc16()                             | 0          |            | 0x31C3     |
 * | CRC-16/GENIBUS          | ta_crc16()                             | 0xFFFF     | invert     | 0xD64E     |
 * | CRC-16/MODBUS           | ta_crc16_reflected(), #TA_CRC16_MODBUS | 0xFFFF     |            | 0x4B37     |
 * | CRC-16/ARC              | ta_crc16_reflected(), #TA_CRC16_MODBUS | 0          |            | 0xBB3D     |
 * | CRC-16/USB              | ta_crc16_reflected(), #TA_CRC16_MODBUS | 0xFFFF     | invert     | 0xB4C8     |
 * | CRC-16/X-25, HDLC, PPP  | ta_crc16_reflected(), #TA_CRC16_HDLC   | 0xFFFF     | invert     | 0x906E     |
 * | CRC-16/MCRF4XX, MAVLink | ta_crc16_reflected(), #TA_CRC16_HDLC   | 0xFFFF     |            | 0x6F91     |
 * | CRC-16/KERMIT           | ta_crc16_reflected(), #TA_CRC16_HDLC   | 0          |            | 0x2189     |
 * | CRC-32, Ethernet, zip   | ta_crc32()                             | 0          |            | 0xCBF43926 |
 *
 * "Check" is the result for the nine bytes "123456789". "Invert" is `crc = (uint16_t)~crc`; ta_crc32() does it itself.
 *
 * Send the CRC of ta_crc16() with its high byte first, and those of ta_crc16_reflected() with the low byte first. Then
 * the CRC over the data and their CRC is 0, unless it was inverted.
 *
 * For every call below:
 * - **Context**: that of the view's owner.
 * - **Results**: TA_E_STALE if the view is stale, and TA_E_INVALID if a pointer is NULL. Then `*crc` is unchanged.
 * - **Cost**: O(length), eight steps a byte. Nothing is masked, allocated or freed.
 */
#ifndef TINYALLOC_CRC_H
#define TINYALLOC_CRC_H

#include "view.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TA_CRC16_MODBUS 0xA001 /**< The polynomial x^16 + x^15 + x^2 + 1 (0x8005), reflected. */
#define TA_CRC16_HDLC 0x8408   /**< The polynomial x^16 + x^12 + x^5 + 1 (0x1021), reflected. */

/**
 * @brief Continue a CRC with the polynomial x^16 + x^12 + x^5 + 1 (0x1021), highest bit first.
 * @param[in,out] crc The CRC so far; see the table for its first value.
 * @param v           The bytes.
 * @return TA_OK, TA_E_STALE or TA_E_INVALID.
 */
ta_status ta_crc16(uint16_t *crc, const ta_view *v);

/**
 * @brief Continue a CRC with any polynomial of degree 16, lowest bit first.
 * @param[in,out] crc The CRC so far; see the table for its first value.
 * @param polynomial  The polynomial, reflected: bit 15 is x^0, bit 0 is x^15.
 * @param v           The bytes.
 * @return TA_OK, TA_E_STALE or TA_E_INVALID.
 */
ta_status ta_crc16_reflected(uint16_t *crc, uint16_t polynomial, const ta_view *v);

/**
 * @brief Continue the CRC-32 of Ethernet, zip and PNG.
 * @param[in,out] crc The CRC so far, inverted as it is sent; 0 at first.
 * @param v           The bytes.
 * @return TA_OK, TA_E_STALE or TA_E_INVALID.
 */
ta_status ta_crc32(uint32_t *crc, const ta_view *v);

#ifdef __cplusplus
}
#endif

#endif
