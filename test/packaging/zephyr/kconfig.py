"""Reads the module's Kconfig file as Zephyr does, with CONFIG_TINYALLOC=y, and prints the result for CMake.

Usage: kconfig.py TREE [OPTION=VALUE...]
"""
import re
import sys
from pathlib import Path

import kconfiglib

tree = Path(sys.argv[1])
name = re.search(r"^  kconfig: (.*)$", (tree / "zephyr/module.yml").read_text(), re.M)[1]
kconfig = kconfiglib.Kconfig(str(tree / name), warn_to_stderr=False)
assert not kconfig.warnings, kconfig.warnings
assert kconfig.syms["TINYALLOC"].str_value == "n", "the module must be off until it is chosen"
kconfig.syms["TINYALLOC"].set_value("y")
for option in sys.argv[2:]:
    name, value = option.split("=")
    assert kconfig.syms[name].set_value(value), option
for symbol in kconfig.unique_defined_syms:
    print(f'set(CONFIG_{symbol.name} "{symbol.str_value}")')
