"""Does the guide show what the recorded sessions say? Each block of the guide that begins with `(gdb) ta` or `(gdb) print`
must be in one of them, line for line; `...` alone in a line stands for lines that are left out.
Usage: guide.py GUIDE SESSION..."""
import re
import sys


def pattern(block):
    parts = [re.escape(part) for part in block.split("...\n")]
    return re.compile("(?m)^" + r"(?:.*\n)*?".join(parts))


guide = open(sys.argv[1], encoding="utf-8").read()
sessions = [open(path, encoding="utf-8").read() for path in sys.argv[2:]]
blocks = re.findall(r"^```text\n(\(gdb\) (?:ta|print)\b.*?)^```", guide, re.M | re.S)
missing = [block for block in blocks if not any(pattern(block).search(session) for session in sessions)]
for block in missing:
    print("%s: no recorded session says\n%s" % (sys.argv[1], block), file=sys.stderr)
if not blocks:
    print("%s: no session is shown" % sys.argv[1], file=sys.stderr)
sys.exit(1 if missing or not blocks else 0)
