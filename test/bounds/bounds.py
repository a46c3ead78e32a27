#!/usr/bin/env python3
"""The most stack and the longest critical section of each public function, over every path through the linked image.

    bounds.py [TARGET...]      fails when bounds.tsv says something else than the analysis, or docs/bounds.md than bounds.tsv
    bounds.py --write          analyses, measures by runs on the emulated processors that test/masked uses, writes both
    bounds.py --write N        the same by one of N runs: measures less, in a fraction of the time
    bounds.py broken           with each line of broken.txt, the analysis must say what is wrong

Every path through the disassembly counts, whether its conditions can be true together or not. So no run can exceed what
is found here. What the analysis cannot read itself is stated below, with the reason: LOOPS and POINTERS. A loop, an
instruction or a call that is not covered ends it with a message.
"""
import collections
import concurrent.futures
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import flow
import machines
from machines import TARGETS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LEVELS = ["Os", "O2"]
FLAGS = "-std=gnu11 -gdwarf-4 -ffunction-sections -fdata-sections -fno-common -Wl,--gc-sections -Iinclude"
RUNS = "test/masked/image.c"  # with this in the image, the operations of test/masked can be run
LINKED = {machines.Arm: f"-nostartfiles -T test/emulator/cortex_m.ld -Wl,--entry=prepare -Wl,-u,operate {RUNS}",
          machines.RiscV: "-nostartfiles -Wl,--entry=0", machines.Avr: RUNS}
EVERY = (sys.argv[2:] or ["1"])[0]
LIBRARY = pathlib.Path(os.environ.get("LIBRARY", ROOT / "src"))
RECORD, DOCUMENT = HERE / "bounds.tsv", ROOT / "docs/bounds.md"

# Loops in critical sections. The source's function that has the loop -> the function inlined there whose stores mark a
# pass, and the bytes that a pass stores there; how many passes a section has at most; the file whose macros these are, and
# its lines that say so. A loop that is not here ends the analysis, and so does a line that is not there.
LOOPS = {"take_side_by_side": ("set_generation", "TA_GENERATION_BITS / 8", "RUN_MAX", "blocks.c", [
    "most = p->chunk.bits ? smaller(p->left, RUN_MAX) : 1;", "for (*n = 1;; ++*n) {", "if (*n == most || e->link != 0)"])}
STORES = {"st": 1, "std": 1, "sts": 1, "strb": 1, "sb": 1, "strh": 2, "sh": 2, "str": 4, "sw": 4, "strd": 8}

# Calls by a pointer: the source's function that makes them -> functions of the library, and whose others they are.
POINTERS = {
    "remove_used": (["ta_chain_take_", "ta_lines_take_buffer_"], None),
    "ta_lines_read": (["ta_chain_take_", "ta_lines_take_buffer_"], None),
    "ta_frame_decode_": (["decode_slip", "decode_cobs"], None),
    "ta_frame_encode_": (["encode_slip", "encode_cobs"], None),
    "ta_view_search_if_": (["is_no_match"], "the caller's predicate"),
    "is_no_match": ([], "the caller's predicate"),
    "ta_parse_take_while_m_n": ([], "the caller's predicate"),
    "parse_list": ([], "the parsers of the caller's list"),
    "ta_parse_alt": ([], "the parsers of the caller's list"),
    "ta_chain_notify_": ([], "the caller's functions for water marks, called masked"),
}


def run(command, **more):
    done = subprocess.run(command.split() if isinstance(command, str) else command, cwd=ROOT, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout}{done.stderr}")
    return done.stdout


@functools.lru_cache(None)
def declared():
    """Every function that a header declares, and RUN_MAX needs no more."""
    with tempfile.TemporaryDirectory() as folder:
        run(f"gcc -std=gnu11 -Iinclude -include tinyalloc/tinyalloc.h -aux-info {folder}/all -fsyntax-only -xc /dev/null")
        return re.findall(r"\bextern .*?\b(ta_\w+) \(", pathlib.Path(folder, "all").read_text())


