/**
 * @file parse.h
 * @brief Parsers over views. Input may arrive in pieces; the results are those of the whole.
 *
 *     ta_view in = ta_buffer_view(&received);
 *     uint32_t degrees;
 *     if (ta_parse_tag(&in, "T=", 2) == TA_OK && ta_parse_decimal(&in, &degrees) == TA_OK)
 *         …
 *
 * A parser that matches returns TA_OK, advances `in` past what it parsed and sets its result. Otherwise both stay as
 * they are, and it returns a reason:
 *
 * | status        | meaning for every parser                                                                   |
 * |---------------|--------------------------------------------------------------------------------------------|
 * | TA_MORE       | `in` is open and ends before the result is certain. Try again when more bytes have arrived. |
 * | TA_E_NO_MATCH | The input is something else, or a final view ends too early.                               |
 * | TA_E_STALE    | The view is stale.                                                                         |
 * | TA_E_INVALID  | A pointer is NULL that must not be, or the result is `in` itself.                          |
 *
 * The functions list only what these statuses mean for them in particular, and other reasons.
 *
 * At the end of a final view, a parser whose input has no fixed length (a number, a line, take_while) ends there. So
 * alternatives are plain ifs, and after TA_MORE a parse starts again at the beginning of its view. However the input
 * is cut into chunks, and whichever part arrives first, the result is the same (GUARANTEES.md, G10); ta_parse_rest()
 * is the exception.
 *
 * - **Why**: with TA_MORE, TA_E_NO_MATCH and TA_E_OVERFLOW, `in->stopped` is the position of the first byte that did not
 *   fit, or of the end, and `in->missing` says how many more bytes are needed at least. Both count from where the
 *   parser began.
 * - **Results**: a pointer to a result may be NULL; then the bytes are parsed and the result is not stored.
 * - **Cost**: O(bytes that are examined). Nothing is copied, masked, allocated or freed.
 * - **Context**: that of the buffer's owner, or of the queue's reader.
 * - **Memory**: a result that is a view refers to bytes of the input and is final. It becomes stale as any view.
 */
#ifndef TINYALLOC_PARSE_H
#define TINYALLOC_PARSE_H

#include "view.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A parser for lists and alternatives: one of those below, wrapped, or your own. It advances `in` only if it returns
 * TA_OK, and sets `stopped` and `missing` if it does not. It leaves its result in `context`.
 */
typedef ta_status (*ta_parser)(ta_view *in, void *context);

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */

/**
 * @brief Parse one given byte.
 * @param in   The input.
 * @param byte The byte.
 * @retval TA_MORE       An open view is empty.
 * @retval TA_E_NO_MATCH The next byte is another one, or a final view is empty.
 */
ta_status ta_parse_byte(ta_view *in, uint8_t byte);

/**
 * @brief Parse n given bytes.
 * @param in   The input.
 * @param tag  The bytes; may be NULL if n is 0.
 * @param n    How many.
 * @retval TA_MORE       An open view ends within the bytes.
 * @retval TA_E_NO_MATCH Other bytes follow, or a final view ends within them.
 */
ta_status ta_parse_tag(ta_view *in, const void *tag, size_t n);

/**
 * @brief Parse n given bytes; ASCII letters match in upper and lower case.
 * @param in   The input.
 * @param tag  The bytes; may be NULL if n is 0.
 * @param n    How many.
 * @retval TA_MORE       An open view ends within the bytes.
 * @retval TA_E_NO_MATCH Other bytes follow, or a final view ends within them.
 */
ta_status ta_parse_tag_no_case(ta_view *in, const void *tag, size_t n);

/**
 * @brief Parse one byte that is in a set.
 * @param in        The input.
 * @param set       The set; may be NULL if n is 0.
 * @param n         How many bytes the set has.
 * @param[out] byte The byte.
 * @retval TA_MORE       An open view is empty.
 * @retval TA_E_NO_MATCH The next byte is not in the set, or a final view is empty.
 */
ta_status ta_parse_one_of(ta_view *in, const void *set, size_t n, uint8_t *byte);

/**
 * @brief Parse one byte that is not in a set.
 * @param in        The input.
 * @param set       The set; may be NULL if n is 0.
 * @param n         How many bytes the set has.
 * @param[out] byte The byte.
 * @retval TA_MORE       An open view is empty.
 * @retval TA_E_NO_MATCH The next byte is in the set, or a final view is empty.
 */
ta_status ta_parse_none_of(ta_view *in, const void *set, size_t n, uint8_t *byte);

/* ---- Runs of bytes ------------------------------------------------------------------------------------- */

