# Thin: every target is one command that can be typed by hand (see README.md).
CONFIG ?= config/config.yaml
CORPUS ?=
PYTHON ?= python3

RUN = PATH="$(CURDIR)/.venv/bin:$$PATH"
SNAKEMAKE = $(RUN) snakemake --configfile $(CONFIG) $(if $(CORPUS),--config corpus="$(CORPUS)")
RESULTS = $(shell sed -n 's/^results: *//p' $(CONFIG))

.PHONY: samples setup test lint clean

samples: setup
	@$(SNAKEMAKE)
	@cat $(RESULTS)/samples.txt

setup: .venv/.complete

.venv/.complete: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --require-hashes --requirement requirements.lock
	.venv/bin/python -m pip install --no-deps --no-build-isolation --editable .
	$(RUN) python workflow/scripts/build_rust.py --workspace rust --jobs $$(nproc)
	touch $@

test: setup
	$(RUN) python -m pytest
	cd rust && $(RUN) cargo test --release --locked

lint: setup
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy gpt2ro workflow/scripts
	cd rust && $(RUN) cargo fmt --check
	cd rust && $(RUN) cargo clippy --release --all-targets --locked -- --deny warnings

clean:
	$(SNAKEMAKE) --delete-all-output
