"""Stands in for PlatformIO: compiles a program with the sources and headers that library.json names.

Usage: platformio.py TREE PROGRAM.c OUTPUT
"""
import json
import subprocess
import sys
from pathlib import Path

tree, program, output = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
manifest = json.loads((tree / "library.json").read_text())
headers = tree / manifest["build"]["includeDir"]
assert (headers / manifest["headers"]).exists(), "the header that library.json names does not exist"
exported = manifest["export"]["include"]
for name in [manifest["build"]["srcDir"], manifest["build"]["includeDir"], *exported]:
    assert (tree / name).exists() and name in exported, f"library.json: {name}"
sources = sorted((tree / manifest["build"]["srcDir"]).glob("*.c"))
subprocess.run(["gcc", f"-I{headers}", program, *sources, "-o", output], check=True)