class Image:
    def __init__(self, target, level, folder):
        self.target, self.level, self.folder = target, level, folder
        self.machine, options = TARGETS[target][1:]
        self.path = f"{folder}/{target}-{level}"
        self.gcc = f"{self.machine.prefix}gcc {options} {FLAGS} -{level}"
        sources = " ".join(str(path) for path in sorted(LIBRARY.glob("*.c")))
        roots = " ".join(f"-Wl,-u,{name}" for name in declared())
        run(f"{self.gcc} {sources} {LINKED[self.machine]} {roots} -o {self.path}")
        self.used, self.hooks, self.loops = set(), set(), set()
        self.code, self.names = machines.disassemble(self.machine, self.path)
        self.program = flow.Program(self.machine, self.code, self.names, self.passes, self.unbounded, self.targets, self.hooks.add)
        self.public = {name: place for place, names in self.names.items() for name in names
                       if name in declared() and not name.endswith("_")}

    def name(self, place):
        return self.names.get(place, [hex(place)])[0].split(".")[0]

    @functools.cached_property
    def inlined(self):
        """For each place the source's functions that it is of, the innermost first."""
        text = run([self.machine.prefix + "addr2line", "-aife", self.path], input="".join(f"{p:x}\n" for p in self.code))
        found = collections.defaultdict(list)
        for line in text.splitlines():
            if line.startswith("0x"):
                place = int(line, 16)
            elif re.match(r"\w+(\.\w+)*$", line):
                found[place].append(line.split(".")[0])
        return found

    def passes(self, places):
        """Loops in these places: how many bytes each store marks a pass with, and how many the passes store at most."""
        marks, most = {}, 0
        for name, (mark, *_) in LOOPS.items():
            found = {place: STORES[self.code[place].name.split(".")[0]] for place in places
                     if name in self.inlined[place] and self.inlined[place][0] == mark
                     and self.code[place].name.split(".")[0] in STORES}
            if found:
                self.loops.add(name)
                width, times = self.most(name)
                if max(found.values()) > width:
                    sys.exit(f"{self.target} -{self.level}: {mark} in {name} stores more than {width} bytes at once")
                marks |= found
                most += width * times
        return marks, most

    @functools.lru_cache(None)
    def most(self, name):
        """The numbers of LOOPS."""
        _, width, times, file, lines = LOOPS[name]
        text = (LIBRARY / file).read_text()
        for line, count in [(line, 1) for line in lines] + [(f"{name}(", 2)]:  # defined, and called from one place
            if text.count(line) != count:
                sys.exit(f"LOOPS of test/bounds/bounds.py wants of {name}, {count} times in {file}: {line}")
        text = run(f"{self.gcc} -E -xc -", input=f'#include "{LIBRARY / file}"\nMOST {width}, {times}\n')
        return eval(re.sub(r"\b(\d+)u\b", r"\1", text.split("MOST")[1]).replace("/", "//"), {})

    def unbounded(self, place):
        sys.exit(f"{self.target} -{self.level}: a loop in a critical section, at {place:x} in {' in '.join(self.inlined[place])}, "
                 f"has no bound: add the function that has the loop to LOOPS in test/bounds/bounds.py")

    @functools.lru_cache(None)
    def targets(self, place):
        for name in self.inlined[place]:
            if name in POINTERS:
                self.used.add(name)
                of = {n.split(".")[0]: p for p, names in self.names.items() for n in names}
                return [of[n] for n in POINTERS[name][0]]
        sys.exit(f"{self.target} -{self.level}: {self.name(place)} calls by a pointer; say in POINTERS whom")

    @functools.lru_cache(None)
    def longest_section(self, function):
        return max(self.program.sections(function), default=(0, []), key=lambda s: s[0])

    def bounds(self):
        """For each public function: masked, stack, and the paths that show them."""
        result = {}
        for name, place in self.public.items():
            stack, calls = self.program.stack(place)
            masked, path = max(map(self.longest_section, self.program.everything_called(place)), key=lambda s: s[0])
            result[name] = masked, stack, path, calls
        for place in self.hooks:
            self.targets(place)
        return result

    def measure(self):
        """By runs: masked and stack of each operation, and the places that were executed. None: it cannot be run here."""
        if self.machine is machines.RiscV:
            return None
        arm = self.machine is machines.Arm
        program, entries, record = self.path + ".measure", self.path + ".entries", self.path + ".record"
        more = "measure_cortex_m.c test/emulator/cortex_m.c -lunicorn" if arm else "measure_avr.c -I/usr/include/simavr -lsimavr"
        run(f"gcc -std=gnu11 -O2 -Wall -Wextra -Werror test/masked/measure.c test/bounds/{more} -o {program}")
        pathlib.Path(entries).write_text("".join(f"{name} {place:x}\n" for name, place in self.public.items()))
        run([program, self.target, self.path, "ways"], env=os.environ | {"BOUNDS_EVERY": EVERY, "BOUNDS_ENTRIES": entries, "BOUNDS_RECORD": record})
        figures, places = {}, set()
        for line in pathlib.Path(record).read_text().splitlines():
            name, *numbers = line.split()
            if name == "at":
                places.add(int(numbers[0], 16))
            elif name in self.public:
                figures[name] = tuple(map(int, numbers))
        return figures, places

    def rows(self, is_measured):
        """NAME, then masked and stack: by analysis, by runs, and why they differ."""
        runs = self.measure() if is_measured else None
        for name, (masked, stack, path, calls) in sorted(self.bounds().items()):
            row = [self.target, self.level, name, masked, stack, "-", "-", "-", "-"]
            if runs and name in runs[0]:
                row[5:7] = runs[0][name]
                if masked < row[5] or stack < row[6]:
                    sys.exit(f"{name} on {self.target} at -{self.level}: a run masks for {row[5]}, the analysis says {masked}; "
                             f"stack {row[6]} and {stack}")
                if masked > row[5]:
                    row[7] = why(self.inlined[place][0] for place in path if place not in runs[1])
                if stack > row[6]:
                    row[8] = why(self.name(place) for place in calls if place not in runs[1])
            yield [str(value) for value in row]


