# make demo    the whole product with sample ledgers and its own carrier, nothing else needed
# make test    everything that has to pass before a change goes in
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint lock bench run-env test-env venv clean

help:
	@echo "make demo [ARGS=--once]   try the product on sample ledgers"
	@echo "make test                 lint, types, layers, all tests with coverage"
	@echo "make lint                 lint, types and layers only"
	@echo "make bench                the measurements of docs/performance.md"
	@echo "make lock                 pin dependencies anew after a change of pyproject.toml"
	@echo "PYTHON=python3.12 make …  use another Python (3.11 or newer)"

demo: run-env
	$(BIN)/yuehuan demo $(ARGS)

test: test-env lint
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --dist loadfile $(ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

lint: test-env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy bot webhooks console sandbox
	$(BIN)/lint-imports

bench: test-env
	$(BIN)/python -m bench $(ARGS)

lock: test-env
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
		--extra dev pyproject.toml -o requirements-dev.lock

# Installing is left out as long as the lock, the project file and its top folders are the same.
STATE = cat $(1) pyproject.toml; ls -d bot webhooks console sandbox scripts_zh migrations
run-env: venv
	@($(call STATE,requirements.lock)) | cmp -s - $(VENV)/installed-run \
		|| $(MAKE) --no-print-directory install LOCK=requirements.lock MARK=installed-run

test-env: venv
	@($(call STATE,requirements-dev.lock)) | cmp -s - $(VENV)/installed-test \
		|| $(MAKE) --no-print-directory install LOCK=requirements-dev.lock MARK=installed-test

.PHONY: install
install:
	@echo "installing $(LOCK) into $(VENV)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@($(call STATE,$(LOCK))) > $(VENV)/$(MARK)

venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "yuehuan needs Python 3.11 or newer, and $(PYTHON) is" \
			"`$(PYTHON) --version 2>&1`: install a newer one, then e.g. PYTHON=python3.12 make demo" >&2; \
		exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make virtual environments:" \
			"install its venv package (Debian, Ubuntu: apt install python3-venv)" >&2; \
		exit 1; }

clean:
	rm -rf $(VENV) build .coverage .coverage.* test-output
