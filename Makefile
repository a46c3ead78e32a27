# The front door. Everything else is CMake: see CMakePresets.json.
#
#   make demo                 the MQTT node on an emulated Cortex-M3 against a real broker
#   make demo PLATFORM=host   the same node as a process
#   make test                 everything that is tested
#   make clean

PLATFORM ?= mps2-an385
MESSAGES ?= 1000
SEED ?=

preset_mps2-an385 = cortex-m3
preset_host = host
node_mps2-an385 = build/cortex-m3/examples/mqtt_node/mqtt_node.elf
node_host = build/host/examples/mqtt_node/mqtt_node

.PHONY: help demo test clean

help:
	@sed -n '2,/^$$/s/^# \{0,1\}//p' Makefile

demo:
	@tools/install-deps demo-$(PLATFORM)
	@tools/build $(preset_$(PLATFORM)) mqtt_node$(suffix $(node_$(PLATFORM)))
	@tools/demo --platform $(PLATFORM) --messages $(MESSAGES) $(if $(SEED),--seed $(SEED)) $(node_$(PLATFORM))

test:
	@tools/install-deps test
	@tools/build cortex-m3 all
	@tools/build host all
	@tools/run-tests

clean:
	rm -rf build