/**
 * @brief Parse any n bytes.
 * @param in         The input.
 * @param n          How many.
 * @param[out] taken The bytes.
 * @retval TA_MORE       An open view has fewer bytes.
 * @retval TA_E_NO_MATCH A final view has fewer bytes.
 */
ta_status ta_parse_take(ta_view *in, size_t n, ta_view *taken);

/**
 * @brief Parse bytes as long as a predicate is true, maybe none.
 * @param in         The input.
 * @param is_match   The predicate.
 * @param context    A pointer for the predicate.
 * @param[out] taken The bytes.
 * @retval TA_MORE The predicate is true to the end of an open view.
 */
ta_status ta_parse_take_while(ta_view *in, ta_byte_predicate is_match, void *context, ta_view *taken);

/**
 * @brief Parse bytes as long as a predicate is true, at least m and at most n.
 * @param in         The input.
 * @param m          The least number of bytes.
 * @param n          The most bytes to parse; further ones are not examined.
 * @param is_match   The predicate.
 * @param context    A pointer for the predicate.
 * @param[out] taken The bytes.
 * @retval TA_MORE       The predicate is true to the end of an open view that has fewer than n bytes.
 * @retval TA_E_NO_MATCH The predicate is true for fewer than m bytes.
 * @retval TA_E_INVALID  m is above n.
 */
ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken);

/**
 * @brief Parse everything before the next byte of a value, which stays in the input.
 * @param in         The input.
 * @param byte       The value.
 * @param[out] taken What is before it.
 * @retval TA_MORE       The value is not in an open view.
 * @retval TA_E_NO_MATCH The value is not in a final view.
 */
ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken);

/**
 * @brief Parse everything before the next n given bytes, which stay in the input.
 * @param in         The input.
 * @param sequence   The bytes; may be NULL if n is 0.
 * @param n          How many.
 * @param[out] taken What is before them.
 * @retval TA_MORE       The bytes are not in an open view.
 * @retval TA_E_NO_MATCH The bytes are not in a final view.
 */
ta_status ta_parse_take_until_seq(ta_view *in, const void *sequence, size_t n, ta_view *taken);

/**
 * @brief Parse a line and its end, which is LF or CR LF.
 *
 * The last bytes of a final view are a line without an end, unless there are none.
 * @param in        The input.
 * @param[out] line The line without its end.
 * @retval TA_MORE       There is no line end in an open view.
 * @retval TA_E_NO_MATCH A final view is empty.
 */
ta_status ta_parse_line(ta_view *in, ta_view *line);

/**
 * @brief Parse everything that is there now, maybe nothing.
 * @param in        The input; empty afterwards.
 * @param[out] rest Its bytes.
 * @return TA_OK, TA_E_STALE or TA_E_INVALID.
 */
ta_status ta_parse_rest(ta_view *in, ta_view *rest);

/* ---- Binary numbers: unsigned and signed, of 1, 2, 3, 4 and 8 bytes, in big and little endian ---------- */

#define TA_PARSE_BINARY_(declare)                                                                     \
    declare(u8, uint8_t, 1, big) declare(u16be, uint16_t, 2, big) declare(u16le, uint16_t, 2, little) \
        declare(u24be, uint32_t, 3, big) declare(u24le, uint32_t, 3, little)                          \
            declare(u32be, uint32_t, 4, big) declare(u32le, uint32_t, 4, little)                      \
                declare(u64be, uint64_t, 8, big) declare(u64le, uint64_t, 8, little)                  \
                    declare(i8, int8_t, 1, big) declare(i16be, int16_t, 2, big)                       \
                        declare(i16le, int16_t, 2, little) declare(i24be, int32_t, 3, big)            \
                            declare(i24le, int32_t, 3, little) declare(i32be, int32_t, 4, big)        \
                                declare(i32le, int32_t, 4, little) declare(i64be, int64_t, 8, big)    \
                                    declare(i64le, int64_t, 8, little)

#define TA_PARSE_DECLARE_(name, type, bytes, order) ta_status ta_parse_##name(ta_view *in, type *number);
/** @{ */
/**
 * @brief Parse a binary number: ta_parse_u8(), ta_parse_u16be(), ta_parse_i24le() and so on.
 * @param in          The input.
 * @param[out] number The number; a signed one of 3 bytes is sign-extended.
 * @retval TA_MORE       An open view has fewer bytes than the number.
 * @retval TA_E_NO_MATCH A final view has fewer bytes than the number.
 */
TA_PARSE_BINARY_(TA_PARSE_DECLARE_)
/** @} */

/* ---- Numbers of variable length, and in digits --------------------------------------------------------- */

