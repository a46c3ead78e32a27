"""Instructions of the linked image, as objdump prints them: what each does to the stack, to the mask and to control flow."""
import re
import subprocess

CONDITION = "eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|hs|lo"


class Instruction:
    """`to`: places of the same function where it may go on, with what it costs then; `calls`: an address, or "pointer";
    `leaves`: returns, or calls and returns (a tail call); `sp`: bytes that it takes from the stack; `mask`: +1 masks, -1
    restores."""

    def __init__(self, address, size, text):
        self.address, self.next, self.text = address, address + size, text
        name, _, rest = text.partition(" ")
        self.name, self.operands = name, re.split("[;<@]", rest)[0].strip()
        self.to, self.calls, self.leaves, self.sp, self.mask, self.cost = None, None, False, 0, 0, 1
        self.question = None

    def target(self):
        return int(self.operands.split(",")[-1].split()[-1], 16)

    def fail(self, why):
        raise SystemExit(f"{self.address:x}: {self.text}: {why}")

    def unknown(self, question):
        """Nothing is wrong before a path comes to it: constants are disassembled, too."""
        self.question = question

    def jump(self, target, is_conditional, taken=0, passed=0):
        self.to = [(target, taken)] + ([(self.next, passed)] if is_conditional else [])


class Arm:
    prefix, of_call, unit = "arm-none-eabi-", 0, "instructions"

    @staticmethod
    def decode(i, following):
        name = re.sub(r"\.[nw]$", "", i.name)
        plain = re.sub(rf"({CONDITION})$", "", name)
        registers = 4 * sum(int(b or a) - int(a) + 1 if a else 1 for a, b in
                            re.findall(r"(?:r(\d+)(?:-r(\d+))?|sl|fp|ip|lr|pc)(?=[,}])", i.operands))
        if name in ("cpsid", "msr"):
            if name == "msr" and not i.operands.lower().startswith("primask"):
                i.unknown("what does it write?")
            i.mask = 1 if name == "cpsid" else -1
        elif re.fullmatch(f"b|b({CONDITION})", name):
            i.jump(i.target(), name != "b")
        elif name in ("cbz", "cbnz"):
            i.jump(i.target(), True)
        elif name == "bl":
            i.calls = i.target()
        elif name == "blx":
            i.calls = "pointer"
        elif plain == "bx":
            i.leaves, i.calls = True, None if i.operands == "lr" or i.after_pop == i.operands else "pointer"
        elif re.fullmatch("push|stmdb|stmfd", plain) and (plain == "push" or i.operands.startswith("sp!")):
            i.sp = registers
        elif re.fullmatch("pop|ldmia|ldm", plain) and (plain == "pop" or i.operands.startswith("sp!")):
            i.sp, i.leaves = -registers, "pc}" in i.operands
        elif re.match(r"(str|ldr)d?$", plain) and re.search(r"\[sp(\], #|, #-?\d+\]!)", i.operands):
            i.sp = -int(re.search(r"#(-?\d+)", i.operands)[1])
            i.leaves = i.operands.startswith("pc")
        elif re.match(r"sp,", i.operands):
            if not re.fullmatch(r"sp, (sp, )?#\d+", i.operands) or not re.match("add|sub", plain):
                i.unknown("what does it do to the stack?")
            else:
                i.sp = int(i.operands.split("#")[1]) * (1 if plain.startswith("sub") else -1)
        elif "sp!" in i.operands or re.match("pc,|tb[bh]|svc", f"{i.operands}|{name}") or re.match("tb[bh]", name):
            i.unknown("where does it go?")
        if i.leaves and plain != name and name != "bls":
            i.to = [(i.next, 0)]
        return i


