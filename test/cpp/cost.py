"""Compare the code of pairs.cpp, written with tinyalloc.hpp, and of typed.c, written with TA_POOL_OF(), with that of
pairs.c, written with the calls of C: function by function, as a compiler made it.

    cost.py <project> <toolchain>        arm, avr, gcc or clang

It fails if a function has more bytes or more instructions than its twin in C, or calls other functions; if the constants and
variables of the file take more bytes; or if anything needs start-up code. It says how many are the same to the byte."""
import os
import re
import subprocess
import sys
import tempfile

BUILDS = {
    "arm": [("arm-none-eabi-", "gcc", "g++", f"-mcpu={cpu} -mthumb {level}")
            for cpu in ("cortex-m0", "cortex-m3") for level in ("-Os", "-O2")] +
           [("arm-none-eabi-", "gcc", "g++", f"-mcpu=cortex-m0 -mthumb -Os {options}")
            for options in ("-DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8", "-DTA_SLOT_BITS=8 -DTA_HANDLE_POOL_BITS=8")],
    "avr": [("avr-", "gcc", "g++", "-mmcu=atmega328p -Os")],
    "gcc": [("", "gcc", "g++", level) for level in ("-Os", "-O2")],
    "clang": [("", "clang", "clang++", level) for level in ("-Os", "-O2")],
}
project, toolchain = sys.argv[1:]
here = os.path.join(project, "test", "cpp")
failures = []


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C")).stdout


def functions(objdump, path):
    """Of each function: its bytes, its instructions, and the functions that it refers to."""
    found = {}
    for line in run(objdump, "-dr", "--no-show-raw-insn", path).splitlines():
        begin = re.match(r"[0-9a-f]+ <(\w+)>:$", line)
        instruction = re.match(r" +([0-9a-f]+):\t(.*)", line)
        reference = re.match(r"\t+ *[0-9a-f]+: (R_\w+)\t([\w.]+)", line)
        if begin:
            found[begin[1]] = function = {"code": [], "calls": []}
        elif reference and re.match(r"(ta_|use_|close_|fill|send)", reference[2]):
            function["calls"].append(reference[2])
        elif instruction:
            code = re.sub(r"[;@#] .*| <.*>", "", instruction[2]).strip()
            if not re.match(r"\.|nop|xchg +%ax,%ax|data16|cs nop|udf|bf00", code):
                function["code"].append(code)
    sizes = run(objdump, "-t", path)
    for name, function in found.items():
        size = re.search(rf"\s([0-9a-f]+)\s+(?:\.hidden )?{name}$", sizes, re.MULTILINE)
        function["bytes"] = int(size[1], 16)
    return found


def data(objdump, path):
    """Bytes of constants and variables, by kind; and sections that start-up code would have to run."""
    kinds, start_up = {}, []
    for line in run(objdump, "-h", path).splitlines():
        section = re.match(r" *\d+ \.(\S+) +([0-9a-f]+)", line)
        if section and int(section[2], 16):
            kind = section[1].split(".")[0]
            if kind in ("init_array", "ctors", "fini_array", "dtors"):
                start_up.append(section[1])
            kinds[kind] = kinds.get(kind, 0) + int(section[2], 16)
    return {kind: kinds.get(kind, 0) for kind in ("data", "bss", "rodata")}, start_up


def compare(what, c, other):
    same = 0
    for name, function in sorted(other.items()):
        if name not in c:
            failures.append(f"{what}: {name} was not inlined")
            continue
        twin = c[name]
        numbers = [(f["bytes"], len(f["code"])) for f in (twin, function)]
        if name.startswith("tail_"): # see pairs.c
            numbers[0] = (numbers[0][0] + 12, numbers[0][1] + 3)
        elif twin["code"][-1].startswith("jmp") and toolchain == "avr": # avr-gcc 5 makes a call and a return of it
            numbers[0] = (numbers[0][0] + 2, numbers[0][1] + 1)
        if numbers[1][0] > numbers[0][0] or numbers[1][1] > numbers[0][1]:
            failures.append(f"{what}: {name}: {numbers[1][0]} bytes and {numbers[1][1]} instructions, in C {numbers[0][0]} and "
                            f"{numbers[0][1]}\n" + "\n".join("    C  " + line for line in twin["code"])
                            + "\n" + "\n".join("    >  " + line for line in function["code"]))
        if set(function["calls"]) != set(twin["calls"]):
            failures.append(f"{what}: {name}: calls {function['calls']}, in C {twin['calls']}")
        same += function["code"] == twin["code"]
    print(f"{what}: {len(other)} functions, none larger or longer than in C; {same} with the same instructions")


with tempfile.TemporaryDirectory() as work:
    for prefix, cc, cxx, flags in BUILDS[toolchain]:
        objdump = prefix + "objdump"
        flags = flags.split() + ["-c", "-ffunction-sections", "-fdata-sections", "-fomit-frame-pointer", "-I" + project + "/include"]
        flags += ["-fno-pie", "-fcf-protection=none", "-fno-asynchronous-unwind-tables"] if not prefix else []
        c11, cpp = ["-std=gnu11"], ["-std=gnu++14"] if toolchain == "avr" else ["-std=gnu++17"]
        cpp += ["-fno-exceptions", "-fno-rtti", "-nostdinc++"] + (["-Wno-return-type-c-linkage"] if cc == "clang" else [])
        paths = {name: os.path.join(work, name + ".o") for name in ("pairs.c", "typed.c", "pairs.cpp")}
        for name, path in paths.items():
            compiler = [prefix + (cxx if name.endswith("cpp") else cc)] + (cpp if name.endswith("cpp") else c11)
            run(*compiler, *flags, os.path.join(here, name), "-o", path)
        what = f"{prefix}{cc} {' '.join(flags[:flags.index('-c')])}"
        code = {name: functions(objdump, path) for name, path in paths.items()}
        if set(code["pairs.c"]) > set(code["pairs.cpp"]) | ({"buffer_chunks", "buffer_sum"} if toolchain == "avr" else set()):
            failures.append(f"{what}: other functions: {set(code['pairs.c']) ^ set(code['pairs.cpp'])}")
        compare(what + ", tinyalloc.hpp", code["pairs.c"], code["pairs.cpp"])
        compare(what + ", pool.h", code["pairs.c"], code["typed.c"])
        c, cpp = (data(objdump, paths[name]) for name in ("pairs.c", "pairs.cpp"))
        if cpp[1] or any(cpp[0][kind] > c[0][kind] for kind in c[0]):
            failures.append(f"{what}: variables and constants: {cpp}, in C {c}")

for failure in failures:
    print("FAILED: " + failure, file=sys.stderr)
sys.exit(bool(failures))