def why(missing):
    """Functions of which something on the longest path is executed in no run."""
    return ",".join(sorted(set(missing))) or "together"


def analyse(targets, is_measured):
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        images = list(pool.map(lambda of: Image(*of, folder), [(t, level) for t in targets for level in LEVELS]))
        rows = [row for part in pool.map(lambda i: list(i.rows(is_measured)), images) for row in part]
        for image in images:
            if image.used != set(POINTERS):
                sys.exit(f"{image.target}: POINTERS has {set(POINTERS) - image.used}, which call by no pointer")
        if set().union(*(image.loops for image in images)) != set(LOOPS):
            sys.exit("LOOPS has functions that have no loop in a critical section")
    return rows


def measured_masked():
    """What test/masked has written into GUARANTEES.md."""
    builds = [("cortex-m3", "O2"), ("cortex-m3", "Os"), ("atmega2560", "Os"), ("atmega2560", "O2")]
    text = (ROOT / "GUARANTEES.md").read_text().partition("<!-- masked:begin -->")[2].partition("<!-- masked:end -->")[0]
    for line in re.findall(r"^\| (`ta_.*) \|$", text, re.M):
        names, *figures = line.split(" | ")
        for name in re.findall(r"`(\w+)`", names):
            for build, figure in zip(builds, figures):
                yield (*build, name), int(figure.strip("*"))


def broken():
    """A line of broken.txt: name @ file of src/ @ sed expression (-E) @ what the analysis of a Cortex-M3 must say."""
    missed = 0
    for line in (HERE / "broken.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        name, file, expression, message = (part.strip() for part in line.split(" @ "))
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "src", folder, dirs_exist_ok=True)
            text = run(["sed", "-E", expression, str(ROOT / "src" / file)])
            if text == (ROOT / "src" / file).read_text():
                sys.exit(f"{name}: nothing in {file} matches")
            pathlib.Path(folder, file).write_text(text)
            done = subprocess.run([__file__, "cortex-m3"], env=os.environ | {"LIBRARY": folder}, capture_output=True, text=True)
        said = [text for text in (done.stdout + done.stderr).splitlines() if message in text]
        print(f"found: {name}: {said[0][:110]}" if done.returncode and said else f"NOT FOUND: {name}: {done.stdout}{done.stderr}")
        missed += not (done.returncode and said)
    sys.exit(missed)


