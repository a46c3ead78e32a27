#!/usr/bin/env python3
"""The rules of examples/http.md, against examples/http.c. See cases.py."""
import re

import cases
from check_nmea import mutated

LONGEST_HEAD, LONGEST_TARGET, LONGEST_METHOD, LONGEST_BODY = 4096, 2048, 16, 1024

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
TEXT = rb"[\t -~\x80-\xff]*"
HOST = re.compile(rb"(?:\[[0-9A-Za-z._~%!$&'()*+,;=:-]{2,64}\]|[0-9A-Za-z._~%!$&'()*+,;=-]*)(?::[0-9]{0,5})?")


class Refused(Exception):
    pass


class Incomplete(Exception):
    pass


class Request:
    """One request of a connection."""

    def __init__(self, data, at):
        self.data, self.at, self.in_lines = data, at, 0
        self.fields, self.body, self.expects = [], b"", False

    def line(self, limit=LONGEST_HEAD, status=431):
        end = self.data.find(b"\n", self.at) + 1
        self.in_lines += (end or len(self.data)) - self.at
        if self.in_lines > limit:
            raise Refused(status)
        if end == 0:
            raise Incomplete
        line, self.at = self.data[self.at:end], end
        if not re.fullmatch(rb"[^\r\n]*\r\n", line):
            raise Refused(400)
        return line[:-2]

    def take(self, n):
        if len(self.data) - self.at < n:
            raise Incomplete
        self.body += self.data[self.at:self.at + n]
        self.at += n

    def read_first_line(self, line):
        method = re.match(TOKEN, line)
        if not method:
            raise Refused(400)
        if len(method[0]) > LONGEST_METHOD:
            raise Refused(501)
        parts = re.fullmatch(TOKEN + rb" ([!-\"$-~]+) HTTP/([0-9])\.([0-9])", line)
        if not parts:
            raise Refused(400)
        if parts[2] != b"1":
            raise Refused(505)
        self.method, self.target, self.is_old = method[0], parts[1], parts[3] == b"0"
        self.is_close = self.is_old
        self.authority = self.read_target()

    def read_target(self):
        if self.method == b"CONNECT":
            raise Refused(501)
        if self.target == b"*" and self.method == b"OPTIONS" or self.target[:1] == b"/":
            return None
        if self.target.lower().startswith(b"https://"):
            raise Refused(421)
        absolute = re.fullmatch(rb"(?i:http)://([^/?]*)([/?].*)?", self.target)
        if not absolute or not HOST.fullmatch(absolute[1]) or absolute[1][:1] in (b"", b":"):
            raise Refused(400)
        return absolute[1]

    def read_field(self, line, is_used):
        field = re.fullmatch(rb"(%s):(%s)" % (TOKEN, TEXT), line)
        if not field:
            raise Refused(400)
        name, value = field[1].lower(), field[2].strip(b" \t")
        if not is_used:
            return
        if name in (b"host", b"content-length", b"transfer-encoding") and name in dict(self.fields):
            raise Refused(400)
        self.fields.append((name, value))
        if name == b"host" and not HOST.fullmatch(value):
            raise Refused(400)
        if name == b"content-length":
            if not re.fullmatch(rb"[0-9]+", value):
                raise Refused(400)
            if int(value) > LONGEST_BODY:
                raise Refused(413)
        if name == b"transfer-encoding" and value.lower() != b"chunked":
            members = [m.strip(b" \t").lower() for m in value.split(b",") if m.strip(b" \t")]
            raise Refused(501 if members[-1:] == [b"chunked"] else 400)
        if name == b"connection":
            self.is_close |= b"close" in [m.strip(b" \t").lower() for m in value.split(b",")]
        if name == b"expect" and not self.is_old:
            if value.lower() != b"100-continue":
                raise Refused(417)
            self.expects = True

    def read_chunks(self):
        while True:
            size = re.fullmatch(rb"([0-9A-Fa-f]+)(?:[\t ]*;%s)?" % TEXT, self.line())
            if not size:
                raise Refused(400)
            n = int(size[1], 16)
            if len(self.body) + n > LONGEST_BODY:
                raise Refused(413)
            if n == 0:
                break
            self.take(n)
            if self.line() != b"":
                raise Refused(400)
        while (line := self.line()) != b"":
            self.read_field(line, False)

    def read(self, show):
        line = self.line(LONGEST_TARGET, 414)
        if line == b"":
            return
        self.read_first_line(line)
        while (line := self.line()) != b"":
            self.read_field(line, True)
        fields = dict(self.fields)
        is_chunked, length = b"transfer-encoding" in fields, fields.get(b"content-length")
        if is_chunked and (length is not None or self.is_old) or not self.is_old and b"host" not in fields:
            raise Refused(400)
        if self.expects and (is_chunked or int(length or 0) > 0):
            show("  100\n")
        if is_chunked:
            self.read_chunks()
        else:
            self.take(int(length or 0))
        host = fields.get(b"host", b"") if self.authority is None else self.authority
        show(f"  {escaped(self.method)} {escaped(self.target)} for {escaped(host)} body {escaped(self.body)}"
             + (", closed" if self.is_close else "") + "\n")
        self.is_shown = True


