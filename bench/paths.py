"""Bytes and speed of the same build, side by side: the rows of paths.tsv, for tools/size and bench/report."""

import pathlib
import re

HEADING = "bytes · instructions"
PLATFORMS = {"cortex-m0": "Cortex-M0", "cortex-m3": "Cortex-M3", "rv32": "RV32", "atmega2560": "AVR", "x86-64": "x86-64"}
LEVELS = ["-Os", "-O2"]
LIBC = re.compile(" (newlib|picolibc|avr-libc)$")  # what a speed with memcpy in it names besides the build


def read_paths(document):
    lines = [line for line in pathlib.Path(__file__).with_name("paths.tsv").read_text().splitlines() if line[0] != "#"]
    heading, *rows = [line.split("\t") for line in lines]
    paths = [dict(zip(heading, row)) for row in rows]
    return [path for path in paths if document in (path["document"], "performance")]


def number(value):
    """Three digits that count."""
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def build_of(platform, path, level):
    if path["configuration"] != "library":
        return f"{path['configuration']} {level}"
    return f"16/16 statistics {'none' if platform == 'x86-64' else 'masked'} {level}"


def cell(values, platform, path, level):
    """Both figures; a dash where one of them was not measured."""
    build = build_of(platform, path, level)
    size = values.get((platform, build, path["program"], "code.bytes"))
    speeds = (values.get((platform, build, path["operation"], unit + path["metric"])) for unit in ("instructions", "cycles"))
    speed = next((speed for speed in speeds if speed is not None), None)
    if speed is None:
        return "–"
    return ("–" if size is None else f"{int(size):,}") + f" · {number(speed)}"


def title(values, path):
    functions = [value for key, value in values.items() if key[2:] == (path["program"], "functions")]
    return path["title"] + (f" ({functions[0]:.0f}); 64 at a time" if functions else "")


def table(values, platforms, document):
    """values: (platform, configuration, operation, metric) -> number. The heading, then the lines: lists of cells."""
    values = {(key[0], LIBC.sub("", key[1]), *key[2:]): value for key, value in values.items()}
    columns = [(platform, level) for platform in platforms for level in LEVELS]
    heading = [HEADING] + [f"{PLATFORMS[platform]} {level}" for platform, level in columns]
    return heading, [[title(values, path)] + [cell(values, platform, path, level) for platform, level in columns]
                     for path in read_paths(document)]
