"""CMake 3.16 suffices: what CMakeLists.txt uses is not newer, as far as the documentation of the installed CMake says since
when it has a command, a variable, a property, a module, or a keyword of a command.

Usage: cmake_version.py FILE...
"""
import re
import subprocess
import sys

OLDEST = (3, 16)
ADDED = re.compile(r"^( *)(?:\.\. versionadded:: |New in version )(\d+)\.(\d+)", re.M)


def help_on(kind, name):
    result = subprocess.run(["cmake", f"--help-{kind}", name], capture_output=True, text=True)
    return result.stdout if result.returncode == 0 else ""


def names(kind):
    return set(subprocess.run(["cmake", f"--help-{kind}-list"], capture_output=True, text=True).stdout.split())


def is_new(match):
    return match and (int(match[2]), int(match[3])) > OLDEST


def new_keywords(text):
    """Keywords that the text of a command introduces, with the version just after them."""
    for added in filter(is_new, ADDED.finditer(text)):
        before = [line for line in text[: added.start()].split("\n") if line.strip()]
        if before and re.match(r"\s*(``|[a-z_]+\()", before[-1]):  # not a sentence
            yield from re.findall(r"\b[A-Z][A-Z_]{2,}\b", before[-1])


commands = names("command")
things = {kind: names(kind) for kind in ("variable", "property", "module")}
failures = []
for path in sys.argv[1:]:
    text = re.sub(r"#[^\n]*", "", open(path).read())
    for command, arguments in re.findall(r"\b([a-z_]+)\s*\(((?:[^()]|\([^()]*\))*)\)", text):
        if command not in commands:
            continue
        documentation = help_on("command", command)
        if is_new(ADDED.search(documentation[:300])):
            failures.append(f"{path}: the command {command}")
        words = set(re.findall(r"\b[A-Z][A-Z_]{2,}\b", arguments))
        failures += [f"{path}: {command}({word})" for word in words & set(new_keywords(documentation))]
    for kind, known in things.items():
        for word in set(re.findall(r"\w+", text)) & known:
            if is_new(ADDED.search(help_on(kind, word)[:300])):
                failures.append(f"{path}: the {kind} {word}")
print("\n".join(sorted(set(failures))) or f"{len(sys.argv) - 1} files need nothing newer than CMake 3.16")
sys.exit(bool(failures))