def main():
    if sys.argv[1:] == ["broken"]:
        broken()
    if sys.argv[1:2] == ["--write"]:
        rows = analyse(TARGETS, True)
        rows.insert(0, ["# runs", EVERY])
        RECORD.write_text("".join("\t".join(row) + "\n" for row in rows))
        DOCUMENT.write_text(document(rows))
        return
    head, *recorded = [line.split("\t") for line in RECORD.read_text().splitlines()]
    targets = sys.argv[1:] or list(TARGETS)
    found = {tuple(row[:5]) for row in analyse(targets, False)}
    differing = sorted(found ^ {tuple(row[:5]) for row in recorded if row[0] in targets})
    for row in differing:
        print("analysed:" if row in found else "recorded:", *row)
    masked = dict(measured_masked())
    below = [[*row[:4], masked[tuple(row[:3])]] for row in recorded if int(row[3]) < masked.get(tuple(row[:3]), 0)]
    below += [row for row in recorded if row[5] != "-" and (int(row[3]) < int(row[5]) or int(row[4]) < int(row[6]))]
    for row in below:
        print("below what was measured:", *row)
    if differing or below or DOCUMENT.read_text() != document([head] + recorded):
        sys.exit("bounds.tsv or docs/bounds.md is not what the analysis finds; make bounds writes both")
    print(f"{len(found)} bounds of {len(targets)} targets are as recorded")


# ---- The document ------------------------------------------------------------------------------------------------------


def table(rows, column, what):
    """One line for all functions with the same figures; what a run showed stands in brackets where it is less."""
    cells = collections.defaultdict(dict)
    for row in rows:
        analysed, measured = int(row[3 + column]), row[5 + column]
        cells[row[2]][row[0], row[1]] = (analysed, f"{analysed}" if measured in ("-", str(analysed)) else f"{analysed} ({measured})")
    builds = [(target, level) for target in TARGETS for level in LEVELS]
    lines = collections.defaultdict(list)
    for name, of in cells.items():
        lines[tuple(of[build] for build in builds)].append(f"`{name}`")
    yield f"| {what} | " + " | ".join(f"{TARGETS[t][0]} -{level}" for t, level in builds) + " |"
    yield "|---|" + "---|" * len(builds)
    for of in sorted(lines, reverse=True):
        yield f"| {', '.join(lines[of])} | " + " | ".join(text for _, text in of) + " |"


def remarks(rows, column):
    """Why runs showed less, the same reason once."""
    reasons = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        if row[7 + column] != "-":
            reasons[row[7 + column]][row[2]].append(f"{TARGETS[row[0]][0]} -{row[1]}")
    for reason, calls in sorted(reasons.items()):
        text = ("none of these runs executed what the longest path executes in " + ", ".join(f"`{n}`" for n in reason.split(","))
                if reason != "together" else "these runs executed all of the longest path, but not in one call")
        builds = collections.defaultdict(list)
        for name, of in calls.items():
            builds[", ".join(of)].append(f"`{name}`")
        yield f"- {text[0].upper()}{text[1:]}: " + "; ".join(f"{', '.join(names)} ({of})" for of, names in builds.items()) + "."


def document(rows):
    (_, every), *rows = rows
    template = (HERE / "bounds.md").read_text()
    runs = "every call of its first round" if every == "1" else f"one of {every} calls of its first round"
    loops = [f"- `{name}`: `{times}` passes (`src/{file}`)." for name, (_, _, times, file, _) in LOOPS.items()]
    pointers = [f"- `{name}`: " + ", ".join([f"`{n}`" for n in of[0]] + ([f"not counted: {of[1]}"] if of[1] else [])) + "."
                for name, of in POINTERS.items()]
    parts = {"runs": [runs], "loops": loops, "pointers": pointers, "masked": table(rows, 0, "masked at most"), "masked_why": remarks(rows, 0),
             "stack": table(rows, 1, "stack in bytes"), "stack_why": remarks(rows, 1)}
    for name, lines in parts.items():
        template = template.replace(f"@{name}@", "\n".join(lines))
    return template


if __name__ == "__main__":
    main()
