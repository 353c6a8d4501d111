# Thin aliases of run.py, which also works where there is no make.
PYTHON ?= python3

.PHONY: demo test lint

demo:
	@$(PYTHON) run.py demo

test:
	@$(PYTHON) run.py test

lint:
	@$(PYTHON) run.py lint
