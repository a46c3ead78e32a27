#!/usr/bin/env python3
"""What the documents point at exists: files and headings after links, the names of the library, the tests of
docs/from-rust.md. And README.md leads to every header, example and document."""
import os
import re
import sys
from pathlib import Path

os.chdir(Path(__file__).resolve().parents[2])
complaints = []
documents = {p: p.read_text() for p in sorted(Path(".").rglob("*.md")) if p.parts[0] not in ("build", ".git")}
prose = {p: re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S) for p, text in documents.items()}
headings = {p: {re.sub(r"[^a-z0-9 _-]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ *(.*)", text, re.M)}
            for p, text in prose.items()}

for document, text in prose.items():
    for file, place in re.findall(r"\]\(([^)# ]*)(?:#([^) ]*))?\)", text):
        if re.match(r"(https?://|mailto:)", file):
            continue
        target = Path(os.path.normpath(document.parent / file)) if file else document
        if not target.exists():
            complaints.append(f"{document}: there is no {file}")
        elif place and place not in headings.get(target, ()):
            complaints.append(f"{document}: {target} has no heading #{place}")

# Names of the library, in text and in code: those that a header, a port, a source or CMakeLists.txt knows.
NAME = re.compile(r"\b(?:ta|TA)_[A-Za-z0-9_]+")
sources = [*Path("include/tinyalloc").glob("*.h"), *Path("include/tinyalloc/port").glob("*.h"), *Path("src").iterdir(),
           Path("CMakeLists.txt")]
names = set(NAME.findall("\n".join(p.read_text() for p in sources)))
names |= {"ta_parse_" + n for n in re.findall(r"declare\((\w+),", Path("include/tinyalloc/parse.h").read_text())}
for document, text in documents.items():
    for name in set(NAME.findall(text)) - names:
        if name.startswith(("ta_error_", "ta_port_")) or name.endswith("_") and any(n.startswith(name) for n in names):
            continue
        complaints.append(f"{document}: the library knows no {name}")

tests = "\n".join(p.read_text() for p in Path("test/unit").glob("*.c"))
for test in set(re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+){3,})`", documents[Path("docs/from-rust.md")])):
    if not test.startswith("ta_") and f"\nstatic void {test}(void **state)" not in tests:
        complaints.append(f"docs/from-rust.md: there is no test {test}")

for file in [*Path("include/tinyalloc").glob("*.h"), *Path("docs").glob("*.md"), *Path("examples").glob("*.c")]:
    if f"]({file})" not in documents[Path("README.md")]:
        complaints.append(f"README.md does not lead to {file}")

print("\n".join(sorted(complaints)), file=sys.stderr)
sys.exit(bool(complaints))
