"""TinyAlloc in gdb: who holds each live block of a pool; leaks, stale handles and broken chains."""
import re

import gdb
from tinyalloc_program import CHAINS, Chain, Objects, bits_of, byte_order, frames, plural, read, type_name


# ---- Where handles may be --------------------------------------------------------------------------------------------


# What a program writes to at run time, and no loader: sections by the beginning of their names.
NO_DATA = r"\.(init|fini|preinit|ctors|dtors|vectors|isr_vector|t|stack|heap|got|dynamic|plt)|load\d"


def writable_sections():
    """Address ranges of .data, .bss and the like, where the program was loaded."""
    flags = dict(re.findall(r": (\S+) (ALLOC\b.*)", gdb.execute("maint info sections", to_string=True)))
    listing = re.findall(r"(0x\w+) - (0x\w+) is (\S+)$", gdb.execute("info files", to_string=True), re.M)
    places = {(int(low, 16), int(high, 16)) for low, high, name in listing
              if not re.search("READONLY|CODE|THREAD", flags.get(name, "CODE")) and not re.match(NO_DATA, name)}
    return sorted(places)  # a live target lists them twice


FRAME_MAX = 1 << 20
STACK_END = 512  # bytes that are scanned from the stack pointer of the outermost frame on


def stack_ranges():
    """For each frame: its name, and the addresses from its stack pointer to that of its caller."""
    known, ranges = [], []
    for frame in frames():
        try:
            known.append((frame.name() or "?", int(frame.read_register("sp")) & (1 << 64) - 1))
        except (gdb.error, ValueError):
            break
    for (name, low), (_, above) in zip(known, known[1:] + [("", 0)]):
        is_outermost = above < low or above - low > FRAME_MAX  # the next frame is that of another thread
        ranges.append((name, low, low + STACK_END if is_outermost else above))
    return ranges


