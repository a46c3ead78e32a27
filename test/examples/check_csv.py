#!/usr/bin/env python3
"""The rules of examples/csv.md, against examples/csv.c. See cases.py.

Where the records end, and what is in those that are right, is compared with Python's csv module, too.
"""
import csv
import io
import re

import cases
from check_nmea import mutated

LONGEST, MOST = 1024, 32
MARK = b"\xef\xbb\xbf"

# What a lenient reader takes for a field: in quotes up to a single one, then anything up to the end of the field.
LENIENT = re.compile(rb'"(?:[^"]|"")*+(?:"[^,\r\n]*|\Z)|[^,\r\n]*')
PLAIN = re.compile(rb"[\t -!#-+\x2d-~\x80-\xff]*")
QUOTED = re.compile(rb'"((?:[\t\r\n -!#-~\x80-\xff]|"")*)"')


def split(data):
    """The records, as lists of raw fields, with their lengths."""
    at = len(MARK) if data.startswith(MARK) else 0
    while at < len(data):
        start, fields = at, []
        while True:
            field = LENIENT.match(data, at)
            fields.append(field[0])
            at = field.end()
            if data[at:at + 1] != b",":
                break
            at += 1
        yield fields, at - start
        at += 2 if data[at:at + 2] == b"\r\n" else 1


def value(field):
    """The bytes of a field, or None if it is damaged."""
    quoted = QUOTED.fullmatch(field)
    if quoted:
        return quoted[1].replace(b'""', b'"')
    return field if PLAIN.fullmatch(field) else None


def show(field):
    return "[" + re.sub(rb"[^ -~]|[\\\[\]]", lambda m: b"\\x%02X" % m[0][0], field).decode() + "]"


def compare_with_module(data, records):
    if b"\0" in data:  # not every version of the module reads it
        return
    text = data.removeprefix(MARK).decode("latin-1")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(records), (data, rows, records)
    for row, values in zip(rows, records):
        if None not in values and values != [b""]:
            assert [field.encode("latin-1") for field in row] == values, (data, row, values)


def read(data):
    text, columns, records = "", 0, []
    for raw, length in split(data):
        values = [value(field) for field in raw]
        records.append(values)
        if length > LONGEST:
            text += "too long\n"
        elif None in values:
            text += "damaged\n"
        else:
            columns = columns or len(values)
            text += str(len(values)) + (f" instead of {columns}" if len(values) != columns else "")
            text += (", too many" if len(values) > MOST else "".join(map(show, values))) + "\n"
    compare_with_module(data, records)
    return text


# ---- Cases -------------------------------------------------------------------------------------------------

