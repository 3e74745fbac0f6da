# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: demo test lint install dev train-tests clean

demo: install
	$(BIN)/anpr demo

test: dev lint
	$(BIN)/python -m pytest

lint: dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(VENV)/.installed

dev: $(VENV)/.dev

$(VENV)/.installed: pyproject.toml setup_machine.sh
	sh setup_machine.sh venv "$(PYTHON)" "$(VENV)"
	$(BIN)/python -m pip install -q -e .
	sh setup_machine.sh libraries "$(PYTHON)" "$(VENV)"
	touch $@

$(VENV)/.dev: $(VENV)/.installed
	$(BIN)/python -m pip install -q -e ".[dev]"
	sh setup_machine.sh browser "$(PYTHON)" "$(VENV)"
	touch $@

clean:
	rm -rf $(VENV)
