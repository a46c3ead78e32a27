"""README.md's tables of peers: features.tsv beside the figures of recorded.tsv and TinyAlloc's own. For tools/size."""
import pathlib

import paths

HERE = pathlib.Path(__file__).resolve().parent
OURS = "16/16 statistics masked -Os"
CPUS = {"cortex-m0": "Cortex-M0 -Os", "cortex-m3": "Cortex-M3 -Os"}


def lines_of(name):
    return [line.split("\t") for line in (HERE / name).read_text().splitlines() if line[0] != "#"]


def cell(values, cpu, configuration, program, operation, metric):
    """Bytes and instructions of one build; a dash where the peer was not measured."""
    size, speed = (values.get((cpu, configuration, *key)) for key in ((program, "code.bytes"), (operation, metric)))
    return "–" if size is None or speed is None else f"{size:,.0f} · {paths.number(speed)}"


def with_version(name):
    """"lwIP memp" as "lwIP 2.2.1 memp": by sources.tsv, and for libraries of the compiler's by recorded.tsv."""
    called = [line[-1] for line in lines_of("sources.tsv")]
    called += [line[-1] for line in lines_of("recorded.tsv") if line[1] == "libc"]
    first, _, rest = name.partition(" ")
    versions = [c.partition(" ")[2] for c in called if c.partition(" ")[0] == first.removesuffix("-nano")]
    return " ".join([first, *versions, rest]).rstrip()


def row(values, cells):
    kind, name, program, *features = cells
    configuration = OURS if name.startswith("TinyAlloc") else f"peer {name} -Os"
    operation = ("pair", "instructions.mean") if kind == "blocks" else ("fifo 1", "instructions/byte")
    figures = [cell(values, cpu, configuration, program, *operation) for cpu in CPUS]
    if kind == "blocks":
        worst = [values.get(("cortex-m3", configuration, call, "instructions.worst")) for call in ("alloc", "free")]
        figures.append("–" if None in worst else " · ".join(f"{n:,.0f}" for n in worst))
    return [f"**{name}**" if configuration == OURS else with_version(name), *features, *figures]


def tables(values):
    """values: (platform, configuration, operation, metric) -> number, TinyAlloc's. Heading and lines of each table."""
    for platform, configuration, operation, metric, value in lines_of("recorded.tsv"):
        if metric != "text":
            values = values | {(platform, configuration, operation, metric): float(value)}
    result = {}
    for cells in lines_of("features.tsv"):
        if cells[0] in ("blocks", "bytes"):
            result[f"peers_{cells[0]}"][1].append(row(values, cells))
        else:  # the heading of the rows that follow
            kind = cells[0].removeprefix("heading ")
            last = ["M3, worst seen: alloc · free"] if kind == "blocks" else []
            result[f"peers_{kind}"] = ([cells[1], *cells[3:], *CPUS.values(), *last], [])
    return result
