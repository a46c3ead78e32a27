"""The flow of one function: its stack and its critical sections, over every path, with what it calls."""
import re
import sys

sys.setrecursionlimit(20000)


class Function:
    """`reached`: every (place, depth of the mask) that a path from the entry comes to, with the bytes on the stack there."""

    def __init__(self, program, entry):
        self.program, self.entry, self.edges, self.reached = program, entry, {}, {}
        self.ends, self.calls, self.pointers = set(), [], set()
        state, work = {(entry, 0): (0, None)}, [(entry, 0)]
        while work:
            node = work.pop()
            i = program.code[node[0]]
            if i.question:
                i.fail(i.question)
            bytes_before, frame = state[node]
            after, frame = self.stack_after(i, bytes_before, frame)
            self.reached[node] = max(bytes_before, after)
            depth = node[1] + i.mask
            self.edges[node] = []
            to = i.to if i.to is not None else [] if i.leaves else [(i.next, 0)]
            if i.calls == "pointer":
                self.pointers.add(node)
                self.calls += [(node, callee, after) for callee in program.targets(node[0])]
            elif i.calls is not None:
                self.calls.append((node, i.calls, after))
            if i.leaves:
                self.ends.add(node)
                if after != 0:
                    i.fail(f"leaves with {after} bytes on the stack")
            for place, extra in to:
                if i.calls is None and not i.leaves and place in program.names and place != entry and ".cold" not in program.names[place][0] \
                        and place != i.next:
                    self.calls.append((node, place, after))  # a tail call
                    self.ends.add(node)
                    continue
                reached = (place, depth)
                self.edges[node].append((reached, i.cost + extra))
                if reached not in state:
                    state[reached] = (after, frame)
                    work.append(reached)
                elif state[reached][0] != after:
                    i.fail(f"{state[reached][0]} or {after} bytes on the stack after it")
                elif state[reached][1] != frame and state[reached][1] is not None:
                    state[reached] = (after, None)
                    work.append(reached)
        for node in self.ends:
            if node[1] + program.code[node[0]].mask != 0:
                program.code[node[0]].fail("returns masked")

    def stack_after(self, i, taken, frame):
        """Of AVR, `frame` is how far below the stack at the entry Y points; None when it does not."""
        if self.program.machine.of_call == 0:
            return taken + i.sp, None
        if re.match("in r28, 0x3d", i.text):
            return taken, taken
        if re.match("out 0x3d, r28", i.text):
            if frame is None:
                i.fail("where is the stack?")
            return frame - 0x10000 * (frame >= 0x8000), frame
        if frame is not None and not re.match("(sbc|adc) r29, r1", i.text):  # r1 is 0
            step = re.match(r"(sbiw|adiw|subi) r28, 0x(\w+)", i.text) or re.match(r"(sbci) r29, 0x(\w+)", i.text)
            if step:
                value = int(step[2], 16) << 8 * (step[1] == "sbci")
                frame = (frame + (-value if step[1] == "adiw" else value)) % 0x10000
            elif re.match("(pop|ldi?|ldd|lds|mov|movw|add|adc|in|eor|and|or|sub|sbc|lsl|lsr|ror|asr|com|neg|dec|inc|swap|andi|ori"
                          r"|clr|bld|elpm|lpm) r2[89]\b(?!, 0x3[de])", i.text):
                frame = None
        return taken + i.sp, frame


class Program:
    """`passes(places)`: instructions that mark passes of loops in a critical section, how much each counts, and the most
    that a path may count; `unbounded(place)` is told of other loops.
    `targets(place)`: the functions that a call by a pointer may lead to, of the library; `hook(place)` is told of such
    calls in critical sections."""

    def __init__(self, machine, code, names, passes, unbounded, targets, hook):
        self.machine, self.code, self.names = machine, code, names
        self.passes, self.unbounded, self.targets, self.hook = passes, unbounded, targets, hook
        self.functions, self.stacks, self.costs, self.active = {}, {}, {}, []

    def function(self, entry):
        if entry not in self.functions:
            self.functions[entry] = Function(self, entry)
        return self.functions[entry]

    def stack(self, entry):
        """The most bytes that a call takes, and the functions that take them."""
        if entry in self.stacks:
            return self.stacks[entry]
        if entry in self.active:
            raise SystemExit(f"{self.names[entry][0]} calls itself")
        self.active.append(entry)
        function, of_call = self.function(entry), self.machine.of_call
        deepest = (of_call + max(function.reached.values()), [entry])
        for node, callee, taken in function.calls:
            tail = node in function.ends  # its return address takes the place of that of this function
            inner, path = self.stack(callee)
            total = taken + inner + (0 if tail else of_call)
            if total > deepest[0]:
                deepest = (total, [entry] + path)
        self.active.pop()
        self.stacks[entry] = deepest
        return deepest

    def everything_called(self, entry, found=None):
        found = set() if found is None else found
        if entry not in found:
            found.add(entry)
            for _, callee, _ in self.function(entry).calls:
                self.everything_called(callee, found)
        return found

    def cost_masked(self, entry):
        """The longest path through a function that is called with interrupts masked, and its places."""
        if entry not in self.costs:
            function = self.function(entry)
            self.costs[entry] = self.longest(function, (entry, 0), set(function.edges), lambda to: False)
        return self.costs[entry]

    def sections(self, entry):
        """The critical sections that begin in a function: (length, places of the longest path)."""
        function = self.function(entry)
        for node, edges in function.edges.items():
            if node[1] == 0 and self.code[node[0]].mask > 0:
                begin = edges[0][0]
                inside, work = {begin}, [begin]
                while work:
                    for to, _ in function.edges[work.pop()]:
                        if to[1] > 0 and to not in inside:
                            inside.add(to)
                            work.append(to)
                yield self.longest(function, begin, inside, lambda to: to[1] == 0)

    def longest(self, function, begin, nodes, is_end):
        """The longest path in these nodes from `begin` to an end or a return: its cost and places."""
        callees = {}
        for node, callee, _ in function.calls:
            if node in nodes:
                callees[node] = max(callees.get(node, (0, [])), self.cost_masked(callee), key=lambda c: c[0])
        for node in function.pointers & nodes:
            self.hook(node[0])
        marks, most = self.passes({node[0] for node in nodes})
        known, active = {}, set()

        def rest(node, passed):
            """The longest path from here on, and where it goes next; None: every path passes a loop too often."""
            passed += marks.get(node[0], 0)
            if passed > most:
                return None
            if (node, passed) in active:
                self.unbounded(node[0])
            if (node, passed) not in known:
                active.add((node, passed))
                best = (self.code[node[0]].cost, None) if node in function.ends else None
                for to, cost in function.edges[node]:
                    further = (0, None) if is_end(to) else rest(to, passed) if to in nodes else None
                    if further and (best is None or cost + further[0] > best[0]):
                        best = (cost + further[0], None if is_end(to) else (to, passed))
                active.remove((node, passed))
                known[node, passed] = best and (best[0] + callees.get(node, (0,))[0], best[1])
            return known[node, passed]

        found = rest(begin, 0)
        if not found:
            self.code[begin[0]].fail("no path leaves this critical section")
        places, at = [], (begin, 0)
        while at:
            node, passed = at
            places += [node[0]] + callees.get(node, (0, []))[1]
            at = known[node, passed + marks.get(node[0], 0)][1]
        return found[0], places