AB = "2[a][b]\n"
CASES = [
    # records and their ends: RFC 4180, 2, rules 1 to 3
    ("empty_file", b"", ""),
    ("crlf", b"a,b\r\na,b\r\n", AB * 2),
    ("lf", b"a,b\na,b\n", AB * 2),
    ("cr", b"a,b\ra,b\r", AB * 2),
    ("mixed_ends", b"a,b\ra,b\na,b\r\na,b", AB * 4),
    ("no_end_after_the_last_record", b"a,b\r\na,b", AB * 2),
    ("cr_after_the_last_record", b"a,b\r\na,b\r", AB * 2),
    ("cr_after_the_only_record", b"a,b\r", AB),
    ("crcrlf", b"a,b\r\r\n", AB + "1 instead of 2[]\n"),
    ("lfcr", b"a,b\n\ra,b", AB + "1 instead of 2[]\n" + AB),
    ("empty_line_is_a_record", b"a\n\nb\n", "1[a]\n1[]\n1[b]\n"),
    ("empty_line_after_crlf", b"a\r\n\nb\n", "1[a]\n1[]\n1[b]\n"),
    ("empty_line_alone", b"\r\n", "1[]\n"),
    ("header_is_a_record", b"name,value\r\na,b\r\n", "2[name][value]\n" + AB),
    # fields: rule 4
    ("empty_fields", b",,\n,,", "3[][][]\n" * 2),
    ("separator_at_the_end", b"a,", "2[a][]\n"),
    ("separator_and_end_at_the_end", b"a,\n", "2[a][]\n"),
    ("blanks_belong_to_the_field", b" a , b \n", "2[ a ][ b ]\n"),
    ("tab_belongs_to_the_field", b"a\tb\n", "1[a\\x09b]\n"),
    ("too_few_fields", b"a,b\nc\na,b\n", AB + "1 instead of 2[c]\n" + AB),
    ("too_many_fields", b"a,b\n1,2,3\na,b\n", AB + "3 instead of 2[1][2][3]\n" + AB),
    ("damaged_record_counts_no_columns", b"a\"\na,b\n", "damaged\n" + AB),
    # quotes: rules 5 to 7
    ("quotes", b'"a","b"\r\n', AB),
    ("quotes_around_some", b'"a",b\r\n', AB),
    ("quotes_around_nothing", b'"",""', "2[][]\n"),
    ("quoted_separator", b'"a,b",c\n', "2[a,b][c]\n"),
    ("quoted_ends", b'"a\r\nb\rc\nd",e\r\na,b', "2[a\\x0D\\x0Ab\\x0Dc\\x0Ad][e]\n" + AB),
    ("quoted_end_first_and_last", b'"\n","\r"\r\n', "2[\\x0A][\\x0D]\n"),
    ("doubled_quote", b'"a""b"\n', '1[a"b]\n'),
    ("doubled_quotes_only", b'""""\n', '1["]\n'),
    ("two_doubled_quotes", b'""""""\n', '1[""]\n'),
    ("doubled_quote_at_both_ends", b'"""a"""', '1["a"]\n'),
    ("quoted_and_no_end", b'a,"b"', AB),
    ("quote_in_a_plain_field", b'a"b\na,b\n', "damaged\n" + AB),
    ("quotes_after_a_blank", b' "a"\na,b\n', "damaged\n" + AB),
    ("quote_after_a_plain_field", b'a"\na,b\n', "damaged\n" + AB),
    ("doubled_quote_in_a_plain_field", b'a""b\n', "damaged\n"),
    ("text_after_the_closing_quote", b'"a"x,b\na,b\n', "damaged\n" + AB),
    ("blank_after_the_closing_quote", b'"a" ,b\na,b\n', "damaged\n" + AB),
    ("quote_after_the_text_after_it", b'"a"x"\na,b\n', "damaged\n" + AB),
    ("damage_before_a_quoted_end", b'x"x,"a\nb"\na,b\n', "damaged\n" + AB),
    ("damage_after_a_quoted_end", b'"a\nb",x"x\na,b\n', "damaged\n" + AB),
    ("quote_never_closed", b'a,b\n"a,b\na,b\n', AB + "damaged\n"),
    ("quote_alone", b'"', "damaged\n"),
    ("three_quotes", b'"""', "damaged\n"),
    # characters
    ("byte_order_mark", MARK + b"a,b\n", AB),
    ("byte_order_mark_before_quotes", MARK + b'"a",b\n', AB),
    ("byte_order_mark_alone", MARK, ""),
    ("half_a_byte_order_mark", MARK[:2], "1[\\xEF\\xBB]\n"),
    ("byte_order_mark_later", b"a\n" + MARK + b"b\n", "1[a]\n1[\\xEF\\xBB\\xBFb]\n"),
    ("two_byte_order_marks", MARK * 2 + b"a\n", "1[\\xEF\\xBB\\xBFa]\n"),
    ("mark_that_is_none", b"\xef\xbb,b\n", "2[\\xEF\\xBB][b]\n"),
    ("utf8", "ä,b\n".encode(), "2[\\xC3\\xA4][b]\n"),
    ("nul", b"a\0,b\na,b\n", "damaged\n" + AB),
    ("nul_in_quotes", b'"a\0\n",b\na,b\n', "damaged\n" + AB),
    ("control_character", b"a\x1a\na,b\n", "damaged\n" + AB),
    ("delete", b"a\x7f\n", "damaged\n"),
    ("characters_that_are_escaped", b"[a]\\~!\n", "1[\\x5Ba\\x5D\\x5C~!]\n"),
    ("semicolon_is_no_separator", b"a;b\n", "1[a;b]\n"),
    # limits
    ("longest_field", b"x" * LONGEST + b"\na\n", "1[" + "x" * LONGEST + "]\n1[a]\n"),
    ("longest_field_and_no_end", b"x" * LONGEST, "1[" + "x" * LONGEST + "]\n"),
    ("field_too_long", b"x" * (LONGEST + 1) + b"\na\n", "too long\n1[a]\n"),
    ("field_too_long_and_no_end", b"x" * (LONGEST + 1), "too long\n"),
    ("record_too_long", b"x," * 600 + b"\r\na,b\r\n", "too long\n" + AB),
    ("quoted_field_too_long", b'"' + b"x,\r\n" * 300 + b'"\na,b\n', "too long\n" + AB),
    ("doubled_quote_where_it_is_too_long", b'"' + b'""' * 600 + b'\n"\na,b\n', "too long\n" + AB),
    ("two_records_too_long", (b"x" * 1100 + b"\r") * 2 + b"a", "too long\n" * 2 + "1[a]\n"),
    ("most_fields", b",".join([b"x"] * MOST), str(MOST) + "[x]" * MOST + "\n"),
    ("more_fields_than_there_is_room_for", b"a,b\n" + b",".join([b"x"] * MOST + [b'"\n"']) + b"\na,b\n",
     AB + f"{MOST + 1} instead of 2, too many\n" + AB),
]

# ---- Random inputs -----------------------------------------------------------------------------------------

BYTES = b']~"",,\r\n\n\rabc \t\x00\x7f\xef\xbb\xbf[\\'
FIELDS = (b"", b"", b"a", b"12:00", b'""', b'"a"', b'"a,b"', b'"a""b"', b'"\r\n"', b'"\n"', b'""""', b" ",
          b'a"', b'"a"x', b'"a', b"\xc3\xa4", b'"a" ', b"\0", b'""x""')


def random_field(rng):
    if rng.random() < 0.01:
        quote = rng.choice((b"", b'"'))
        return quote + bytes(rng.choice(b"abc,\n\"") for _ in range(rng.choice((500, 1022, 1100)))) + quote
    good = rng.random() < 0.9
    return rng.choice(FIELDS[:12] if good else FIELDS)


def generate(rng):
    ends = rng.choice(((b"\r\n",), (b"\n",), (b"\r",), (b"\r\n", b"\n", b"\r", b"\r\r\n")))
    data = rng.choice((b"", b"", b"", MARK, MARK[:2]))
    columns = rng.choice((1, 2, 3, 40))
    for _ in range(rng.randint(0, 6)):
        count = columns if rng.random() < 0.9 else rng.randint(1, 40)
        data += b",".join(random_field(rng) for _ in range(count)) + rng.choice(ends)
    if rng.random() < 0.3:
        data = data.rstrip(b"\r\n")
    return mutated(rng, data, BYTES)


if __name__ == "__main__":
    cases.main("csv", read, CASES, generate)
