# Thin aliases of run.py, which also works where there is no make.
PYTHON ?= python3

.PHONY: demo test lint wheel

demo test lint wheel:
	@$(PYTHON) run.py $@
