"""
TinyAlloc in gdb: pools, who holds each block, what is in a buffer or a queue. See docs/debugging.md.

    (gdb) source tools/gdb/tinyalloc.py
    (gdb) ta pool [POOL]         blocks, counters, and a map of each pool
    (gdb) ta holders [POOL]      who holds each live block; leaks, stale handles, broken chains
    (gdb) ta buffer BUFFER       the bytes of a buffer
    (gdb) ta queue QUEUE         the bytes of a queue
    (gdb) ta recent RECENT       the bytes of a queue that keeps the newest, with their prefixes

The script reads memory and debug information, and calls nothing in the program. So it works on a live target, on a core
file, and on a dump of the memory. It knows the library's structs: struct ta_entry_, ta_slab_state_, ta_chain_.
"""
import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tinyalloc_holders import Holders
from tinyalloc_program import CHAINS, Chain, bits_of, chosen_pools, has_field, optional, plural
from tinyalloc_program import pool_of, read, text_of, type_name


# ---- Commands -----------------------------------------------------------------------------------------------------


def show_pool(pool):
    state = pool.state
    retired, headroom = optional(state, "retired"), int(state["headroom"])
    used = int(state["taken"]) - headroom - retired
    print("%s: %s of %s" % (pool.name, plural(pool.last + 1, "block"), plural(pool.block_size, "byte")))
    counters = "  used %d" % used
    if has_field(state.type, "peak"):
        peak = max(int(state["peak"]) - headroom - retired, optional(state, "old_peak"))
        counters += ", peak %d, failures %d" % (peak, int(state["failures"]))
    counters += ", headroom %d" % headroom if headroom else ""
    print(counters + (", retired %d" % retired if retired else ""))
    if pool.has_owners:
        for owner in range(state["below"].type.range()[1] + 1):
            peak = int(state["highest"][owner])
            if peak:
                print("  owner %d: used %d, peak %d" % (owner, peak - int(state["below"][owner]), peak))
    marks = ["#" if pool.is_live(s) else "x" if pool.is_retired(s) else "." for s in range(pool.last + 1)]
    for at in range(0, len(marks), 64):
        print("  %5d  %s" % (at, "".join(marks[at : at + 64])))


def show_chain(kind, expression):
    if not expression:
        raise gdb.GdbError("which %s?" % kind)
    value = gdb.parse_and_eval(expression)
    if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR:
        value = value.dereference()
    if type_name(value.type) != "ta_" + kind:
        raise gdb.GdbError("%s is no ta_%s" % (expression, kind))
    chain = Chain(expression, value, chosen_pools(""))
    print("%s %s: %s" % (kind, expression, chain.summary()))
    content = chain.contents()
    for at in range(0, len(content), 16):
        row = content[at : at + 16]
        print("  %5d  %-47s  %s" % (at, row.hex(" "), text_of(row)))


class Command(gdb.Command):
    """A command of one function, which gets the argument."""

    def __init__(self, name, completion, run, doc):
        self.__doc__ = doc
        self.run = run
        super().__init__(name, gdb.COMMAND_DATA, completion)

    def invoke(self, argument, from_tty):
        self.run(argument.strip())


class Prefix(gdb.Command):
    """TinyAlloc: pools, holders of blocks, buffers, queues."""

    def __init__(self):
        super().__init__("ta", gdb.COMMAND_DATA, prefix=True)


def show_pools(argument):
    damaged = []
    for pool in chosen_pools(argument, damaged):
        show_pool(pool)
    show_lines(damaged)


def show_holders(argument):
    damaged = []
    every = chosen_pools("", damaged)
    chosen = [pool_of(argument)] if argument else every
    every = [pool for pool in every if pool.address not in [c.address for c in chosen]] + chosen
    holders = Holders(every)
    for pool in chosen:
        holders.report(pool)
    show_lines(damaged + holders.broken_chains(None))


def show_lines(lines):
    for line in lines:
        print(line)


Prefix()
Command("ta pool", gdb.COMPLETE_EXPRESSION, show_pools,
        "Blocks, counters and a map of a pool, or of all: ta pool [POOL]")
Command("ta holders", gdb.COMPLETE_EXPRESSION, show_holders,
        "Who holds each live block of a pool, or of all: ta holders [POOL]")
Command("ta buffer", gdb.COMPLETE_EXPRESSION, lambda e: show_chain("buffer", e),
        "The bytes of a buffer: ta buffer BUFFER")
Command("ta queue", gdb.COMPLETE_EXPRESSION, lambda e: show_chain("queue", e),
        "The bytes of a queue: ta queue QUEUE")
Command("ta recent", gdb.COMPLETE_EXPRESSION, lambda e: show_chain("recent", e),
        "The bytes of a queue that keeps the newest: ta recent RECENT")


# ---- Pretty printers ----------------------------------------------------------------------------------------------


class Printer:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        try:
            return PRINTERS[type_name(self.value.type)](self.value)
        except (gdb.error, gdb.MemoryError, gdb.GdbError) as problem:
            return "<%s>" % problem


def handle_text(value):
    bits = bits_of(value)
    if bits == 0:
        return "TA_NONE"
    pools = chosen_pools("")
    live = [pool.name for pool in pools if pool.live_slot(bits) is not None]
    text = "block %d, generation %d" % (pools[0].slot_of(bits), pools[0].generation_of(bits))
    return text + (", live in " + " and ".join(live) if live else ", stale")


def chain_text(value):
    chain = Chain("", value, chosen_pools(""))
    return '%s "%s"' % (chain.summary(), text_of(chain.contents()[:40]))


def view_text(value):
    length = int(value["here"]["left"]) + int(value["here"]["rest"])
    text = "%s, %s" % (plural(length, "byte"), "final" if value["is_final"] else "open")
    chain = value["chain"]
    if int(chain) and int(chain["out"]["count"]) != int(value["stamp"]):
        return "stale view of " + text
    return '%s "%s"' % (text, text_of(read(int(value["here"]["at"]), min(40, int(value["here"]["left"])))))


PRINTERS = {"ta_handle": handle_text, "ta_view": view_text}
PRINTERS.update({name: chain_text for name in CHAINS})


def find_printer(value):
    return Printer(value) if type_name(value.type) in PRINTERS else None


gdb.pretty_printers.append(find_printer)
