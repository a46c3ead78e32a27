/**
 * @file parse.h
 * @brief Parsers over views: input in pieces, results as if it were one.
 *
 *     ta_view in = ta_buffer_view(&received);
 *     uint32_t degrees;
 *     if (ta_parse_tag(&in, "T=", 2, NULL) == TA_OK && ta_parse_decimal(&in, &degrees, NULL) == TA_OK)
 *         …
 *
 * Every parser either advances `in` past what it took and sets its result, or leaves both untouched and
 * returns
 *
 *   TA_MORE         `in` is open and ends before the answer is known: try again when bytes have arrived;
 *   TA_E_NO_MATCH   the input is something else, or a final view ends too early;
 *   TA_E_OVERFLOW   a number does not fit;
 *   TA_E_STALE, TA_E_INVALID   as views do.
 *
 * At the end of a final view what is open-ended (a number, a line, take_while) ends there. So alternatives
 * are plain ifs, a parse is retried from the start of its view, and for every way the input can be cut into
 * chunks, and every part of it that arrives first, the result is the same (but for ta_parse_rest(), which
 * takes what is there).
 *
 * `info` may be NULL; else it is set with TA_MORE, TA_E_NO_MATCH and TA_E_OVERFLOW: where, and how many bytes
 * are missing if that is known. Cost: O(bytes looked at). Nothing is copied; results that are views lie where
 * the input lies, and are final.
 */
#ifndef TINYALLOC_PARSE_H
#define TINYALLOC_PARSE_H

#include "view.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why a parser did not match. */
typedef struct ta_parse_info {
    size_t position; /**< of the first byte that did not fit, or of the end of the input, from the parser's
                        start on */
    size_t missing;  /**< with TA_MORE: at least so many bytes more are needed; 0 when that is not known */
} ta_parse_info;

/** A parser for lists and alternatives; what it makes goes through `context`. */
typedef ta_status (*ta_parser)(ta_view *in, void *context, ta_parse_info *info);

/* ---- Bytes and tags ------------------------------------------------------------------------------------ */


/** This very byte. */
ta_status ta_parse_byte(ta_view *in, uint8_t byte, ta_parse_info *info);

/** These n bytes. */
ta_status ta_parse_tag(ta_view *in, const void *tag, size_t n, ta_parse_info *info);

/** These n bytes, where ASCII letters match in either case. */
ta_status ta_parse_tag_no_case(ta_view *in, const void *tag, size_t n, ta_parse_info *info);

/** A byte that is one of n. */
ta_status ta_parse_one_of(ta_view *in, const void *set, size_t n, uint8_t *byte, ta_parse_info *info);

/** A byte that is none of n. */
ta_status ta_parse_none_of(ta_view *in, const void *set, size_t n, uint8_t *byte, ta_parse_info *info);

/* ---- Runs of bytes ------------------------------------------------------------------------------------- */


/** n bytes, whatever they are. */
ta_status ta_parse_take(ta_view *in, size_t n, ta_view *taken, ta_parse_info *info);

/** As many bytes as the predicate holds for, maybe none. */
ta_status ta_parse_take_while(ta_view *in, ta_byte_predicate is_match, void *context, ta_view *taken,
                              ta_parse_info *info);

/** As many bytes as the predicate holds for, at least m and at most n. */
ta_status ta_parse_take_while_m_n(ta_view *in, size_t m, size_t n, ta_byte_predicate is_match, void *context,
                                  ta_view *taken, ta_parse_info *info);

/** Everything before the next `byte`, which stays. A final view without it: TA_E_NO_MATCH. */
ta_status ta_parse_take_until(ta_view *in, uint8_t byte, ta_view *taken, ta_parse_info *info);

/** Everything before the next n bytes, which stay. A final view without them: TA_E_NO_MATCH. */
ta_status ta_parse_take_until_seq(ta_view *in, const void *sequence, size_t n, ta_view *taken,
                                  ta_parse_info *info);

/** A line without its end, which is "\n" or "\r\n" and is passed. What a final view ends with is a line too,
 * unless it is empty (TA_E_NO_MATCH). */
ta_status ta_parse_line(ta_view *in, ta_view *line, ta_parse_info *info);

/** All that is there now. */
ta_status ta_parse_rest(ta_view *in, ta_view *rest);

/* ---- Binary numbers: unsigned and signed, of 1, 2, 3, 4 and 8 bytes, big and little end first ---------- */

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

#define TA_PARSE_DECLARE_(name, type, bytes, order) \
    ta_status ta_parse_##name(ta_view *in, type *number, ta_parse_info *info);
/** @{ */
/** ta_parse_u8(), ta_parse_u16be(), ta_parse_i24le() and so on: a number, its sign extended. */
TA_PARSE_BINARY_(TA_PARSE_DECLARE_)
/** @} */

/* ---- Numbers of variable length, and in digits --------------------------------------------------------- */


/** Seven bits a byte, the low ones first, the top bit says that more follow (LEB128, MQTT): at most
 * max_bytes. More bytes: TA_E_NO_MATCH. A number of more than 32 bits: TA_E_OVERFLOW. */
ta_status ta_parse_varint(ta_view *in, size_t max_bytes, uint32_t *number, ta_parse_info *info);

/** Decimal digits, at least one. Above 2^32 - 1: TA_E_OVERFLOW. */
ta_status ta_parse_decimal(ta_view *in, uint32_t *number, ta_parse_info *info);

/** The same, after an optional '+' or '-'. */
ta_status ta_parse_decimal_signed(ta_view *in, int32_t *number, ta_parse_info *info);

/** A decimal number with an optional sign and fraction, times 10^decimals (at most 9): with 2 decimals "-3.5"
 * is -350. Further digits of the fraction are passed and count nothing. A digit must stand before the point,
 * and behind it when there is one. */
ta_status ta_parse_fixed(ta_view *in, unsigned decimals, int32_t *number, ta_parse_info *info);

/** Hexadecimal digits, at least min and at most max of them (max at most 8). */
ta_status ta_parse_hex(ta_view *in, size_t min, size_t max, uint32_t *number, ta_parse_info *info);

/* ---- The end ------------------------------------------------------------------------------------------- */


/** Nothing follows: TA_MORE while the view is open, TA_E_NO_MATCH when bytes are left. */
ta_status ta_parse_end(const ta_view *in, ta_parse_info *info);

/* ---- Combinations -------------------------------------------------------------------------------------- */


/** A length of 1, 2, 3 or 4 bytes, the big end first, and so many bytes. A length above `max` is
 * TA_E_OVERFLOW at once: a damaged length must not mean waiting for bytes that never come. */
ta_status ta_parse_prefixed(ta_view *in, size_t length_bytes, size_t max, ta_view *taken,
                            ta_parse_info *info);

/** An item again and again until it does not match, or takes nothing; `*count` says how often it took
 * something, maybe 0. When it is retried after TA_MORE, the item sees the first ones again. */
ta_status ta_parse_many(ta_view *in, ta_parser item, void *context, size_t *count, ta_parse_info *info);

/** Items with a separator between them, at least one; an item may be empty. A separator without an item
 * behind it stays. */
ta_status ta_parse_separated(ta_view *in, uint8_t separator, ta_parser item, void *context, size_t *count,
                             ta_parse_info *info);

/** The first of n parsers that does not say TA_E_NO_MATCH; `*which` is its index. */
ta_status ta_parse_alt(ta_view *in, const ta_parser *parsers, size_t n, void *context, size_t *which,
                       ta_parse_info *info);

#ifdef __cplusplus
}
#endif

#endif