def escaped(data):
    return re.sub(rb"[^!-~]|\\", lambda m: b"\\x%02X" % m[0][0], data).decode()


def read(data):
    text, at = [], 0
    while at < len(data):
        request = Request(data, at)
        try:
            request.read(text.append)
        except Refused as status:
            return "".join(text) + f"  {status}, closed\n"
        except Incomplete:
            return "".join(text) + "  incomplete\n"
        if getattr(request, "is_close", False):
            break
        at = request.at
    return "".join(text)


# ---- Cases -------------------------------------------------------------------------------------------------

OK = "  GET / for n body \n"
NEXT = b"GET / HTTP/1.1\r\nHost: n\r\n\r\n"


def get(*lines, first=b"GET / HTTP/1.1", body=b""):
    return b"".join(line + b"\r\n" for line in (first, b"Host: n") + lines) + b"\r\n" + body


def put(*lines, body=b""):
    return get(*lines, first=b"PUT / HTTP/1.1", body=body)


def put_text(body):
    return f"  PUT / for n body {body}\n"


def refused(status, *before):
    return "".join(before) + f"  {status}, closed\n"


def all_refused(status, make, values):
    return [(name, make(value), refused(status)) for name, value in values.items()]


def chunked(body, *lines):
    return put(b"Transfer-Encoding: chunked", *lines, body=body)


# As a browser sends it.
BROWSER = (
    b"GET /status?refresh=1 HTTP/1.1\r\nHost: 192.168.4.1\r\nConnection: keep-alive\r\nCache-Control: max-age=0\r\n"
    b'sec-ch-ua: "Chromium";v="124", "Google Chrome";v="124", "Not-A.Brand";v="99"\r\nsec-ch-ua-mobile: ?0\r\n'
    b'sec-ch-ua-platform: "Windows"\r\nDNT: 1\r\nUpgrade-Insecure-Requests: 1\r\n'
    b"User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 "
    b"Safari/537.36\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,"
    b"*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n"
    b"Sec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\nReferer: http://192.168.4.1/settings?page=network&tab=wifi\r\n"
    b"Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7\r\n"
    b"Cookie: session=" + b"0123456789abcdef" * 16 + b"; theme=dark; consent=" + b"c" * 120 + b"\r\n\r\n")


