"""TinyAlloc in gdb: what is read of the program. Memory, pools, variables, and the chains of buffers and queues."""
import os
import re

import gdb


# ---- Memory and types -------------------------------------------------------------------------------------------


def read(address, size):
    if address < 0:  # computed from a damaged pointer
        raise gdb.MemoryError("no such address")
    return bytes(gdb.selected_inferior().read_memory(address, size))


def byte_order():
    return "big" if "big endian" in gdb.execute("show endian", to_string=True) else "little"


def has_field(value_type, name):
    return any(field.name == name for field in value_type.strip_typedefs().fields())


def optional(value, name):
    """A member that exists only in some builds; 0 otherwise."""
    return int(value[name]) if has_field(value.type, name) else 0


def type_name(value_type):
    """ta_buffer, ta_queue, ...; of the typedef or of the struct below it."""
    return value_type.unqualified().name or value_type.strip_typedefs().unqualified().name or ""


def bits_of(handle):
    return int(handle["bits"])


def plural(count, word):
    return "%d %s%s" % (count, word, "" if count == 1 else "s")


# ---- Pools ------------------------------------------------------------------------------------------------------


class Pool:
    """A slab: its table is read once, when the object is made."""

    def __init__(self, name, allocator):
        self.name, self.address = name, int(allocator.address)
        self.block_size = int(allocator["block_size"])
        self.last = int(allocator["last"])
        self.blocks = int(allocator["blocks"]) - self.last * self.block_size  # the first one
        self.slot_bytes = gdb.lookup_type("ta_slot").sizeof
        self.slot_bits = 8 * self.slot_bytes
        self.generation_bits = 8 * gdb.lookup_type("ta_generation").sizeof
        self.handle_bytes = gdb.lookup_type("ta_handle").sizeof
        self.identity = optional(allocator, "pool")
        state_type = gdb.lookup_type("ta_slab_state_")
        state_at = int(allocator["first"]) + (self.slot_bytes + self.generation_bits // 8)
        self.state = gdb.Value(state_at).cast(state_type.pointer()).dereference()
        self.table = (int(allocator["entries"]), state_at + state_type.sizeof)
        order = byte_order()
        raw = read(self.table[0], state_at - self.table[0])
        words = [int.from_bytes(raw[i : i + self.slot_bytes], order) for i in range(0, len(raw), self.slot_bytes)]
        parts = self.generation_bits // self.slot_bits
        self.generations, self.links = [], []
        for slot in range(self.last + 1):
            entry = words[(self.last - slot) * (parts + 1) :][: parts + 1]
            self.generations.append(sum(part << (i * self.slot_bits) for i, part in enumerate(entry[:parts])))
            self.links.append(entry[parts])
        self.has_owners = has_field(state_type, "below")
        self.owners = read(self.table[1], self.last + 1) if self.has_owners else None

    def is_live(self, slot):
        return 0 <= slot <= self.last and self.generations[slot] & 1 == 1

    def is_retired(self, slot):
        is_out = self.generations[slot] == 0 and self.links[slot] == (1 << self.slot_bits) - 1
        return has_field(self.state.type, "retired") and is_out

    def live_slots(self):
        return [slot for slot in range(self.last + 1) if self.is_live(slot)]

    def handle(self, slot):
        return self.identity | self.generations[slot] << self.slot_bits | slot

    def slot_of(self, bits):
        return bits & ((1 << self.slot_bits) - 1)

    def generation_of(self, bits):
        return bits >> self.slot_bits & ((1 << self.generation_bits) - 1)

    def live_slot(self, bits):
        """The slot of a live handle, or None."""
        slot = self.slot_of(bits)
        return slot if self.is_live(slot) and self.handle(slot) == bits else None

    def next_slot(self, slot):
        """Where the link of a chunk leads: a live slot, or None."""
        after = (slot + 1 + self.links[slot]) & ((1 << self.slot_bits) - 1)
        return after if self.is_live(after) else None

    def start(self, slot):
        return self.blocks + slot * self.block_size

    def slot_at(self, address):
        """The slot of the block that contains an address, or None."""
        slot = (address - self.blocks) // self.block_size
        return slot if 0 <= slot <= self.last else None

    def owner(self, slot):
        return ", owner %d" % self.owners[slot] if self.has_owners else ""


def is_slab(allocator):
    """False for a custom back end, and for a slab that was not initialised yet."""
    if int(allocator["block_size"]) == 0 or int(allocator["last"]) < 0 or int(allocator["entries"]) == 0:
        return False
    if not has_field(allocator.type, "operations"):
        return True
    return int(allocator["operations"]) == int(gdb.parse_and_eval("&ta_slab_operations"))


def pool_from(name, allocator):
    """A Pool. Fails with gdb.error, gdb.MemoryError or gdb.GdbError if what is there cannot be one."""
    entries, first, last = int(allocator["entries"]), int(allocator["first"]), int(allocator["last"])
    if first - entries != last * gdb.lookup_type("struct ta_entry_").sizeof:
        raise gdb.GdbError("its members contradict each other")
    slot_max = (1 << 8 * gdb.lookup_type("ta_slot").sizeof) - 1
    if last >= slot_max or int(allocator["block_size"]) > slot_max:
        raise gdb.GdbError("it has too many blocks, or too large ones")
    return Pool(name, allocator)


def pool_of(expression):
    value = gdb.parse_and_eval(expression)
    code = value.type.strip_typedefs().code
    if code == gdb.TYPE_CODE_ARRAY:
        value = value[0]
    elif code == gdb.TYPE_CODE_PTR:
        value = value.dereference()
    if type_name(value.type) == "ta_slab":
        value = value["allocator"]
    if type_name(value.type) != "ta_allocator" or not is_slab(value):
        raise gdb.GdbError("%s is no slab" % expression)
    return pool_from(expression, value)


def chosen_pools(argument, damaged=None):
    """The named pool, or all among the variables. The list `damaged` gets a line about each that cannot be one."""
    if argument:
        return [pool_of(argument)]
    pools, lines = [], [] if damaged is None else damaged
    for name, value in Objects(["ta_allocator"]).found:
        try:
            if is_slab(value):
                pools.append(pool_from(name, value))
        except (gdb.error, gdb.MemoryError, gdb.GdbError) as problem:
            lines.append("%s: DAMAGED, or not initialised yet: %s" % (name, problem))
    if not pools and not damaged:
        raise gdb.GdbError("there is no slab among the variables: name one")
    return pools


def pool_at(address, pools):
    """The pool of an allocator's address: one of those known, or a new one. Fails as pool_from() does."""
    for pool in pools:
        if pool.address == address:
            return pool
    if address == 0:
        return None
    allocator = gdb.Value(address).cast(gdb.lookup_type("ta_allocator").pointer()).dereference()
    return pool_from("*(ta_allocator *)%#x" % address, allocator) if is_slab(allocator) else None


# ---- Variables --------------------------------------------------------------------------------------------------


class Objects:
    """All objects of some types: among global and static variables and the locals of all frames, also in structs and
    arrays. `found`: pairs of name and value. `variables`: name, address and size of every variable looked at."""

    ARRAY_MAX = 4096

    def __init__(self, types):
        self.types, self.found, self.variables, self.seen = types, [], [], set()
        self.interesting, self.later, self.placed = {}, [], set()
        for symbol in static_symbols():
            try:
                self.look(symbol.name, symbol.value())
            except (gdb.error, gdb.MemoryError):
                pass  # not in memory here, such as a variable of a thread
        for frame in frames():
            for symbol in locals_of(frame):
                try:
                    self.look_in_frame(symbol, frame)
                except (gdb.error, gdb.MemoryError):
                    pass  # optimised out here
        for name, value in self.later:  # what only a pointer in a frame leads to
            try:
                value.fetch_lazy()
                self.look(name, value)
            except (gdb.error, gdb.MemoryError):
                pass  # a pointer that leads nowhere

    def look_in_frame(self, symbol, frame):
        value, function = symbol.value(frame), " in %s()" % frame.name()
        self.look(symbol.name + function, value)
        bare = value.type.strip_typedefs()
        if bare.code == gdb.TYPE_CODE_PTR and type_name(bare.target()) in self.types and int(value):
            self.later.append(("*" + symbol.name + function, value.dereference()))

    def look(self, name, value):
        if value.is_optimized_out:
            return
        if value.address is None:
            value.fetch_lazy()  # from a register of this frame
        if value.address is not None:
            place = (int(value.address), str(value.type))
            if place in self.seen:
                return
            self.seen.add(place)
            self.variables.append((name, int(value.address), value.type.sizeof))
        self.descend(name, value)

    def may_contain(self, value_type):
        """Cached, and false for most: so large arrays of numbers are not walked."""
        key = type_name(value_type)
        if key in self.types:
            return True
        if key not in self.interesting:
            bare, answer = value_type.strip_typedefs(), False
            if bare.code == gdb.TYPE_CODE_ARRAY:
                answer = self.may_contain(bare.target())
            elif bare.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
                answer = any(self.may_contain(field.type) for field in bare.fields())
            if not key:
                return answer  # a type without a name
            self.interesting[key] = answer
        return self.interesting[key]

    def descend(self, name, value):
        if not self.may_contain(value.type):
            return
        bare = value.type.strip_typedefs()
        if type_name(value.type) in self.types:
            place = value.address and (int(value.address), type_name(value.type))
            if place not in self.placed:
                self.found.append((name, value))
            if place:
                self.placed.add(place)
        elif bare.code == gdb.TYPE_CODE_ARRAY:
            low, high = bare.range()
            for i in range(low, min(high, low + self.ARRAY_MAX) + 1):
                is_pool = high == 0 and type_name(value[i].type) == "ta_allocator"
                self.descend(name if is_pool else inside(name, "[%d]" % i), value[i])
        else:
            for field in bare.fields():
                if self.may_contain(field.type):
                    member = "." + field.name if field.name else ""
                    self.descend(inside(name, member), value[field])


def inside(name, part):
    """`b in main()` and `.next` make `b.next in main()`."""
    variable, blank, function = name.partition(" in ")
    return variable + part + blank + function


known_symbols = {}  # to find them takes seconds in a large program: so once for each set of files


def static_symbols():
    files = tuple(objfile.filename for objfile in gdb.objfiles() if objfile.is_valid())
    if files not in known_symbols:
        known_symbols.clear()
        known_symbols[files] = list(find_static_symbols())
    return [symbol for symbol in known_symbols[files] if symbol.is_valid()]


def find_static_symbols():
    listing = gdb.execute("info variables -q -n", to_string=True)
    names = set(re.findall(r"([A-Za-z_$][\w$:]*)(?:\[[^;]*\])*(?:\)\([^;]*\))?;$", listing, re.M))
    for name in sorted(names):
        symbols = list(gdb.lookup_static_symbols(name))
        of_program = gdb.lookup_global_symbol(name)
        for symbol in symbols + ([of_program] if of_program else []):
            of_library = ".so" in os.path.basename(symbol.symtab.objfile.filename)
            if symbol.is_variable and not symbol.needs_frame and not of_library:
                yield symbol


def frames():
    """The frames of all threads. A frame is of use until the next is asked for: then another thread may be selected."""
    selected = gdb.selected_thread()
    try:
        for thread in sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num):
            thread.switch()
            yield from frames_of_thread()
    finally:
        if selected is not None:
            selected.switch()


