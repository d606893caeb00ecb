# Two commands: `make run` opens the window, `make test` runs the tests without a display.
# Both create .venv, install the project from pyproject.toml and see to Qt's system libraries.

PYTHON ?= python3
TEST_EXTRAS ?= test
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check benchmark pictures clean
.DELETE_ON_ERROR:

run: $(VENV)/ready-window
	@$(BIN)/overshoot $(ARGUMENTS)

test: $(VENV)/ready-$(TEST_EXTRAS)
	@$(BIN)/python -m pytest $(ARGUMENTS)

check: $(VENV)/ready-$(TEST_EXTRAS)
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

benchmark: $(VENV)/ready-test,benchmark
	@$(BIN)/python -m pytest tests/benchmarks --benchmark-only --benchmark-disable-gc -p no:cacheprovider $(ARGUMENTS)

pictures: $(VENV)/ready-window
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m resources.pictures

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks .import_linter_cache

# The stamps make a second run start at once; a changed pyproject.toml installs again.
define install
@.ci/system-packages $(PYTHON) $(1)
@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
$(BIN)/pip install --quiet --editable '$(2)'
@touch $@
endef

$(VENV)/ready-window: pyproject.toml
	$(call install,window,.)

$(VENV)/ready-%: pyproject.toml
	$(call install,offscreen,.[$*])