class RiscV:
    prefix, of_call, unit = "riscv64-unknown-elf-", 0, "instructions"

    @staticmethod
    def decode(i, following):
        name, operands = i.name, i.operands
        if name.startswith("csr"):
            if not re.match(r"csrrci? \w+,mstatus,8|csrs mstatus,", i.text):
                i.unknown("what does it write?")
            i.mask = 1 if name.startswith("csrrc") else -1
        elif re.fullmatch("b(eq|ne|lt|ge|gt|le)(z|u)?", name):
            i.jump(i.target(), True)
        elif name == "j":
            i.jump(i.target(), False)
        elif name == "jal":
            i.calls = i.target()
        elif name == "ret":
            i.leaves = True
        elif name == "jalr":
            i.calls = "pointer"
        elif name == "jr":
            i.leaves, i.calls = True, "pointer"
        elif operands.startswith("sp,"):
            if not re.fullmatch(r"(addi?) sp,sp,-?\d+", i.text):
                i.unknown("what does it do to the stack?")
            else:
                i.sp = -int(operands.split(",")[-1])
        return i


class Avr:
    """An ATmega2560: a return address has 3 bytes."""

    prefix, of_call, unit = "avr-", 3, "cycles"
    COST = {2: "ld ldd lds st std sts push pop adiw sbiw mul muls mulsu fmul rjmp ijmp eijmp sbi cbi",
            3: "jmp lpm elpm", 4: "rcall icall eicall", 5: "call ret reti"}
    cost = {name: cost for cost, names in COST.items() for name in names.split()}

    @classmethod
    def decode(cls, i, following):
        name, operands = i.name, i.operands
        i.cost = cls.cost.get(name, 1)
        if name == "cli":
            i.mask = 1
        elif name == "out" and operands.startswith("0x3f"):
            i.mask = -1
        elif re.fullmatch("br(?!eak).*", name):
            i.jump(i.relative(), True, taken=1)
        elif re.fullmatch("cpse|sbr[cs]|sbi[cs]", name):
            i.jump(following.next, True, taken=(following.next - i.next) // 2)
        elif name in ("rjmp", "jmp"):
            i.jump(i.relative(), False)
        elif name in ("call", "rcall"):
            if i.relative() == i.next:
                i.sp = 3  # room in the frame
            else:
                i.calls = i.relative()
        elif name in ("icall", "eicall"):
            i.calls = "pointer"
        elif name in ("ijmp", "eijmp"):
            i.leaves, i.calls = True, "pointer"
        elif name in ("ret", "reti"):
            i.leaves = True
        elif name in ("push", "pop"):
            i.sp = 1 if name == "push" else -1
        return i


TARGETS = {  # name: title, machine, what selects it
    "cortex-m0": ("Cortex-M0", Arm, "-mcpu=cortex-m0 -mthumb --specs=picolibc.specs"),
    "cortex-m3": ("Cortex-M3", Arm, "-mcpu=cortex-m3 -mthumb --specs=picolibc.specs"),
    "rv32": ("RV32", RiscV, "-march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs"),
    "atmega2560": ("AVR", Avr, "-mmcu=atmega2560"),
}


def disassemble(machine, image):
    """Every instruction by its address, and the names of each address."""
    listing = subprocess.run([machine.prefix + "objdump", "-d", image], capture_output=True, text=True, check=True).stdout
    code, pending = [], ""
    for line in listing.splitlines():
        found = re.match(r" *([0-9a-f]+):\t([0-9a-f ]+)\t(\S.*)$", line)
        if found and not found[3].startswith("."):
            text = re.sub(r"\s+", " ", found[3]).strip()
            size = len(found[2].replace(" ", "")) // 2
            code.append(Instruction(int(found[1], 16), size, text))
            code[-1].after_pop = pending[1:-1] if pending.startswith("{") else ""
            pending = text.removeprefix("pop ") if text.startswith("pop {") else pending if text.startswith("add sp,") else ""
    for i in code:
        i.relative = lambda i=i: int(re.search(r"0x([0-9a-f]+)", i.text.split(";")[-1] if i.name != "call" else i.text)[1], 16)
    code = {i.address: machine.decode(i, after) for i, after in zip(code, code[1:] + code[:1])}
    names = {}
    table = subprocess.run([machine.prefix + "objdump", "-t", image], capture_output=True, text=True, check=True).stdout
    for address, name in re.findall(r"^([0-9a-f]+) .{6}F \S+\t[0-9a-f]+ (?:\.hidden )?(\S+)$", table, re.M):
        names.setdefault(int(address, 16) & (~1 if machine is Arm else -1), []).append(name)
    return code, names