def frames_of_thread():
    try:
        frame = gdb.newest_frame()
        while frame is not None and frame.is_valid():
            yield frame
            frame = frame.older()
    except gdb.error:
        return  # the stack cannot be followed further


def locals_of(frame):
    try:
        block = frame.block()
    except RuntimeError:
        return  # no debug information
    while block is not None and not block.is_static and not block.is_global:
        for symbol in block:
            if symbol.is_variable or symbol.is_argument:
                yield symbol
        block = block.superblock


# ---- Chains: what buffers and queues have in common ---------------------------------------------------------------


CHAINS = ["ta_buffer", "ta_queue", "ta_recent"]


class Chain:
    """The chunks of a buffer or a queue, from the reader's to the writer's. `fault`: what is broken, or None."""

    def __init__(self, name, value, pools):
        self.name = name
        self.kind = type_name(value.type)[len("ta_") :]
        self.chain = chain = value["chain"]
        claimed = optional(value, "claimed")  # by a reader that is copying: it still has these bytes
        self.read, self.written = int(chain["out"]["count"]) - claimed, int(chain["in"]["count"])
        self.mask = (1 << 8 * chain["out"]["count"].type.sizeof) - 1
        self.length = (self.written - self.read) & self.mask
        self.limit = int(chain["limit"])
        self.slots, self.fault, self.begin, self.wanted = [], None, 0, 0
        try:
            self.pool = pool_at(int(chain["allocator"]), pools)
        except (gdb.error, gdb.MemoryError, gdb.GdbError):
            self.pool, self.fault = None, "its allocator, at %#x, is no slab" % int(chain["allocator"])
        if self.pool and bits_of(chain["in"]["chunk"]):
            self.walk()

    def title(self):
        variable, blank, function = self.name.partition(" in ")
        return "%s `%s`%s%s" % (self.kind, variable, blank, function)

    def place(self, end, count):
        """The address of the next byte at an end."""
        return (int(self.chain[end]["base"]) + count) & self.mask

    def walk(self):
        pool = self.pool
        first_bits, last_bits = bits_of(self.chain["out"]["chunk"]), bits_of(self.chain["in"]["chunk"])
        slot, last = pool.live_slot(first_bits or last_bits), pool.live_slot(last_bits)
        if slot is None or last is None:
            self.fault = "it is stale: its %s chunk is not live" % ("first" if slot is None else "last")
            return
        self.begin = self.place("out", self.read) - pool.start(slot)
        used = self.place("in", self.written) - pool.start(last)
        before = self.begin + self.length - used  # bytes of the chunks before the last one
        if before % pool.block_size or not 0 <= self.begin <= pool.block_size or not 0 <= used <= pool.block_size:
            self.fault = "its counts do not fit its chunks"
            return
        self.wanted = wanted = before // pool.block_size + 1
        self.slots.append(slot)
        seen = {slot}
        while self.slots[-1] != last or len(self.slots) < wanted:
            after = pool.next_slot(self.slots[-1])
            number = len(self.slots) + 1
            if len(self.slots) >= wanted:
                self.fault = "chunk %d of %d is not the last one" % (wanted, wanted)
            elif after is None:
                self.fault = "chunk %d of %d is not live" % (number, wanted)
            elif after in seen:
                self.fault = "chunk %d of %d is chunk %d again" % (number, wanted, self.slots.index(after) + 1)
            if self.fault:
                self.fault += self.other_owner()
                return
            self.slots.append(after)
            seen.add(after)

    def other_owner(self):
        """Of a broken chain: which of its chunks belongs to somebody else, as far as the pool knows."""
        owners = self.pool.owners and [self.pool.owners[slot] for slot in self.slots]
        for i, owner in enumerate(owners or []):
            if owner != owners[0]:
                return "; chunk %d is a block of owner %d, not %d" % (i + 1, owner, owners[0])
        return ""

    def contents(self):
        """The bytes, as far as the chain can be walked."""
        content = b"".join(read(self.pool.start(slot), self.pool.block_size) for slot in self.slots)
        return content[self.begin :][: self.length]

    def summary(self):
        text = "%s in %s" % (plural(self.length, "byte"), plural(self.wanted, "chunk"))
        if self.pool:
            text += " of %s" % self.pool.name
        if self.limit:
            text += ", limit %d" % self.limit
        if has_field(self.chain.type, "owner"):
            text += ", owner %d" % int(self.chain["owner"])
        if int(self.chain["in"]["reserved"]):
            text += ", %d reserved" % int(self.chain["in"]["reserved"])
        if int(self.chain["dropped"]):
            text += ", %d dropped" % int(self.chain["dropped"])
        return text + ("; BROKEN: " + self.fault if self.fault else "")


def text_of(content):
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in content)
