#!/usr/bin/env python3
"""The rules of examples/nmea.md, against examples/nmea.c. See cases.py."""
import re

import cases

LONGEST = 128


def checksum(content):
    value = 0
    for byte in content:
        value ^= byte
    return value


def angle(number, letter, digits, letters):
    """1e-7 degrees, or None."""
    match = re.fullmatch(rb"(\d{%d})(\d\d)(?:\.(\d+))?" % digits, number)
    if not match or letter not in letters:
        return None
    fraction = (match[3] or b"")[:7].ljust(7, b"0")
    minutes = int(match[2] + fraction)  # 1e-7 minutes
    largest = 90 if digits == 2 else 180
    if int(match[2]) >= 60 or int(match[1]) * 60 * 10**7 + minutes > largest * 60 * 10**7:
        return None
    value = int(match[1]) * 10**7 + (minutes + 30) // 60
    return -value if letter == letters[1] else value


def read_gga(fields):
    if len(fields) < 15 or not re.fullmatch(rb"[0-9]?", fields[6]):
        return "unusable"
    if fields[6] not in (b"1", b"2", b"3", b"4", b"5", b"9"):
        return "no fix"
    latitude = angle(fields[2], fields[3], 2, (b"N", b"S"))
    longitude = angle(fields[4], fields[5], 3, (b"E", b"W"))
    if latitude is None or longitude is None:
        return "unusable"
    return f"fix {latitude} {longitude} quality {fields[6].decode()}"


def read_sentence(sentence):
    if len(sentence) > LONGEST:
        return "too long"
    match = re.fullmatch(rb"([$!])([ -)+-~]*)\*([0-9A-Fa-f]{2})", sentence)
    if not match or checksum(match[2]) != int(match[3], 16):
        return "damaged"
    fields = match[2].split(b",")
    if match[1] == b"$" and re.fullmatch(rb"[A-OQ-Z0-9][A-Z0-9]GGA", fields[0]):
        return read_gga(fields)
    return f"other {(match[1] + fields[0]).decode()}"


def read(data):
    return "".join(read_sentence(s) + "\n" for s in re.findall(rb"[$!][^$!\r\n]*", data))


# ---- Cases -------------------------------------------------------------------------------------------------

GGA = b"GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,"
FIX = "fix 481173000 115166667 quality 1\n"


def wrap(content, start=b"$", end=b"\r\n"):
    return start + content + b"*%02X" % checksum(content) + end


def replaced(index, value, content=GGA):
    fields = content.split(b",")
    fields[index] = value
    return b",".join(fields)


def field_case(name, index, value, expected):
    return name, wrap(replaced(index, value)), expected


RTK = (b"GNGGA,103152.20,4511.99495,N,01222.79791,E,4,12,0.95,1313.0,M,47.0,M,32.2,0033",
       b"GPGGA,172814.0,3723.46587704,N,12202.26957864,W,2,6,1.2,18.893,M,-25.669,M,2.0,0031",
       b"GNGGA,114346.50,4703.5545385,N,01527.5036357,E,5,07,1.27,405.326,M,42.403,M,0.5,4095")


def cases_of_framing():
    long_talk = b"GPTXT,01,01,02," + b"x" * (LONGEST - 19)
    assert len(wrap(long_talk, end=b"")) == LONGEST
    return [
        ("nothing", b"", ""),
        ("crlf", wrap(GGA), FIX),
        ("lf", wrap(GGA, end=b"\n"), FIX),
        ("cr", wrap(GGA, end=b"\r") * 2, FIX * 2),
        ("crcrlf", wrap(GGA, end=b"\r\r\n") * 2, FIX * 2),
        ("no_end_at_the_end", wrap(GGA, end=b""), FIX),
        ("no_end_before_the_next", wrap(GGA, end=b"") * 2, FIX * 2),
        ("noise_before_the_start", b"noise \x00\xff\r\n\n" + wrap(GGA), FIX),
        ("much_noise_before_the_start", b"\xb5b\x01\x07" * 100 + wrap(GGA), FIX),
        ("nul_before_the_start", b"\x00" * 9 + wrap(GGA), FIX),
        ("noise_after_the_end", wrap(GGA) + b"noise", FIX),
        ("tag_block", b"\\s:r3,c:1696759212*08\\" + wrap(GGA), FIX),
        ("start_in_a_sentence", b"$GPGGA,1235" + wrap(GGA), "damaged\n" + FIX),
        ("start_in_a_long_sentence", b"$" + b"x" * 300 + wrap(GGA), "too long\n" + FIX),
        ("many_starts", b"$" * 200 + wrap(GGA), "damaged\n" * 200 + FIX),
        ("exclamation_mark", wrap(b"AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0", b"!"), "other !AIVDM\n"),
        ("exclamation_mark_is_no_gga", wrap(GGA, b"!"), "other !GPGGA\n"),
        ("as_long_as_allowed_here", wrap(long_talk), "other $GPTXT\n"),
        ("one_byte_too_long", wrap(long_talk + b"x") + wrap(GGA), "too long\n" + FIX),
        ("nul_in_a_sentence", wrap(replaced(1, b"12\x003519")) + wrap(GGA), "damaged\n" + FIX),
        ("nul_in_place_of_a_byte", wrap(GGA).replace(b"8", b"\x00", 1) + wrap(GGA), "damaged\n" + FIX),
        ("every_character", wrap(b"GPTXT," + bytes(c for c in range(0x20, 0x7F) if c not in b"$!*")), "other $GPTXT\n"),
        ("byte_above_ascii", wrap(replaced(1, b"\xe9")), "damaged\n"),
    ]


