"""What the tests of the formats share: named cases, random inputs, and the program that reads them (cuts.c).

A test gives an independent reader of its format, in Python: bytes to the text that the example prints. Each named
case has its expected text, too. The program is fed each input whole, byte by byte and in cuts, and must print that
text.

    check_<format>.py PROGRAM                          the cases, then random inputs for a second
    check_<format>.py PROGRAM --seed N --batches 1     the batch that failed
    check_<format>.py --stdin EXAMPLE                  every fourth case, read by the example from its standard input
"""
import argparse
import fnmatch
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import time


def run(program, argument, inputs):
    """What the program prints for each input; raises if it fails."""
    frames = b"".join(struct.pack("<I", len(i)) + i for i in inputs)
    done = subprocess.run([*program, argument], input=frames, capture_output=True)
    outputs, rest = [], done.stdout
    while len(rest) >= 4:
        length = struct.unpack("<I", rest[:4])[0]
        outputs.append(rest[4:4 + length].decode("latin-1"))
        rest = rest[4 + length:]
    if done.returncode != 0 or len(outputs) != len(inputs):
        raise RuntimeError(done.stderr.decode("latin-1") + f"\nreturned {done.returncode}")
    return outputs


def report(name, data, expected, found, whose):
    print(f"{name}: {whose} does not read\n  {data!r}\nas expected:\n{expected}but as:\n{found}")


def check_table(table, cases):
    """The table of the rules has every case in its last column, and no other; `name_*`: those that begin so."""
    columns = re.findall(r"^\|.*\|([^|]*)\|$", table.read_text(), re.M)
    patterns = re.findall(r"`([^`]+)`", " ".join(columns))
    names = [name for name, _, _ in cases]
    assert len(set(names)) == len(names), "two cases have one name"
    unused = [p for p in patterns if not fnmatch.filter(names, p)]
    missing = [n for n in names if not any(fnmatch.fnmatchcase(n, p) for p in patterns)]
    for what, wrong in (("names no case of the test:", unused), ("does not name", missing)):
        if wrong:
            print(f"{table} {what} {' '.join(wrong)}")
    return not unused and not missing


def check_cases(program, read, cases):
    """Every named case: its text is that of the independent reader, and that of the program."""
    outputs = run(program, "all", [data for _, data, _ in cases])
    failed = 0
    for (name, data, expected), output in zip(cases, outputs):
        for text, whose in ((read(data), "the reader in Python"), (output, "the example")):
            if text != expected:
                report(name, data, expected, text, whose)
                failed += 1
    return failed == 0


def check_stdin(example, cases):
    """The example itself, with standard input, prints the text of every fourth case: each is a process."""
    failed = 0
    for name, data, expected in cases[::4]:
        done = subprocess.run([example, "-"], input=data, capture_output=True)
        if done.returncode != 0 or done.stdout.decode("latin-1") != expected:
            report(name, data, expected, (done.stdout + done.stderr).decode("latin-1"), "the example")
            failed += 1
    return failed == 0


def shrink(program, argument, read, data):
    """Leave out parts of an input as long as it fails."""
    def fails(candidate):
        try:
            return run(program, argument, [candidate]) != [read(candidate)]
        except RuntimeError:
            return True

    size = len(data) // 2
    while size > 0:
        at = 0
        while at < len(data):
            candidate = data[:at] + data[at + size:]
            if fails(candidate):
                data = candidate
            else:
                at += size
        size //= 2
    return data


def check_batch(program, read, generate, seed):
    rng = random.Random(seed)
    inputs = [generate(rng) for _ in range(100)]
    try:
        outputs = run(program, str(seed), inputs)
    except RuntimeError as error:
        print(error)
        return False
    for data, output in zip(inputs, outputs):
        if output != read(data):
            data = shrink(program, str(seed), read, data)
            report("random input", data, read(data), run(program, str(seed), [data])[0], "the example")
            return False
    return True


def main(format, read, cases, generate):
    table = pathlib.Path(__file__).parents[2] / "examples" / f"{format}.md"
    options = argparse.ArgumentParser()
    options.add_argument("program", nargs="*", help="a file, maybe after the emulator that runs it")
    options.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    options.add_argument("--batches", type=int, help="instead of the cases, and of a second of random inputs")
    options.add_argument("--seconds", type=float, default=1)
    options.add_argument("--stdin", metavar="EXAMPLE")
    o = options.parse_args()
    if o.stdin:
        sys.exit(0 if check_stdin(o.stdin, cases) else 1)
    if o.batches is None and not (check_table(table, cases) and check_cases(o.program, read, cases)):
        sys.exit(1)
    end, done = time.monotonic() + o.seconds, 0
    while done < o.batches if o.batches is not None else done == 0 or time.monotonic() < end:
        if not check_batch(o.program, read, generate, o.seed + done):
            print(f"replay: {sys.argv[0]} {' '.join(o.program)} --seed {o.seed + done} --batches 1")
            sys.exit(1)
        done += 1
    print(f"{len(cases)} cases, {done} batches of 100 random inputs from seed {o.seed}: as expected")
