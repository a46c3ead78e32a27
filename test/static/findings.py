#!/usr/bin/env python3
"""What four tools find in src/ and the public headers, compared with findings.tsv and MISRA.md, both ways.

    findings.py            the default configuration, without the clang analyzer, which takes longest
    findings.py all        every configuration and tool
    findings.py --write    the same, and writes findings.tsv and MISRA.md
    findings.py --write default   the default configuration; the others are noted as not analysed ("-")

All sources are analysed as one translation unit, so that the tools see what a function of another file refuses. A finding
is a rule, a file and a count of places: lines may move. A rule without a reason in reasons.tsv fails, and so does a reason
without a finding.
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CONFIGURATIONS = {
    "default": "",
    "8/8 retire": "-DTA_SLOT_BITS=8 -DTA_GENERATION_BITS=8 -DTA_RETIRE=1",
    "custom back ends": "-DTA_CUSTOM_BACKENDS=1 -DTA_STATISTICS=0",
    "global": "-DTA_GLOBAL=1",
    "wake": "-DTA_WAKE=1",
    "owners and poison": "-DTA_OWNERS=4 -DTA_POISON=1",
    "threads": '-DTA_PORT_FILE="tinyalloc/port/posix_thread.h"',
}
# cppcheck reads no headers of the compiler: these are the macros on which ours depend.
MACROS = "-D__GNUC__=12 -D__ELF__=1 -D__unix__=1 -D__STDC_VERSION__=201112L -DUINTPTR_MAX=0xffffffffffffffffu " \
         "-DUINT32_MAX=0xffffffffu"
TOOLS = {  # how a tool is called, and what a finding looks like: file, line, column, rule
    "gcc -fanalyzer": ("gcc -std=c11 -O2 -I. -Iinclude -fanalyzer -fkeep-inline-functions {options} -c {unit} -o /dev/null",
                       r"^(\S+?):(\d+):(\d+): (?:warning|error): .*\[-W([\w-]+)\]$"),
    "clang analyzer": ("clang -std=c11 -I. -Iinclude --analyze -Xclang -analyzer-output=text -Xclang "
                       "-analyzer-opt-analyze-headers {options} {unit}",
                       r"^(\S+?):(\d+):(\d+): (?:warning|error): .*\[([\w.-]+)\]$"),
    "clang-tidy": ("clang-tidy --quiet --config-file=.clang-tidy --header-filter=.* {unit} -- -std=c11 -I. -Iinclude {options}",
                   r"^(\S+?):(\d+):(\d+): (?:warning|error): .*\[([\w.,-]+)\]$"),
    "cppcheck": ("cppcheck --addon=misra --std=c11 --enable=style -I. -Iinclude --platform=unix64 -q --max-configs=1 "
                 + MACROS + " --template={{file}}:{{line}}:{{column}}:{{id}} {options} {unit}",
                 r"^(\S+?):(\d+):(\d+):([\w.-]+)$"),
}


def find(unit, tool, configuration):
    """The places: (rule, file, line, column). A tool that does not come to an end is no result."""
    command, form = TOOLS[tool]
    words = [part.replace("{unit}", unit) for word in command.replace("{{", "{").replace("}}", "}").split()
             for part in (CONFIGURATIONS[configuration].split() if word == "{options}" else [word])]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode or "fatal error" in done.stdout:
        sys.exit(f"{' '.join(words)}\n{done.stdout[-3000:]}")
    places = set()
    for path, line, column, rule in re.findall(form, done.stdout, re.M):
        path = os.path.relpath(ROOT / path, ROOT)
        if path.startswith(("src/", "include/")):
            places.add((f"{tool}: {rule}", path, int(line), int(column)))
    return places


def find_all(configurations, tools):
    """(rule, file) -> places in the default configuration, and in any."""
    counts = collections.defaultdict(lambda: [0, 0])
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        unit = pathlib.Path(folder, "unit.c")
        files = sorted(path.relative_to(ROOT) for path in (ROOT / "src").glob("*.c"))
        headers = sorted(path.relative_to(ROOT) for path in (ROOT / "include/tinyalloc").glob("*.h"))
        unit.write_text("".join(f'#include "{path}"\n' for path in files + headers))
        jobs = [(configuration, tool) for configuration in configurations for tool in tools]
        found = collections.defaultdict(set)
        for (configuration, _), places in zip(jobs, pool.map(lambda job: find(str(unit), job[1], job[0]), jobs)):
            found[configuration] |= places
        for rule, path, *_ in found["default"]:
            counts[rule, path][0] += 1
        for rule, path, *_ in set().union(*found.values()):
            counts[rule, path][1] += 1
    return dict(counts)


def read(name, columns):
    rows = [line.split("\t") for line in (HERE / name).read_text().splitlines() if not line.startswith("#")]
    wrong = [row for row in rows if len(row) != columns]
    if wrong:
        sys.exit(f"{name}: not {columns} columns: {wrong[0]}")
    return rows


def order(rule):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", rule)]


def document(counts, reasons):
    """MISRA.md: one row a rule."""
    template = (HERE / "misra.md").read_text()
    by_rule = collections.defaultdict(lambda: [0, 0])
    is_whole = all(every != "-" for _, every in counts.values())
    for (rule, _), (default, every) in counts.items():
        by_rule[rule][0] += int(every if is_whole else default)
        by_rule[rule][1] += 1
    misra, others = [], []
    for rule, category, asks, reason in sorted(reasons, key=lambda row: order(row[0])):
        count, files = by_rule[rule]
        tool, _, name = rule.partition(": ")
        is_misra = name.startswith("misra-c2012-")
        (misra if is_misra else others).append(f"| {name.removeprefix('misra-c2012-') if is_misra else f'{tool}: `{name}`'} "
                                               f"| {category} | {count} in {files} | {asks} | {reason} |")
    head = "| {} | category | places in files | what it asks for | why it is not followed |\n|---|---|---|---|---|\n"
    template = template.replace("@configurations@", "all of them" if is_whole else "the default one; what the tools find in the others is not listed yet")
    template = template.replace("@misra@", head.format("rule") + "\n".join(misra))
    return template.replace("@others@", head.format("finding") + "\n".join(others))


def main():
    mode, only = (sys.argv[1:] + ["", ""])[:2]
    is_default, writes = "default" in (mode or "default", only), mode == "--write"
    tools = [tool for tool in TOOLS if mode or tool != "clang analyzer"]
    counts = find_all(["default"] if is_default else CONFIGURATIONS, tools)
    reasons = read("reasons.tsv", 4)
    if writes:
        lines = {key: [default, "-" if is_default else every] for key, (default, every) in counts.items()}
        rows = sorted(lines.items(), key=lambda item: (order(item[0][0]), item[0][1]))
        (HERE / "findings.tsv").write_text("".join(f"{rule}\t{path}\t{n}\t{every}\n" for (rule, path), (n, every) in rows))
        (ROOT / "MISRA.md").write_text(document(lines, reasons))
    recorded = {(rule, path): [int(default), every] for rule, path, default, every in read("findings.tsv", 4)}
    column, failures = 0 if is_default else 1, []
    listed = {key: int(of[column]) for key, of in recorded.items() if of[column] != "-" and key[0].startswith(tuple(tools))}
    for key in sorted(counts.keys() | listed.keys()):
        found, known = counts.get(key, [0, 0])[column], listed.get(key, 0)
        if found != known:
            failures.append(f"{key[0]} in {key[1]}: {found} found, {known} listed")
    rules, explained = {rule for rule, _ in recorded}, {row[0] for row in reasons}
    failures += [f"{rule}: no reason in reasons.tsv" for rule in sorted(rules - explained)]
    failures += [f"{rule}: a reason in reasons.tsv, and no finding" for rule in sorted(explained - rules)]
    failures += [f"{row[0]}: mandatory rules have no exceptions" for row in reasons if row[1] == "mandatory"]
    if (ROOT / "MISRA.md").read_text() != document(recorded, reasons):
        failures.append("MISRA.md is not what findings.tsv and reasons.tsv say")
    print("\n".join(failures))
    total = sum(count[column] for count in counts.values())
    print(f"{total} places of {len(rules)} rules found; {len(failures)} differences from what is listed")
    if failures:
        sys.exit("look at each; then test/static/findings.py --write")


if __name__ == "__main__":
    main()
