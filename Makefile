# SeqViz: `make app` runs it, `make test` tests it. Both make .venv themselves.

PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
PORT ?= 8501
WORKERS ?= 2
PY := .venv/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check

.PHONY: app test lint pretrained jaspar screenshots readme bench results

## app: start SeqViz on http://127.0.0.1:$(PORT); DEV=1 reruns it when a file changes
app: .venv/app.stamp
	exec $(PY) -m streamlit run app.py --server.port $(PORT) $(if $(DEV),--server.fileWatcherType auto --server.runOnSave true)

## test: every test; those in a real browser run by themselves, after the others
test: .venv/dev.stamp
	@$(PY) scripts/ensure_chromium.py
	@failed=0; \
	$(PY) -m pytest -n $(WORKERS) --dist worksteal -m "not e2e" || failed=1; \
	$(PY) -m pytest -n $(WORKERS) --dist worksteal -m e2e || failed=1; \
	exit $$failed

## lint: ruff
lint: .venv/dev.stamp
	$(PY) -m ruff check .

## pretrained: train the shipped models again from their committed settings and seeds
pretrained: .venv/app.stamp
	$(PY) -m seqviz_core.training.pretrain

## jaspar: make the bundled motif library again
jaspar: .venv/dev.stamp
	$(PY) scripts/make_jaspar.py

## screenshots: take the README's pictures again
screenshots: .venv/dev.stamp
	@$(PY) scripts/ensure_chromium.py
	$(PY) -m scripts.screenshots

## readme: write the README's tables again from the registries
readme: .venv/app.stamp
	$(PY) -m scripts.readme_tables

## bench: time the app, every default run, and what we draw, explain and train against peers; each ends with RESULT {json}
bench: .venv/dev.stamp
	@$(PY) scripts/ensure_chromium.py
	$(PY) -m benchmarks.latency
	$(PY) -m benchmarks.interactions
	$(PY) -m benchmarks.training
	$(PY) -m benchmarks.training_epochs
	$(PY) -m benchmarks.generation
	$(PY) -m benchmarks.ism
	$(PY) -m benchmarks.vcf
	$(PY) -m benchmarks.logos

## results: run the published experiments that have no result yet (AGAIN=1: all of them, hours), write RESULTS.md
results: .venv/dev.stamp
	$(PY) -m benchmarks.reproduce --write $(if $(AGAIN),--again)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "SeqViz needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv --clear .venv

.venv/app.stamp: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt into .venv (minutes the first time)"
	$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing requirements-dev.txt into .venv (minutes the first time)"
	$(PIP) -r requirements-dev.txt
	@touch $@ .venv/app.stamp
