# The front door. Everything else is CMake: see CMakePresets.json.
#
#   make demo                 the MQTT node on an emulated Cortex-M3 against a real broker; then on a line of 9,600 baud,
#                             as a process, because only there the clock can be faster
#   make demo PLATFORM=host   the same node as a process
#   make test                 everything that is tested
#   make check T=NAME         one test, or one case of a unit test, in seconds
#   make proof                the proofs of test/proof in full, with all that is broken on purpose
#   make test-targets         the unit and model tests on each target, and a table of them
#   make size                 code, RAM and stack on each target; renews the tables in README.md and docs/sizing.md
#   make masked               how long interrupts are masked, measured into GUARANTEES.md
#   make static               gcc -fanalyzer, clang, clang-tidy and cppcheck with MISRA in each configuration, against MISRA.md
#   make bounds               stack and critical sections over every path of the images, into docs/bounds.md
#   make test-interrupts      an interrupt at every instruction, on each simulated machine
#   make search               every sequence of calls on a small pool, with interrupts and with faults; takes long
#   make fuzz MINUTES=13      libFuzzer on the calls, parsers, framing and examples; then on what is broken on purpose
#   make evidence             all that GUARANTEES.md rests on, in full, as one table; ROWS="bounds static": only these
#   make bench                what calls cost here and on each target, next to peers and goals; compares docs/performance.md
#   make coverage             lines and branches of src/ that the unit and model tests do not execute
#   make mutation             mutants of the files of src/ that changed since they were judged; FILES="find.c": of these
#   make dist                 the single file, the archive and the Arduino library, in build/dist
#   make dist-test            builds and runs a program with them in each way of docs/building.md, and prints a table
#   make docs                 the site, in build/docs/html: guides, one page a type, what each call may do, the headers
#   make clean

PLATFORM ?= mps2-an385
MESSAGES ?= 1000
SEED ?=
MINUTES ?= 13

preset_mps2-an385 = cortex-m3
preset_host = host
node_mps2-an385 = build/cortex-m3/examples/mqtt_node/mqtt_node.elf
node_host = build/host/examples/mqtt_node/mqtt_node

.PHONY: help demo test check proof test-targets test-interrupts search size masked static bounds evidence bench dist dist-test docs coverage mutation fuzz clean

help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile

demo:
	@tools/install-deps demo-$(PLATFORM)
	@tools/build $(preset_$(PLATFORM)) mqtt_node$(suffix $(node_$(PLATFORM)))
	@tools/demo --platform $(PLATFORM) --messages $(MESSAGES) $(if $(SEED),--seed $(SEED)) $(node_$(PLATFORM))
	@tools/build host mqtt_node
	@tools/demo --platform host --slow-line $(if $(SEED),--seed $(SEED)) $(node_host)

test:
	@tools/install-deps test
	@tools/install-deps proof || echo "NOT RUN: the proofs: CBMC cannot be had here"
	@tools/build cortex-m3 all
	@tools/build host all
	@tools/run-tests

check:
	@tools/install-deps test
	@tools/check $(T)

proof:
	@tools/install-deps test
	@tools/install-deps proof
	@test/proof/run.sh all && test/proof/run.sh broken

test-targets:
	@tools/install-deps test
	@tools/run-target-tests

size:
	@tools/install-deps test
	@tools/size

masked:
	@tools/install-deps test
	@test/masked/run.sh --write

static:
	@tools/install-deps test
	@test/static/findings.py all

bounds:
	@tools/install-deps test
	@test/bounds/bounds.py --write 211

evidence:
	@tools/install-deps test
	@tools/install-deps proof || true
	@MINUTES=$(MINUTES) tools/evidence $(ROWS)

bench:
	@tools/install-deps test
	@tools/install-deps bench
	@bench/host/run
	@bench/target/run
	@bench/peers/run
	@tools/size --tree .
	@bench/report

test-interrupts:
	@tools/install-deps test
	@for machine in avr cortex-m0 cortex-m3; do test/race/run.sh $$machine || exit 1; done

search:
	@tools/install-deps test
	@test/search/run.sh all

coverage:
	@tools/install-deps test
	@test/coverage/run

mutation:
	@tools/install-deps test
	@test/mutation/run $(FILES)

fuzz:
	@tools/install-deps test
	@test/fuzz/run.py fuzz $(MINUTES)
	@test/fuzz/run.py broken

dist:
	@tools/install-deps dist
	@tools/dist

dist-test:
	@tools/install-deps test
	@test/packaging/dist.sh build/packaging
	@echo "From this folder:"
	@test/packaging/worlds.sh . build/dist build/packaging/here
	@echo "From the archive, unpacked in another folder:"
	@test/packaging/worlds.sh build/packaging/tree build/dist build/packaging/worlds

docs:
	@tools/install-deps docs
	@tools/docs
	@test/docs/site.py
	@test/docs/browser.py
	@echo "The site: build/docs/html/index.html"

clean:
	rm -rf build