def cases_of_lines():
    return [
        ("no_bytes", b"", ""),
        ("two_requests", put(b"Content-Length: 2", body=b"ab") + NEXT, put_text("ab") + OK),
        ("lf_after_the_head", b"PUT / HTTP/1.1\r\nHost: n\r\nContent-Length: 2\n\r\n\r\nab", refused(400)),
        ("lf_after_the_first_line", b"GET / HTTP/1.1\nHost: n\r\n\r\n", refused(400)),
        ("lf_after_every_line", b"GET / HTTP/1.1\nHost: n\n\n", refused(400)),
        ("lf_in_place_of_the_empty_line", b"GET / HTTP/1.1\r\nHost: n\r\n\n", refused(400)),
        ("lf_in_a_value", get(b"X: a\nY: b"), refused(400)),
        ("cr_in_a_value", get(b"X: a\rb"), refused(400)),
        ("cr_in_the_first_line", get(first=b"GET /\r HTTP/1.1"), refused(400)),
        ("crcrlf", b"GET / HTTP/1.1\r\r\nHost: n\r\r\n\r\r\n", refused(400)),
        ("cr_alone", b"GET / HTTP/1.1\rHost: n\r\r\n", refused(400)),
        ("empty_line_before_a_request", b"\r\n" + NEXT, OK),
        ("empty_lines_before_a_request", b"\r\n" * 2000 + NEXT, OK),
        ("empty_line_after_a_body", put(b"Content-Length: 2", body=b"ab\r\n") + NEXT, put_text("ab") + OK),
        ("lf_before_a_request", b"\n" + NEXT, refused(400)),
        ("cr_before_a_request", b"\r" + NEXT, refused(400)),
        ("blank_before_a_request", b" " + NEXT, refused(400)),
        ("blank_before_the_first_header", b"GET / HTTP/1.1\r\n Host: n\r\nHost: n\r\n\r\n", refused(400)),
        ("folded_header", get(b"X: a\r\n b"), refused(400)),
        ("folded_with_tab", get(b"X: a\r\n\tb"), refused(400)),
        ("not_finished", b"GET / HTTP/1.1\r\nHost: n\r\n", "  incomplete\n"),
        ("one_byte", b"G", "  incomplete\n"),
        ("body_not_finished", put(b"Content-Length: 2", body=b"a"), "  incomplete\n"),
    ]


