#!/usr/bin/env python3
"""The site in a browser, as wide as a phone and as a desktop: no page is blank or wider than its window, every picture
loads, and search finds a call. Leaves pictures of three pages in screenshots/.

Usage: browser.py [FOLDER-OF-SITE [some]]    some: of the pages that Doxygen makes of headers and structs, every eighth"""
import html
import json
import re
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parents[1] / "build/docs").resolve()
WIDTHS = [375, 1280]
SHOWN = {"main": "index.html", "type": "type_queue.html", "guide": "guide_buffers.html"}
WORD = "ta_queue_push"
BROWSER = ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
           "--allow-file-access-from-files"]


def browse(*arguments):
    return subprocess.run([*BROWSER, *arguments], capture_output=True, text=True, check=True, timeout=500).stdout


def measure():
    pages = sorted(p.name for p in (OUT / "html").glob("*.html") if not p.name.endswith("_source.html"))
    if sys.argv[2:] == ["some"]:
        made = [page for page in pages if not re.match("index|type_|guide_", page)]
        pages = [page for page in pages if page not in made] + made[::8]
    script = (HERE / "browser.html").read_text()
    for name, value in ("WIDTHS", WIDTHS), ("PAGES", pages), ("WORD", WORD):
        script = script.replace(name, json.dumps(value))
    (OUT / "measure.html").write_text(script)
    dom = browse("--window-size=1400,900", "--virtual-time-budget=100000000", "--dump-dom",
                 f"file://{OUT}/measure.html")
    found = json.loads(html.unescape(re.search(r'<pre id="result">(.*?)</pre>', dom, re.S)[1]))
    complaints = [] if len(found) == len(pages) * len(WIDTHS) + 1 else [f"not all pages were measured: {found[-1]}"]
    for page in found[:-1]:
        where = f"{page['page']} at {page['width']}: "
        if page["scroll"] > page["width"] or page["outside"]:
            complaints.append(f"{where}{page['scroll']} wide, because of {page['outside']}")
        if page["text"] < 20 or page["menu"] < 20:
            complaints.append(f"{where}is blank, or has no menu")
        complaints += [f"{where}{image} does not load" for image in page["broken"]]
    if WORD not in found[-1].get("search", []):
        complaints.append(f"search for {WORD} finds {found[-1]}")
    return len(found), complaints


def take_pictures():
    (OUT / "screenshots").mkdir(exist_ok=True)
    for name, page in SHOWN.items():
        for width in WIDTHS:
            picture = OUT / "screenshots" / f"{name}-{width}.png"
            picture.unlink(missing_ok=True)
            browse(f"--window-size={width},1600", "--virtual-time-budget=10000", f"--screenshot={picture}",
                   f"file://{OUT}/html/{page}")
            data = picture.read_bytes()
            if struct.unpack(">II", data[16:24]) != (width, 1600) or len(data) < 30000:  # a blank one has 8,000
                yield f"{picture} is blank, or not as wide as it should be"


count, failures = measure()
failures += take_pictures()
for failure in failures:
    print(failure, file=sys.stderr)
print(f"{count} looks at pages, pictures in {OUT}/screenshots")
sys.exit(bool(failures))
