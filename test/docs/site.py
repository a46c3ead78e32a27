#!/usr/bin/env python3
"""Is the site whole? Every link leads to a file and a place in it; every type has its page with a program; every call
has a context, and those that are measured have figures; nothing private is shown; search knows every call;
every document is a page.

    site.py [FOLDER-OF-SITE [BUILD-FOLDER]]    with a build folder: and a test runs each program"""
import html
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

os.chdir(Path(__file__).resolve().parents[2])
sys.path.insert(0, "tools")
sys.dont_write_bytecode = True
import docs_calls  # noqa: E402

HTML = Path(sys.argv[1] if len(sys.argv) > 1 else "build/docs") / "html"
# Headers that have no type: what a build is made of, and a test kit.
NO_TYPE = {"tinyalloc", "compiler", "config", "options", "conformance"}
DOCUMENTS = [Path(n + ".md") for n in ("README", "DESIGN", "GUARANTEES", "CONTRIBUTING", "CHANGELOG")]
complaints = []


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.places, self.links = set(), []
        self.text = path.read_text()
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places |= {attributes.get("id"), attributes.get("name")}
        self.links += [attributes[a] for a in ("href", "src") if attributes.get(a)]


def check_links(pages):
    count = 0
    links = [(name, link) for name, page in pages.items() for link in page.links]
    for script in [HTML / "menudata.js", *(HTML / "search").glob("*.js")]:
        urls = re.findall(r"""(?:url:"|\[')(?:\.\./)?([^"'\[]+\.html[^"']*)""", script.read_text())
        links += [(script.name, url) for url in urls]
    for name, link in links:
        parts = urlsplit(link)
        if parts.scheme or link.startswith("javascript:") or link.startswith("#") and len(link) == 1:
            continue
        count += 1
        file, place = unquote(parts.path) or name, unquote(parts.fragment)
        if not (HTML / file).exists():
            complaints.append(f"{name}: there is no {file}")
        elif place and file in pages and place not in pages[file].places:
            complaints.append(f"{name}: {file} has no place {place}")
    return count


def check_types(pages, tests):
    types = docs_calls.rows("docs/site/types.tsv")
    covered = {h for row in types for h in row["headers"].split()}
    for header in Path("include/tinyalloc").glob("*.h"):
        if header.stem not in covered | NO_TYPE:
            complaints.append(f"docs/site/types.tsv: no page for {header.name}")
    for row in types:
        name = f"type_{row['name']}.html"
        text = re.sub(r"<[^>]*>", "", pages[name].text) if name in pages else ""
        stem = Path(row["program"]).stem
        if "int main(void)" not in text or "It prints:" not in text:
            complaints.append(f"{name} has no complete program")
        if tests and not {f"example_{stem}", f"docs_program_{stem}"} & tests:
            complaints.append(f"{name}: no test runs {row['program']}")
    return len(types)


def check_calls(pages):
    calls, _ = docs_calls.read()
    found = "".join(path.read_text() for path in (HTML / "search").glob("functions_*.js"))
    for call in calls:
        if call.header not in NO_TYPE and call.context == "–":
            complaints.append(f"docs/buffers.md does not say from where {call.name} may be called")
        if f"'{call.name}'" not in found:
            complaints.append(f"search does not know {call.name}")
    measured = {call.name for call in calls if call.masked and call.costs}
    complaints.extend(f"{name} has no figures" for name in {"ta_alloc", "ta_queue_push", "ta_buffer_write"} - measured)
    for name, page in pages.items():
        if re.search("See the table at the top|>Private[:.]", page.text) and not name.endswith("_source.html"):
            complaints.append(f"{name}: shows what is private, or refers to a table that is not there")
    return len(calls)


def main():
    pages = {path.name: Page(path) for path in HTML.glob("*.html")}
    tests = set()
    if len(sys.argv) > 2:
        command = ["ctest", "--test-dir", sys.argv[2], "-N"]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        tests = set(re.findall(r": (\w+)$", listed, re.M))
    links, types, calls = check_links(pages), check_types(pages, tests), check_calls(pages)
    titles = {re.sub("^TinyAlloc for C: ", "", re.search("<title>(.*?)</title>", p.text)[1]) for p in pages.values()}
    for document in [*Path("docs").glob("*.md"), *DOCUMENTS]:
        title = html.escape(document.read_text().splitlines()[0].lstrip("# ").replace("`", ""))
        if title not in titles:
            complaints.append(f"no page is {document}")
    for complaint in sorted(set(complaints)):
        print(complaint, file=sys.stderr)
    print(f"{len(pages)} pages, {links} links, {types} types, {calls} calls")
    sys.exit(bool(complaints))


main()