def cases_of_checksums():
    sentence = wrap(GGA)
    low = wrap(replaced(1, b"123520"))
    assert re.search(rb"[A-F]", low[-4:])
    return [
        ("checksum_lower_case", low[:-4] + low[-4:].lower(), FIX),
        ("checksum_upper_case", low, FIX),
        ("checksum_wrong", sentence[:-3] + b"0\r\n", "damaged\n"),
        ("checksum_one_digit", sentence[:-3] + b"\r\n", "damaged\n"),
        ("checksum_three_digits", sentence[:-2] + b"0\r\n", "damaged\n"),
        ("checksum_three_digits_with_zero", sentence[:-4] + b"0" + sentence[-4:], "damaged\n"),
        ("checksum_no_digits", b"$" + GGA + b"*\r\n", "damaged\n"),
        ("checksum_not_hexadecimal", b"$" + GGA + b"*4G\r\n", "damaged\n"),
        ("checksum_blank_after_it", sentence[:-2] + b" \r\n", "damaged\n"),
        ("checksum_lacks", b"$" + GGA + b"\r\n", "damaged\n"),
        ("checksum_of_nothing", b"$*00\r\n", "other $\n"),
        ("one_bit_changed", sentence.replace(b"4807", b"4817") + sentence, "damaged\n" + FIX),
    ]


def cases_of_addresses():
    made = [(f"talker_{t.decode()}", wrap(t + GGA[2:]), FIX)
            for t in (b"GP", b"GN", b"GL", b"GA", b"GB", b"GQ", b"GI", b"BD", b"QZ", b"IN", b"U0")]
    return made + [
        ("talker_lower_case", wrap(b"gpGGA" + GGA[5:]), "other $gpGGA\n"),
        ("talker_with_colon", wrap(b"G:GGA" + GGA[5:]), "other $G:GGA\n"),
        ("talker_lacks", wrap(GGA[2:]), "other $GGA\n"),
        ("talker_too_long", wrap(b"X" + GGA), "other $XGPGGA\n"),
        ("manufacturers_own", wrap(b"PXGGA" + GGA[5:]), "other $PXGGA\n"),
        ("manufacturers_pubx", wrap(b"PUBX,00,081350.00,4717.113210,N,00833.915187,E,546.589,G3,2.1,2.0"),
         "other $PUBX\n"),
        ("query", wrap(b"GPGPQ,GGA"), "other $GPGPQ\n"),
        ("other_kind", wrap(b"GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W"), "other $GPRMC\n"),
        ("kind_begins_with_gga", wrap(b"GPGGAX" + GGA[5:]), "other $GPGGAX\n"),
    ]


def cases_of_quality():
    made = [(f"quality_{q}", wrap(replaced(6, b"%d" % q)),
             FIX.replace("1\n", f"{q}\n") if q in (1, 2, 3, 4, 5, 9) else "no fix\n")
            for q in range(10)]
    return made + [
        field_case("quality_empty", 6, b"", "no fix\n"),
        field_case("quality_garbage_after_it", 6, b"1x", "unusable\n"),
        field_case("quality_garbage", 6, b"x", "unusable\n"),
        field_case("quality_two_digits", 6, b"01", "unusable\n"),
        field_case("quality_blank", 6, b" 1", "unusable\n"),
        field_case("quality_negative", 6, b"-1", "unusable\n"),
        ("sentence_ends_after_quality", wrap(b",".join(GGA.split(b",")[:7])), "unusable\n"),
        ("sentence_ends_before_quality", wrap(b",".join(GGA.split(b",")[:6])), "unusable\n"),
        ("address_alone", wrap(b"GPGGA"), "unusable\n"),
        ("one_field_lacks", wrap(GGA[:-1]), "unusable\n"),
        ("one_field_more", wrap(GGA + b",new"), FIX),
        ("no_fix_with_empty_fields", wrap(b"GPGGA,123521,,,,,0,00,,,M,,M,,"), "no fix\n"),
        ("no_fix_keeps_the_last_position", wrap(replaced(6, b"0")), "no fix\n"),
        ("fix_with_empty_position", wrap(b"GPGGA,123521,,,,,1,00,,,M,,M,,"), "unusable\n"),
        ("fix_with_other_fields_empty", wrap(b"GPGGA,,4807.038,N,01131.000,E,1,,,,,,,,"), FIX),
    ]