class Holders:
    def __init__(self, pools):
        self.pools = pools
        self.objects = Objects(CHAINS + ["ta_handle", "ta_view", "ta_chunk_iterator"])
        of_type = lambda *names: [(n, v) for n, v in self.objects.found if type_name(v.type) in names]
        self.chains = [Chain(name, value, pools) for name, value in of_type(*CHAINS)]
        self.handles = of_type("ta_handle")
        self.handle_names = {}
        for name, value in self.handles:
            if value.address is not None:
                variable, blank, function = name.partition(" in ")
                self.handle_names[int(value.address)] = (variable, blank + function)
        self.passive = [  # what holds nothing: chains are walked, and views and iterators own no block
            (int(value.address), value.type.sizeof)
            for name, value in of_type(*CHAINS, "ta_view", "ta_chunk_iterator")
            if value.address is not None
        ]
        self.stack = stack_ranges()
        if not self.stack:
            print("No stack frame is known: local variables are not looked at.")
        self.words = list(self.scan())

    def is_passive(self, address):
        return any(low <= address < low + size for low, size in self.passive)

    def where(self, address):
        """What contains an address: a handle, or else a variable and an offset; None if there is none."""
        if address in self.handle_names:
            return "`%s`%s" % self.handle_names[address]
        for name, low, size in self.objects.variables:
            if low <= address < low + size:
                variable, blank, function = name.partition(" in ")
                offset = "+%d" % (address - low) if address > low else ""
                return "`%s`%s%s" % (variable, offset, blank + function)
        return None

    def scan(self):
        """Each place in RAM that may hold a handle or a pointer: description, bytes, and the block that it is in."""
        for low, high in writable_sections():
            skipped = sorted(self.block_ranges() + [pool.table for pool in self.pools])
            for begin, end in skipped + [(high, high)]:
                if begin < low or begin > high:
                    continue
                yield from self.region(low, begin, None)
                low = end
        for name, low, high in self.stack:
            yield from self.region(low, high, "the stack of %s()" % name)
        for pool in self.pools:
            for slot in pool.live_slots():
                for low, content, name, _ in self.region(pool.start(slot), pool.start(slot + 1),
                                                         "block %d of %s" % (slot, pool.name)):
                    yield low, content, name, (pool, slot)

    def block_ranges(self):
        return [(pool.blocks, pool.start(pool.last + 1)) for pool in self.pools]

    def region(self, low, high, name):
        if low < high:
            try:
                yield low, read(low, high - low), name, None
            except gdb.MemoryError:
                pass

    def places_of(self, value_of, step):
        """Go over the scanned words: (what value_of finds, description, is it known whose word it is, block)."""
        order = byte_order()
        for low, content, region, block in self.words:
            first = -low % step
            for at in range(first, len(content) - step + 1, step):
                found = value_of(int.from_bytes(content[at : at + step], order))
                if found is None or self.is_passive(low + at):
                    continue
                place = "%s at +%d" % (region, at) if region else self.nameless(low + at)
                if block is None:
                    place = self.where(low + at) or place
                yield found, place, bool(self.stack) or not place.startswith("the word"), block

    def nameless(self, address):
        """A word of no variable that is in scope: the static variable of a function, or of a file without debug
        information."""
        answer = gdb.execute("info symbol %#x" % address, to_string=True).splitlines()[-1]  # after what gdb traces
        symbol = answer.partition(" in section")
        return "`%s`" % symbol[0].replace(" + ", "+") if symbol[1] else "the word at %#x" % address

    def report(self, pool):
        live = pool.live_slots()
        held, hints, inner = {slot: [] for slot in live}, {slot: [] for slot in live}, []
        for chain in self.chains:
            if chain.pool is pool:
                for i, slot in enumerate(chain.slots):
                    held[slot].append("%s, chunk %d of %d" % (chain.title(), i + 1, chain.wanted))
                last = pool.live_slot(bits_of(chain.chain["in"]["chunk"]))
                if chain.fault and last is not None and last not in chain.slots:
                    held[last].append("%s, its last chunk" % chain.title())
        for name, value in self.handles:
            slot = pool.live_slot(bits_of(value))
            if value.address is None and slot is not None:
                held[slot].append("named by `%s`, in a register" % name)
        chunks = {slot for slot in live if held[slot] and "chunk" in held[slot][0]}
        for slot, place, is_known, block in self.places_of(pool.live_slot, pool.handle_bytes):
            if slot in chunks or block == (pool, slot):
                continue  # other places repeat what the walk says
            if block is not None:
                inner.append((block, slot, place))
            elif is_known:
                held[slot].append("named by " + place)
            else:
                hints[slot].append("%s has its value" % place)
        pointer = gdb.lookup_type("void").pointer().sizeof
        for slot, place, _, block in self.places_of(pool.slot_at, pointer):
            if slot in hints and block != (pool, slot):
                hints[slot].append("a pointer to it is at " + place)
        self.follow(pool, held, inner)
        self.show(pool, held, hints, inner)

    def follow(self, pool, held, inner):
        """A handle in a block counts if that block is held itself."""
        is_changed = True
        while is_changed:
            is_changed = False
            for (source, source_slot), slot, place in inner:
                line = "named by " + place
                if (source is not pool or held[source_slot]) and line not in held[slot]:
                    held[slot].append(line)
                    is_changed = True

    def show(self, pool, held, hints, inner):
        leaks = [slot for slot in held if not held[slot]]
        print("%s: %s of %d live" % (pool.name, plural(len(held), "block"), pool.last + 1))
        for slot in held:
            about = "  block %d, generation %d%s: " % (slot, pool.generations[slot], pool.owner(slot))
            print(about + ("; ".join(held[slot]) or "LEAK: nothing names it" + self.hint(slot, hints, inner)))
            if sum("chunk" in holder for holder in held[slot]) > 1:
                print("    BROKEN: this block is in more than one chain")
        broken = self.broken_chains(pool)
        for line in broken:
            print("  " + line)
        stale = [line for line in (self.stale(pool, name, value) for name, value in self.handles) if line]
        for line in stale:
            print("  STALE " + line)
        print("  %s, %s, %s" % (plural(len(leaks), "leak"), plural(len(stale), "stale handle"),
                                plural(len(broken), "broken chain")))

    def broken_chains(self, pool):
        """A line for each in this pool; None: for those that are in no pool."""
        return ["BROKEN %s: %s" % (chain.title(), chain.fault) for chain in self.chains
                if chain.pool is pool and chain.fault]

    def hint(self, slot, hints, inner):
        texts = hints[slot][:3]
        texts += ["only " + place + " does, which nothing names" for _, to, place in inner if to == slot]
        return " (%s)" % "; ".join(texts) if texts else ""

    def stale(self, pool, name, value):
        """A line about a handle variable that names a lifetime which is over, in this pool if any."""
        bits = bits_of(value)
        if bits == 0 or any(p.live_slot(bits) is not None for p in self.pools):
            return None
        fits = [p for p in self.pools if p.slot_of(bits) <= p.last and p.generation_of(bits) & 1
                and p.generation_of(bits) < p.generations[p.slot_of(bits)]]
        if not fits or fits[0] is not pool:
            return None
        slot = pool.slot_of(bits)
        return "`%s`: it names generation %d of block %d, which is now %s at generation %d" % (
            name, pool.generation_of(bits), slot, "live" if pool.is_live(slot) else "free", pool.generations[slot])


