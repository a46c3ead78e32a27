"""What each call may do, from what is measured: for tools/docs.

Contexts, critical sections and blocks come from the tables of docs/buffers.md; how long a critical section is from the
table of GUARANTEES.md, which test/masked measures; what a call costs from bench/recorded.tsv."""
import csv
import re
from dataclasses import dataclass, field
from pathlib import Path

LEGEND = ("*Sections*: how many critical sections a call enters. *Masks at most*: the longest of them. *Takes*: the "
          "most that was measured of the whole call; a number before a colon is how many bytes it moves. Both are "
          "instructions on a Cortex-M3 and cycles on an AVR, at -O2; a dash: not measured. *Blocks*: how many it may "
          "take from the pool.")
SOURCES = ("All figures are those that the tests measure: `test/masked` ([G14](@ref G14)) and `bench/target` "
           "([performance.md](@ref guide_performance)). The contexts are those of [buffers.md](@ref guide_buffers).")
CONFIGURATION = "16/16 statistics masked -O2"
PLATFORMS = {"cortex-m3": "instructions", "atmega2560": "cycles"}
# What bench/target calls differently, and variants that the overview leaves out.
RENAMED = {"ta_buffer_drain": "ta_buffer_drain_into"}
LEFT_OUT = re.compile(r"refused|resident|phase|mixed|inlined|loop|first")


@dataclass
class Call:
    name: str
    header: str
    context: str = "–"
    sections: str = "–"
    blocks: str = "–"
    masked: dict = field(default_factory=dict)  # platform: longest critical section
    costs: dict = field(default_factory=dict)   # platform: {variant: cost}


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def tables(text, wanted):
    """The cells of all rows of the tables whose head contains that word."""
    inside = False
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif not inside and wanted in line:
            inside = True
        elif inside and not set(line) <= set("|-: "):
            yield cells


def public_calls():
    """Functions, and names that a document may link to."""
    calls, symbols = {}, set()
    for path in sorted(Path("include/tinyalloc").glob("*.h")):
        text = path.read_text()
        code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        prototype = r"^(?:static inline |TA_INLINE_ )?[a-z_]\w*(?: [a-z_]\w*)* \**(ta_\w*[a-z0-9])\("
        for name in re.findall(prototype, code, re.M):
            if not name.startswith("ta_port_"):  # the words of a port: Doxyfile leaves them out
                calls.setdefault(name, Call(name, path.stem))
        for name in re.findall(r"declare\((\w+),", code):
            calls["ta_parse_" + name] = Call("ta_parse_" + name, "parse")
        symbols |= set(re.findall(r"^#define (TA_\w*[A-Za-z0-9])\b", code, re.M))
        symbols |= set(re.findall(r"^\} (ta_\w*[a-z0-9]);", code, re.M))
        symbols |= set(re.findall(r"\b(TA_(?:E_\w+|OK|MORE))\b", text))
    left_out = re.compile("(ta|TA)_PORT_|ta_port_|TA_OWNERS$")  # Doxygen does not see these: see Doxyfile
    return calls, {s for s in symbols | set(calls) if not left_out.match(s)}


def add_contexts(calls):
    text = Path("docs/buffers.md").read_text()
    for names, context, sections, blocks in tables(text, "may be called from"):
        for name in re.findall(r"`(ta_\w+)`", names):
            for call in [c for c in calls.values() if c.name == name or name.endswith("_") and c.name.startswith(name)]:
                if call.context == "–" or call.name == name:
                    call.context, call.sections, call.blocks = context, sections, blocks_of(call.name, blocks)


def blocks_of(name, cell):
    """A cell may say it for several calls: "`push`, `reserve`: 1. All others: 0"."""
    for part in re.split(r"\. ", cell):
        names, colon, value = part.partition(": ")
        if colon and (names == "All others" or any(name.endswith("_" + n) for n in re.findall(r"`(\w+)`", names))):
            return value
    return cell


def add_masked(calls):
    text = Path("GUARANTEES.md").read_text().split("<!-- masked:begin -->")[1].split("<!-- masked:end -->")[0]
    head = next(line for line in text.splitlines() if "masked at most" in line)
    head = [c.strip() for c in head.strip("|").split("|")]
    m3, avr = head.index("Cortex-M3, -O2"), head.index("AVR, -O2")
    for cells in tables(text, "masked at most"):
        for name in re.findall(r"`(ta_\w+)`", cells[0]):
            if name in calls:
                calls[name].masked = {"cortex-m3": cells[m3].strip("*"), "atmega2560": cells[avr].strip("*")}
    nothing = text.split("These mask nothing")[1]
    prefixes = tuple(f"ta_{header}_" for header in re.findall(r"\b(\w+)\.h\b", nothing))
    names = re.findall(r"\), and (.*)", nothing)[0]
    for call in calls.values():
        if not call.masked and (call.name.startswith(prefixes) or f"`{call.name}`" in names):
            call.masked = dict.fromkeys(PLATFORMS, "0")
    exception = re.search(r"on AVR, `(\w+)` masks as `(\w+)` does", nothing)
    if exception:
        calls[exception[1]].masked = calls[exception[2]].masked


def add_costs(calls):
    for line in Path("bench/recorded.tsv").read_text().splitlines():
        if line.startswith("#"):
            continue
        platform, configuration, operation, metric, value = line.split("\t")
        if platform not in PLATFORMS or not configuration.startswith(CONFIGURATION) or LEFT_OUT.search(operation):
            continue
        words = operation.split()
        count = 2 if words[0] in ("queue", "buffer", "recent") and len(words) > 1 else 1
        name = "ta_" + "_".join(words[:count])
        name = RENAMED.get(name, name)
        if name in calls and metric == PLATFORMS[platform] + ".worst":
            calls[name].costs.setdefault(platform, {})[" ".join(words[count:])] = round(float(value))


def read():
    calls, symbols = public_calls()
    add_contexts(calls)
    add_masked(calls)
    add_costs(calls)
    return list(calls.values()), symbols


def pair(values):
    m3, avr = values.get("cortex-m3"), values.get("atmega2560")
    return f"{m3 or '–'}&nbsp;·&nbsp;{avr or '–'}" if m3 or avr else "–"


def cost(call):
    variants = sorted({v for costs in call.costs.values() for v in costs}, key=lambda v: (not v.isdigit(), len(v), v))
    return "<br/>".join((f"{v}: " if v else "") + pair({p: f"{c[v]:,}" for p, c in call.costs.items() if v in c})
                        for v in variants) or "–"


def table(calls):
    both = "<br/>M3&nbsp;·&nbsp;AVR"
    head = ["call", "may be called from", "sections", "masks&nbsp;at&nbsp;most" + both, "takes" + both, "blocks"]
    cells = [head, ["---"] * len(head)]
    cells += [[f"<tt>@ref {c.name}</tt>", c.context, c.sections, pair(c.masked), cost(c), c.blocks] for c in calls]
    return [f"| {' | '.join(row)} |" for row in cells] + [""]