def cases_of_angles():
    zero = "fix 0 115166667 quality 1\n"
    return [
        ("south_west", wrap(replaced(3, b"S", replaced(5, b"W"))), "fix -481173000 -115166667 quality 1\n"),
        field_case("hemisphere_unknown", 3, b"E", "unusable\n"),
        field_case("hemisphere_lower_case", 3, b"n", "unusable\n"),
        field_case("hemisphere_empty", 5, b"", "unusable\n"),
        field_case("hemisphere_two_letters", 5, b"EW", "unusable\n"),
        field_case("minutes_60", 2, b"4860.000", "unusable\n"),
        field_case("minutes_below_60", 2, b"4859.9999999", "fix 490000000 115166667 quality 1\n"),
        field_case("latitude_90", 2, b"9000.000", "fix 900000000 115166667 quality 1\n"),
        field_case("latitude_above_90", 2, b"9000.0000001", "unusable\n"),
        field_case("latitude_91", 2, b"9100.000", "unusable\n"),
        field_case("longitude_180", 4, b"18000.000", "fix 481173000 1800000000 quality 1\n"),
        field_case("longitude_above_180", 4, b"18000.001", "unusable\n"),
        field_case("longitude_999", 4, b"99959.999", "unusable\n"),
        field_case("latitude_zero", 2, b"0000.000", zero),
        field_case("fraction_lacks", 2, b"4807", "fix 481166667 115166667 quality 1\n"),
        field_case("fraction_of_one_digit", 2, b"4807.5", "fix 481250000 115166667 quality 1\n"),
        field_case("fraction_of_20_digits", 2, b"4807.03800000000000000000", FIX),
        field_case("fraction_without_digits", 2, b"4807.", "unusable\n"),
        field_case("too_few_digits", 2, b"807.038", "unusable\n"),
        field_case("too_many_digits", 2, b"04807.038", "unusable\n"),
        field_case("minutes_of_three_digits", 2, b"48007.038", "unusable\n"),
        field_case("sign", 2, b"-4807.038", "unusable\n"),
        field_case("sign_of_minutes", 2, b"48-7.038", "unusable\n"),
        field_case("exponent", 2, b"4807.0e1", "unusable\n"),
        field_case("garbage_after_a_number", 2, b"4807.038x", "unusable\n"),
        field_case("blank_before_a_number", 2, b" 807.038", "unusable\n"),
        ("rtk_receivers", b"".join(wrap(r) for r in RTK),
         "fix 451999158 123799652 quality 4\nfix 373910980 -1220378263 quality 2\n"
         "fix 470592423 154583939 quality 5\n"),
    ]


CASES = cases_of_framing() + cases_of_checksums() + cases_of_addresses() + cases_of_quality() + cases_of_angles()

# ---- Random inputs -----------------------------------------------------------------------------------------

PIECES = (b"", b"0", b"1", b"5", b"9", b"1x", b"4807.038", b"9000.000", b"18000.00", b"4860.0", b"N", b"S",
          b"E", b"W", b"-1", b"4807", b"01131.12345678", b"17959.9999999", b"8959.99999999", b" ", b"\x00", b".", b"0000.0")
BYTES = b"$!*,\r\n\x00\xff .0123456789ABCDEFabcdefGPNSEW"


def random_angle(rng, degrees):
    number = b"%0*d%02d" % (2 if degrees == 90 else 3, rng.randint(0, degrees), rng.randint(0, 60))
    if rng.random() < 0.8:
        number += b"." + bytes(rng.choice(b"0123456789") for _ in range(rng.randint(1, 9)))
    return number


def random_sentence(rng):
    fields = rng.choice(RTK + (GGA,)).split(b",")
    fields[2:7] = [random_angle(rng, 90), rng.choice((b"N", b"S")), random_angle(rng, 180),
                   rng.choice((b"E", b"W")), b"%d" % rng.randint(0, 9)]
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        fields[rng.randrange(len(fields))] = rng.choice(PIECES)
    if rng.random() < 0.1:
        fields[0] = bytes(rng.choice(b"GPNLABQU0a") for _ in range(2)) + rng.choice((b"GGA", b"RMC", b"GG"))
    if rng.random() < 0.1:
        fields = fields[:rng.randrange(len(fields))] or [b"x"]
    if rng.random() < 0.05:
        fields.append(b"x" * rng.randint(0, 60))
    sentence = wrap(b",".join(fields), rng.choice((b"$", b"$", b"$", b"!")),
                    rng.choice((b"\r\n", b"\n", b"\r", b"\r\r\n", b"")))
    return sentence.lower() if rng.random() < 0.02 else sentence


def mutated(rng, data, alphabet):
    data = bytearray(data)
    for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
        at = rng.randrange(len(data) + 1)
        data[at:at + rng.choice((0, 1, 1, 5))] = bytes(
            rng.choice(alphabet) for _ in range(rng.choice((0, 1, 1, 3))))
    return bytes(data)


def generate(rng):
    parts = []
    for _ in range(rng.randint(1, 5)):
        if rng.random() < 0.1:
            parts.append(bytes(rng.choice(BYTES) for _ in range(rng.choice((1, 10, 150)))))
        parts.append(random_sentence(rng))
    return mutated(rng, b"".join(parts), BYTES)


if __name__ == "__main__":
    cases.main("nmea", read, CASES, generate)
