"""Overwrite random bytes of the planted program, and call all commands of the debugger's script: each must answer, or say
what is wrong, and none may end in an error of Python. gdb sources this at the breakpoint in stop()."""
import random

import gdb

ROUNDS = 10
PLACES = "node", "slab", "received", "samples", "pool_table_", "field", "arena", "table", "saved"
COMMANDS = [line for line in open("test/gdb/session.gdb") if line.strip()] + ["print node"]


def places():
    for name in PLACES:
        value = gdb.parse_and_eval(name)
        yield int(value.address), value.type.sizeof
    yield int(gdb.parse_and_eval("$sp")), 600


def overwrite(memory, where):
    """Returns what was there."""
    low, size = random.choice(where)
    address, length = low + random.randrange(size), random.choice([1, 2, 4, 8])
    before = bytes(memory.read_memory(address, length))
    memory.write_memory(address, random.choice([bytes(length), b"\xff" * length, random.randbytes(length)]))
    return address, before


def run():
    random.seed(8)
    memory, where, refused = gdb.selected_inferior(), list(places()), 0
    for _ in range(ROUNDS):
        overwritten = [overwrite(memory, where) for _ in range(random.choice([1, 2, 8]))]
        for command in COMMANDS:
            try:
                gdb.execute(command, to_string=True)
            except gdb.error as problem:
                refused += 1
                if "Python" in str(problem):
                    print("FAILED: %s: %s; overwritten: %s" % (command.strip(), problem, overwritten))
                    return
        for address, before in reversed(overwritten):
            memory.write_memory(address, before)
    print("%d rounds of damage, %d commands refused" % (ROUNDS, refused))


run()