def cases_of_first_lines():
    made = all_refused(400, lambda first: get(first=first), {
        "separator_lacks": b"GET/ HTTP/1.1", "separator_twice": b"GET  / HTTP/1.1",
        "separator_tab": b"GET\t/ HTTP/1.1",
        "separator_twice_before_the_version": b"GET /  HTTP/1.1", "separator_after_the_version": b"GET / HTTP/1.1 ",
        "separator_in_the_target": b"GET / / HTTP/1.1", "target_lacks": b"GET HTTP/1.1",
        "method_lacks": b"/ HTTP/1.1",
        "method_bad_parenthesis": b"G(T / HTTP/1.1", "method_bad_nul": b"G\0T / HTTP/1.1",
        "version_lacks": b"GET /", "version_bad_case": b"GET / http/1.1", "version_bad_no_point": b"GET / HTTP/1",
        "version_bad_no_minor": b"GET / HTTP/1.", "version_bad_two_digits": b"GET / HTTP/1.10",
        "version_bad_comma": b"GET / HTTP/1,1", "version_bad_sign": b"GET / HTTP/+1.1",
        "version_bad_blank": b"GET / HTTP 1.1", "version_bad_letter": b"GET / HTTP/x.1",
        "target_bad_nul": b"GET /\0 HTTP/1.1", "target_bad_delete": b"GET /\x7f HTTP/1.1",
        "target_bad_utf8": b"GET /\xc3\xa4 HTTP/1.1", "target_bad_fragment": b"GET /#part HTTP/1.1",
        "target_asterisk_of_get": b"GET * HTTP/1.1", "target_asterisk_and_more": b"OPTIONS */ HTTP/1.1",
        "target_bad_name": b"GET name HTTP/1.1", "target_authority_of_get": b"GET n:80 HTTP/1.1",
        "target_absolute_bad_scheme": b"GET ftp://n/ HTTP/1.1", "target_absolute_bad_slash": b"GET http:/n HTTP/1.1",
        "target_absolute_bad_empty": b"GET http:// HTTP/1.1", "target_absolute_bad_path": b"GET http:///a HTTP/1.1",
        "target_absolute_bad_port_only": b"GET http://:80/ HTTP/1.1",
        "target_absolute_bad_user": b"GET http://a@n/ HTTP/1.1",
        "target_absolute_bad_port": b"GET http://n:8x/ HTTP/1.1",
        "target_absolute_bad_bracket": b"GET http://[::1/ HTTP/1.1"})
    old = b"GET / HTTP/1.0\r\n"
    return made + [
        ("version_1_0", old + b"\r\n" + NEXT, "  GET / for  body , closed\n"),
        ("version_1_0_with_host", old + b"Host: n\r\n\r\n", "  GET / for n body , closed\n"),
        ("version_1_0_two_hosts", old + b"Host: n\r\nHost: n\r\n\r\n", refused(400)),
        ("version_1_0_body", b"PUT / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab", "  PUT / for  body ab, closed\n"),
        ("version_1_0_chunked", old + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", refused(400)),
        ("version_1_2", get(first=b"GET / HTTP/1.2") + NEXT, OK * 2),
        ("version_2_0", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refused(505)),
        ("version_0_9", b"GET / HTTP/0.9\r\n\r\n", refused(505)),
        ("version_9_9", get(first=b"GET / HTTP/9.9"), refused(505)),
        ("method_unknown", get(first=b"M-SEARCH / HTTP/1.1"), "  M-SEARCH / for n body \n"),
        ("method_of_one_letter", get(first=b"G / HTTP/1.1"), "  G / for n body \n"),
        ("method_lower_case", get(first=b"get / HTTP/1.1"), "  get / for n body \n"),
        ("method_longest", get(first=b"M" * LONGEST_METHOD + b" / HTTP/1.1"),
         f"  {'M' * LONGEST_METHOD} / for n body \n"),
        ("method_too_long", get(first=b"M" * (LONGEST_METHOD + 1) + b" / HTTP/1.1"), refused(501)),
        ("connect_is_refused", get(first=b"CONNECT n:443 HTTP/1.1"), refused(501)),
        ("target_with_query", get(first=b"GET /~a?b=c&d=%20! HTTP/1.1"), "  GET /~a?b=c&d=%20! for n body \n"),
        ("target_as_browsers_send_it", get(first=b'GET /a?b={"c":[1|2^3]} HTTP/1.1'),
         '  GET /a?b={"c":[1|2^3]} for n body \n'),
        ("target_asterisk", get(first=b"OPTIONS * HTTP/1.1"), "  OPTIONS * for n body \n"),
        ("target_absolute", get(first=b"GET http://other:80/a HTTP/1.1"),
         "  GET http://other:80/a for other:80 body \n"),
        ("target_absolute_no_path", get(first=b"GET HTTP://other?a HTTP/1.1"),
         "  GET HTTP://other?a for other body \n"),
        ("target_absolute_ipv6", get(first=b"GET http://[::1]/ HTTP/1.1"), "  GET http://[::1]/ for [::1] body \n"),
        ("target_absolute_no_host", b"GET http://n/ HTTP/1.1\r\n\r\n", refused(400)),
        ("target_https", get(first=b"GET https://n/ HTTP/1.1"), refused(421)),
    ]


def cases_of_headers():
    made = all_refused(400, lambda host: b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n", {
        "host_bad_blank": b"a b", "host_bad_slash": b"a/b", "host_bad_user": b"a@b", "host_bad_port": b"n:x",
        "host_bad_two_ports": b"n:80:80", "host_bad_long_port": b"n:123456", "host_bad_bracket": b"[::1",
        "host_bad_no_bracket": b"::1]", "host_bad_empty_address": b"[]", "host_bad_utf8": b"\xc3\xa4",
        "host_bad_query": b"n?", "host_bad_list": b"a, b", "host_bad_scheme": b"http://n",
        "host_bad_backslash": b"\\"})
    made += all_refused(400, get, {
        "blank_before_the_colon": b"X : a", "tab_before_the_colon": b"X\t: a", "name_empty": b": a",
        "name_alone": b"X",
        "name_without_a_colon": b"X a", "name_bad_parenthesis": b"X(: a", "name_bad_above_ascii": b"\xe4: a",
        "name_bad_nul": b"X\0: a", "value_bad_nul": b"X: a\0b", "value_bad_control": b"X: a\x01",
        "value_bad_delete": b"X: a\x7f"})
    return made + [
        ("host_lacks", b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", refused(400)),
        ("host_twice", get(b"Host: n"), refused(400)),
        ("host_empty", b"GET / HTTP/1.1\r\nHost:\r\n\r\n", "  GET / for  body \n"),
        ("host_any_case", b"GET / HTTP/1.1\r\nhOST: n\r\n\r\n", OK),
        ("host_with_port", b"GET / HTTP/1.1\r\nHost: n:8080\r\n\r\n", "  GET / for n:8080 body \n"),
        ("host_with_colon", b"GET / HTTP/1.1\r\nHost: n:\r\n\r\n", "  GET / for n: body \n"),
        ("host_ipv6", b"GET / HTTP/1.1\r\nHost: [fe80::1]:80\r\n\r\n", "  GET / for [fe80::1]:80 body \n"),
        ("blanks_around_a_value", b"GET / HTTP/1.1\r\nHost:\t n \t\r\n\r\n", OK),
        ("no_blank_before_a_value", b"GET / HTTP/1.1\r\nHost:n\r\n\r\n", OK),
        ("value_empty", get(b"X:", b"Y: \t "), OK),
        ("value_above_ascii", get(b"X: \xe4\xff"), OK),
        ("name_of_all_characters", get(b"aZ09!#$%&'*+-.^_`|~: a"), OK),
        ("close_alone", get(b"Connection: close") + NEXT, "  GET / for n body , closed\n"),
        ("close_in_a_list", get(b"Connection: , upgrade ,\tCLOSE") + NEXT, "  GET / for n body , closed\n"),
        ("close_in_another_line", get(b"Connection: a", b"Connection: close", b"Connection: b") + NEXT,
         "  GET / for n body , closed\n"),
        ("close_in_a_longer_word", get(b"Connection: closed, xclose") + NEXT, OK * 2),
        ("keep_alive", get(b"Connection: keep-alive") + NEXT, OK * 2),
        ("expect_continue", put(b"Expect: 100-Continue", b"Content-Length: 2", body=b"ab"),
         "  100\n" + put_text("ab")),
        ("expect_before_the_body", put(b"Expect: 100-continue", b"Content-Length: 2"), "  100\n  incomplete\n"),
        ("expect_chunked", chunked(b"0\r\n\r\n", b"Expect: 100-continue"), "  100\n" + put_text("")),
        ("expect_without_a_body", get(b"Expect: 100-continue"), OK),
        ("expect_something_else", get(b"Expect: 200-ok"), refused(417)),
        ("expect_list_empty_after_it", get(b"Expect: 100-continue,"), refused(417)),
        ("expect_in_version_1_0", b"PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
         "  PUT / for  body a, closed\n"),
        ("expect_something_in_version_1_0", b"GET / HTTP/1.0\r\nExpect: x\r\n\r\n", "  GET / for  body , closed\n"),
    ]


def cases_of_lengths():
    made = all_refused(400, lambda v: put(b"Content-Length: " + v, body=b"ab"), {
        "length_bad_empty": b"", "length_bad_plus": b"+2", "length_bad_minus": b"-2", "length_bad_blank": b"2 2",
        "length_list": b"2,2", "length_list_differs": b"2, 3", "length_bad_hexadecimal": b"0x2",
        "length_bad_letter": b"2a",
        "length_bad_point": b"2.0", "length_bad_semicolon": b"2;", "length_bad_latin1": b"\xb2",
        "length_bad_underscore": b"2_0",
        "length_bad_large": b"99999999999999999999x"})
    return made + [
        ("length_lacks", put() + NEXT, put_text("") + OK),
        ("length_0", put(b"Content-Length: 0") + NEXT, put_text("") + OK),
        ("length_with_zeros", put(b"Content-Length: 00002", body=b"ab"), put_text("ab")),
        ("length_with_blanks", put(b"Content-Length: \t2\t ", body=b"ab"), put_text("ab")),
        ("length_of_a_get", get(b"Content-Length: 2", body=b"ab") + NEXT, "  GET / for n body ab\n" + OK),
        ("length_twice", put(b"Content-Length: 2", b"Content-Length: 2", body=b"ab"), refused(400)),
        ("lengths_differ", put(b"Content-Length: 1", b"Content-Length: 2", body=b"ab"), refused(400)),
        ("length_2_to_the_32", put(b"Content-Length: 4294967297", body=b"a"), refused(413)),
        ("length_2_to_the_64", put(b"Content-Length: 18446744073709551617", body=b"a"), refused(413)),
        ("length_2_to_the_16", put(b"Content-Length: 65537", body=b"a"), refused(413)),
        ("body_longest", put(b"Content-Length: %d" % LONGEST_BODY, body=b"x" * LONGEST_BODY) + NEXT,
         put_text("x" * LONGEST_BODY) + OK),
        ("body_too_long", put(b"Content-Length: %d" % (LONGEST_BODY + 1)), refused(413)),
        ("body_with_any_bytes", put(b"Content-Length: 5", body=b"\0\r\n\xff\\") + NEXT,
         put_text("\\x00\\x0D\\x0A\\xFF\\x5C") + OK),
        ("body_that_looks_like_a_request", put(b"Content-Length: %d" % len(NEXT), body=NEXT) + NEXT,
         put_text(escaped(NEXT)) + OK),
    ]


def cases_of_codings():
    good = put_text("abc")
    def coding(value):
        return put(b"Transfer-Encoding: " + value, body=b"0\r\n\r\n")

    made = all_refused(400, coding, {
        "coding_last_empty": b"", "coding_last_comma": b",", "coding_last_identity": b"identity",
        "coding_last_gzip": b"gzip",
        "coding_last_gzip_after_chunked": b"chunked, gzip", "coding_last_longer": b"xchunked",
        "coding_last_parameter": b"chunked;q=1", "coding_last_two_words": b"chunked x",
        "coding_last_quotes": b'"chunked"',
        "coding_last_latin1": b"\x80chunked"})
    made += all_refused(501, coding, {
        "coding_list_gzip": b"gzip, chunked", "coding_list_any_case": b"gzip ,\tCHUNKED",
        "coding_list_twice": b"chunked, chunked", "coding_list_empty_after_it": b"chunked,",
        "coding_list_empty_before_it": b",chunked"})
    made += all_refused(400, chunked, {
        "chunk_size_empty": b"\r\n", "chunk_size_bad_letter": b"x\r\n", "chunk_size_bad_minus": b"-1\r\n",
        "chunk_size_bad_plus": b"+3\r\nabc\r\n0\r\n\r\n", "chunk_size_bad_prefix": b"0x3\r\nabc\r\n",
        "chunk_size_bad_blank_before": b" 3\r\nabc\r\n", "chunk_size_bad_blank_after": b"3 \r\nabc\r\n",
        "chunk_size_bad_comma": b"3,\r\n", "chunk_line_lf": b"3\nabc\r\n", "chunk_line_cr": b"3\rabc\r\n",
        "chunk_extension_lf": b"3;a\nabc\r\n0\r\n\r\n", "chunk_extension_nul": b"3;a\0\r\n",
        "chunk_end_late": b"3\r\nabcd\r\n", "chunk_end_lf": b"3\r\nabc\n", "chunk_end_early": b"3\r\nab\r\n0\r\n\r\n",
        "trailer_bad_blank": b"0\r\nX : a\r\n\r\n", "trailer_bad_fold": b"0\r\n a\r\n\r\n",
        "trailer_bad_lf": b"0\r\nX: a\n\r\n", "chunk_line_lf_at_the_end": b"0\n\r\n"})
    made += all_refused(413, chunked, {
        "chunk_size_large_2_to_the_16": b"10003\r\n", "chunk_size_large_32_bits": b"FFFFFFFF\r\n",
        "chunk_size_large_2_to_the_32": b"100000003\r\n", "chunk_size_large_2_to_the_64": b"10000000000000003\r\n",
        "chunk_size_large_by_one": b"%X\r\n" % (LONGEST_BODY + 1)})
    return made + [
        ("chunks_two", chunked(b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n") + NEXT, good + OK),
        ("chunk_sizes_in_any_case", chunked(b"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n") + NEXT,
         put_text("0123456789" * 2) + OK),
        ("chunk_size_with_zeros", chunked(b"0000000000003\r\nabc\r\n0000\r\n\r\n") + NEXT, good + OK),
        ("chunk_with_ends_in_it", chunked(b"4\r\n\r\n0\n\r\n0\r\n\r\n") + NEXT, put_text("\\x0D\\x0A0\\x0A") + OK),
        ("chunk_extensions", chunked(b"3;a=b;c=\"d\"\r\nabc\r\n0 ; x\r\n\r\n") + NEXT, good + OK),
        ("chunk_trailers", chunked(b"3\r\nabc\r\n0\r\nX: a\r\nContent-Length: 9\r\nHost: b\r\n\r\n") + NEXT,
         good + OK),
        ("chunked_any_case", put(b"transfer-ENCODING: ChunKed ", body=b"3\r\nabc\r\n0\r\n\r\n") + NEXT, good + OK),
        ("chunked_and_length", chunked(b"3\r\nabc\r\n0\r\n\r\n", b"Content-Length: 3"), refused(400)),
        ("length_and_chunked", put(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
         refused(400)),
        ("chunked_twice", chunked(b"0\r\n\r\n", b"Transfer-Encoding: chunked"), refused(400)),
        ("chunks_without_an_end", chunked(b"3\r\nabc\r\n"), "  incomplete\n"),
        ("chunk_cut_off", chunked(b"3\r\nab"), "  incomplete\n"),
        ("chunks_longest", chunked(b"200\r\n" + b"x" * 512 + b"\r\n200\r\n" + b"y" * 512 + b"\r\n0\r\n\r\n") + NEXT,
         put_text("x" * 512 + "y" * 512) + OK),
        ("chunks_together_too_long", chunked(b"200\r\n" + b"x" * 512 + b"\r\n201\r\n"), refused(413)),
        ("chunk_extension_endless", chunked(b"1;" + b"x" * LONGEST_HEAD), refused(431)),
        ("chunks_of_one_byte_endless", chunked(b"1\r\nx\r\n" * LONGEST_BODY), refused(431)),
    ]


def cases_of_limits():
    fill = LONGEST_HEAD - len(get(b"X: "))
    target = LONGEST_TARGET - len(b"GET / HTTP/1.1\r\n")
    assert 700 < len(BROWSER) < 1500
    return [
        ("browser_head", BROWSER + NEXT, "  GET /status?refresh=1 for 192.168.4.1 body \n" + OK),
        ("head_longest", get(b"X: " + b"x" * fill) + NEXT, OK * 2),
        ("head_longest_and_body", put(b"Content-Length: %d" % LONGEST_BODY, b"X: " + b"x" * (fill - 22),
                                      body=b"x" * LONGEST_BODY) + NEXT, put_text("x" * LONGEST_BODY) + OK),
        ("head_too_long", get(b"X: " + b"x" * (fill + 1)), refused(431)),
        ("head_without_an_end", b"GET / HTTP/1.1\r\nHost: n\r\nX: " + b"x" * LONGEST_HEAD, refused(431)),
        ("headers_without_an_end", b"GET / HTTP/1.1\r\nHost: n\r\n" + b"X: a\r\n" * (LONGEST_HEAD // 5),
         refused(431)),
        ("target_longest", get(first=b"GET /" + b"a" * target + b" HTTP/1.1"),
         f"  GET /{'a' * target} for n body \n"),
        ("target_too_long", get(first=b"GET /" + b"a" * (target + 1) + b" HTTP/1.1"), refused(414)),
        ("target_without_an_end", b"GET /" + b"a" * 5000, refused(414)),
        ("nothing_is_read_after_an_error", b"GET /\r\n\r\n" + NEXT, refused(400)),
    ]


CASES = (cases_of_lines() + cases_of_first_lines() + cases_of_headers() + cases_of_lengths() + cases_of_codings()
         + cases_of_limits())

# ---- Random inputs -----------------------------------------------------------------------------------------

BYTES = b"\r\n\r\n\0\t :;,0123456789aAfFxX/?*#[]@\xff\x7fHTTP"
FIRST = (b"GET / HTTP/1.1", b"PUT /a HTTP/1.1", b"PUT / HTTP/1.0", b"OPTIONS * HTTP/1.1", b"GET http://o/ HTTP/1.1",
         b"GET http://[::1]:8 HTTP/1.1", b"GET /?a HTTP/1.3", b"GET / HTTP/2.0", b"GET https://a HTTP/1.1",
         b"CONNECT a HTTP/1.1")
LINES = (b"X: a", b"Y:\t", b"Connection: close", b"Connection: keep-alive, x", b"Expect: 100-continue", b"Expect: x",
         b"Accept: */*", b"X: " + b"x" * 100, b"Cookie: \xe4", b"X : a", b" X: a", b"Host: m", b"Content-Length: 3",
         b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked", b"X: " + b"y" * 1500)
HOSTS = (b"Host: n", b"host:n:80", b"HOST: [::1]", b"Host:", b"Host: a b")


def weighted(rng, good, all_of):
    return rng.choice(all_of[:good] if rng.random() < 0.93 else all_of)


def random_chunks(rng):
    data = b""
    for _ in range(rng.choice((0, 1, 2, 5))):
        n = rng.choice((1, 2, 10, 33, 400))
        size = rng.choice((b"%x", b"%X", b"0%x", b"%x;a=b", b"%x ;a")) % n
        data += size + b"\r\n" + bytes(rng.choice(b"ab\r\n0") for _ in range(n)) + b"\r\n"
    return data + b"0\r\n" + rng.choice((b"", b"", b"X: a\r\n", b"Host: m\r\n")) + b"\r\n"


def random_request(rng):
    lines = [weighted(rng, 7, FIRST)]
    if rng.random() < 0.97:
        lines.append(weighted(rng, 4, HOSTS))
    lines += [weighted(rng, 2, LINES) for _ in range(rng.choice((0, 1, 3)))]
    body, kind = b"", rng.random()
    if kind < 0.3:
        body = bytes(rng.choice(b"ab\r\n0") for _ in range(rng.choice((0, 1, 3, 30, 1024))))
        lines.append(rng.choice((b"Content-Length: %d", b"content-length:0%d ")) % len(body))
    elif kind < 0.6:
        body = random_chunks(rng)
        lines.append(b"Transfer-Encoding: chunked")
    end = b"\r\n" if rng.random() < 0.98 else b"\n"
    return end.join(lines) + end + b"\r\n" + body


def generate(rng):
    data = b"".join(rng.choice((b"", b"", b"", b"\r\n")) + random_request(rng) for _ in range(rng.randint(1, 4)))
    return mutated(rng, data, BYTES)


if __name__ == "__main__":
    cases.main("http", read, CASES, generate)