/**
 * @brief Parse a number of seven bits a byte, low bits first; the top bit says that more bytes follow (LEB128, MQTT).
 * @param in          The input.
 * @param max_bytes   The most bytes that it may have.
 * @param[out] number The number.
 * @retval TA_E_NO_MATCH The number has more bytes than `max_bytes`, or a final view ends too early.
 * @retval TA_E_OVERFLOW The number has more than 32 bits.
 */
ta_status ta_parse_varint(ta_view *in, size_t max_bytes, uint32_t *number);

/**
 * @brief Parse decimal digits, at least one.
 * @param in          The input.
 * @param[out] number The number.
 * @retval TA_MORE       An open view ends after the digits: more of them may follow.
 * @retval TA_E_OVERFLOW The number is above 2^32 - 1.
 */
ta_status ta_parse_decimal(ta_view *in, uint32_t *number);

/**
 * @brief Parse decimal digits after an optional '+' or '-'.
 * @param in          The input.
 * @param[out] number The number.
 * @retval TA_MORE       An open view ends after the digits: more of them may follow.
 * @retval TA_E_OVERFLOW The number is below -2^31 or above 2^31 - 1.
 */
ta_status ta_parse_decimal_signed(ta_view *in, int32_t *number);

/**
 * @brief Parse a decimal number with an optional sign and fraction, times 10^decimals.
 *
 * With 2 decimals, "-3.5" is -350. Further digits of the fraction are skipped. There must be a digit before the point,
 * and one after it.
 * @param in          The input.
 * @param decimals    How many digits of the fraction count, at most 9.
 * @param[out] number The number times 10^decimals.
 * @retval TA_MORE       An open view ends after the digits: more of them may follow.
 * @retval TA_E_OVERFLOW The product is below -2^31 or above 2^31 - 1.
 * @retval TA_E_INVALID  `decimals` is above 9.
 */
ta_status ta_parse_fixed(ta_view *in, unsigned decimals, int32_t *number);

/**
 * @brief Parse hexadecimal digits in upper or lower case.
 * @param in          The input.
 * @param min         The least number of digits.
 * @param max         The most digits to parse, at most 8; further ones are not examined.
 * @param[out] number The number.
 * @retval TA_E_INVALID `max` is above 8, or `min` is above `max`.
 */
ta_status ta_parse_hex(ta_view *in, size_t min, size_t max, uint32_t *number);

/* ---- The end ------------------------------------------------------------------------------------------- */

/**
 * @brief Is this the end of the input?
 * @param in   The input.
 * @retval TA_OK         The view is empty and final.
 * @retval TA_MORE       The view is empty and open.
 * @retval TA_E_NO_MATCH Bytes are left.
 */
ta_status ta_parse_end(ta_view *in);

/* ---- Combinations -------------------------------------------------------------------------------------- */

/**
 * @brief Parse a length in big endian, and that many bytes.
 * @param in           The input.
 * @param length_bytes How many bytes the length has: 1, 2, 3 or 4.
 * @param max          The largest length that is accepted.
 * @param[out] taken   The bytes after the length.
 * @retval TA_E_OVERFLOW The length is above `max`. This is known at once, so a damaged length does not make the parser
 *                       wait for bytes that never arrive.
 * @retval TA_E_INVALID  `length_bytes` is 0 or above 4.
 */
ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken);

/**
 * @brief Parse an item again and again, until it does not match or takes nothing.
 *
 * If the call is repeated after TA_MORE, it begins with the first item again.
 * @param in         The input.
 * @param item       The parser of an item.
 * @param context    A pointer for it.
 * @param[out] count How many items took bytes, maybe 0.
 * @return TA_OK if the last item did not match or took nothing; otherwise its status, such as TA_MORE.
 */
ta_status ta_parse_many(ta_view *in, ta_parser item, void *context, size_t *count);

/**
 * @brief Parse items with a separator between them, at least one item; an item may be empty.
 *
 * A separator without an item after it stays in the input.
 * @param in         The input.
 * @param separator  The byte between two items.
 * @param item       The parser of an item.
 * @param context    A pointer for it.
 * @param[out] count How many items there were.
 * @return As ta_parse_many(), but TA_E_NO_MATCH if the first item does not match.
 */
ta_status ta_parse_separated(ta_view *in, uint8_t separator, ta_parser item, void *context, size_t *count);

/**
 * @brief Try n parsers one after another; the first that does not return TA_E_NO_MATCH decides.
 * @param in         The input.
 * @param parsers    The parsers; may be NULL if n is 0.
 * @param n          How many.
 * @param context    A pointer for each of them.
 * @param[out] which The index of the parser that matched.
 * @return The status of the parser that decided. TA_E_NO_MATCH: none did.
 */
ta_status ta_parse_alt(ta_view *in, const ta_parser *parsers, size_t n, void *context, size_t *which);

#ifdef __cplusplus
}
#endif

#endif
