# Thin: every target is one command that can be typed by hand (see README.md).
CONFIG ?= config/config.yaml
CORPUS ?=
PYTHON ?= python3

RUN = PATH="$(CURDIR)/.venv/bin:$$PATH"
SNAKEMAKE = $(RUN) snakemake --configfile $(CONFIG) $(if $(CORPUS),--config corpus="$(CORPUS)")
EXTENSION_SOURCES = $(shell find rust/corpus rust/pretokenizer rust/python -name '*.rs' -o -name '*.toml')
RESULTS = $(shell sed -n 's/^results: *["'\'']*\([^ "'\''\#]*\).*/\1/p' $(CONFIG))

# Snakemake needs a folder for its cache: for an account whose home cannot be written to, it is here.
ifneq ($(shell test -w "$$HOME" && echo writable),writable)
export XDG_CACHE_HOME ?= $(CURDIR)/.cache
endif

# Snakemake notes of which sources it was built: touching one then builds nothing again.
NOTE_EXTENSION = $(RUN) snakemake --quiet --touch --force gpt2ro/_native.abi3.so

.PHONY: samples config setup slurm test test-aarch64 lint clean

samples: config setup
	@$(SNAKEMAKE)
	@cat $(RESULTS)/samples.txt

# Snakemake ends with a traceback where it is not there, and set-up takes minutes until then.
config:
	@test -f "$(CONFIG)" || { echo "gpt2ro: CONFIG is $(CONFIG): no such file; there are" \
	    "$(filter-out %/sources.yaml,$(wildcard config/*.yaml)); or write your own." >&2; exit 1; }

setup: .venv/.complete gpt2ro/_native.abi3.so

.venv/.complete: requirements.lock pyproject.toml
	@PYTHONPATH=. $(PYTHON) tools/check_setup.py --workspace rust
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --require-hashes --requirement requirements.lock
	$(RUN) python -m pip install --no-deps --no-build-isolation --editable .
	$(NOTE_EXTENSION)
	$(RUN) python workflow/scripts/build_rust.py --workspace rust --jobs $$(nproc)
	touch $@

# For profiles/slurm.
slurm: setup
	.venv/bin/python -m pip install --require-hashes --requirement requirements-slurm.lock

# Installing the package has built it; this is for a change of its sources.
gpt2ro/_native.abi3.so: $(EXTENSION_SOURCES) | .venv/.complete
	$(RUN) python workflow/scripts/build_native.py --workspace rust --jobs $$(nproc) --output $@
	$(NOTE_EXTENSION)

# Our libraries: their tests are run with overflow checks, and on other processors without. So are the
# checks of bytes from outside. The programs are tested together, as set-up built them: alone, or with
# what the checks need, they would have other features of other crates, and be compiled once more.
LIBRARIES = $(addprefix --package gpt2ro-,corpus engine pretokenizer tokenizer)

# Two processes: the tests of the workflow, which take longest, are one's. Both cores are busy until the
# end then; with a third one these wait for their turns, and half of the machine for them.
test: setup
	$(RUN) python -m pytest --numprocesses 2 --no-loadscope-reorder
	cd rust && $(RUN) cargo test --release --locked --package gpt2ro --package gpt2ro-rust-bert
	cd rust && $(RUN) cargo test --profile checked --locked $(LIBRARIES) --package gpt2ro-checks

# The same on emulated ARM processors: one that multiplies bytes in one instruction (FEAT_DotProd), and
# one that does not. Needs, from Debian, qemu-user, gcc-aarch64-linux-gnu and
# libc6-dev-arm64-cross, and once: rustup target add aarch64-unknown-linux-gnu
AARCH64 = CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU
test-aarch64:
	cd rust && for cpu in cortex-a76 cortex-a53; do \
	    $(AARCH64)_LINKER=aarch64-linux-gnu-gcc \
	    $(AARCH64)_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu $$cpu" \
	    cargo test --release --locked $(LIBRARIES) \
	        --target aarch64-unknown-linux-gnu || exit 1; \
	done

lint: setup
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy gpt2ro workflow/scripts
	cd rust && $(RUN) cargo fmt --all --check
	cd rust && $(RUN) cargo clippy --release --workspace --all-targets --locked -- --deny warnings

clean:
	$(SNAKEMAKE) --delete-all-output
