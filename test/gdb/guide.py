"""Does the guide show what the recorded session says? Each block of the guide that begins with `(gdb) ta` or `(gdb) print`
must be what the session says to these commands.
Usage: guide.py GUIDE SESSION [--record]    --record writes these blocks"""
import re
import sys

BLOCK = re.compile(r"(?m)(^```text\n)(\(gdb\) (?:ta|print)\b.*?)(^```)", re.S)
COMMAND = re.compile(r"(?m)^\(gdb\) .*\n(?:(?!\(gdb\) ).*\n)*")


def answers(session):
    """Each command's line, and the lines that it leads to."""
    return {text.split("\n")[0]: text for text in COMMAND.findall(session)}


def renewed(block, said):
    return "".join(said.get(line, line + ": no such command in the session\n")
                   for line in block.split("\n") if line.startswith("(gdb) "))


path = sys.argv[1]
guide = open(path, encoding="utf-8").read()
session_says = answers(open(sys.argv[2], encoding="utf-8").read())
new_guide = BLOCK.sub(lambda found: found[1] + renewed(found[2], session_says) + found[3], guide)
if not BLOCK.search(guide):
    sys.exit("%s shows no session" % path)
if sys.argv[3:] == ["--record"]:
    open(path, "w", encoding="utf-8").write(new_guide)
elif new_guide != guide:
    shown, said = BLOCK.findall(guide), BLOCK.findall(new_guide)
    for (_, old, _), (_, new, _) in zip(shown, said):
        if old != new:
            print("%s shows\n%sand the session says\n%s" % (path, old, new), file=sys.stderr)
    sys.exit(1)
