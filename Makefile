# Apel Virtual: `make run` memutar satu Senin contoh, `make test` memeriksa semuanya.
# Python >= 3.11 with venv is all that both need; what they install stays below .venv.

PORT ?= 8000
python = .venv/bin/python
# The lock names everything, so pip need not resolve (--no-deps); what is imported is compiled then (--no-compile):
# both together halve the first start.
pip = $(python) -m pip --disable-pip-version-check -qq install --no-deps --no-compile

# A virtual environment that a new system Python left behind, or that was cut off half made, is made anew.
$(shell $(python) -c 'import pip' >/dev/null 2>&1 || rm -f .venv/made)

.PHONY: run test bench lock clean

run: .venv/run
	@exec $(python) -m app.cli demo --port "$(PORT)"

test: .venv/test
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy
	$(python) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		echo "Chromium tidak ditemukan: uji peramban dilewati. / No Chromium: browser tests are skipped."
	@command -v npm >/dev/null || \
		echo "npm tidak ditemukan: pemeriksaan frontend dilewati. / No npm: the frontend's checks are skipped."
# Two files at a time, whose processes must name the tests alike; those that watch the clock run alone.
	PYTHONHASHSEED=0 $(python) -m pytest -m "not alone" --numprocesses 2 --dist loadfile
	$(python) -m pytest -m alone

bench: .venv/test
	$(python) -m benchmarks

# Universal: one file with hashes for every platform and Python that the project supports, holding no index address.
# `make lock UPGRADE=--upgrade` takes newer releases; without it, only what pyproject.toml demands changes.
UPGRADE =
compile = .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	$(UPGRADE) pyproject.toml
lock: .venv/made
	test -x .venv/lock/bin/uv || { $(python) -m venv .venv/lock && .venv/lock/bin/python -m pip -qq install uv; }
	$(compile) --output-file requirements.lock
	$(compile) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -prune -exec rm -rf {} +

# ---

# Each stamp is newer than what it was made from, so that the second start installs nothing.
.venv/run: .venv/made requirements.lock pyproject.toml
	@echo "Memasang pustaka, sekitar satu menit. / Installing libraries, about a minute."
	@$(pip) --require-hashes --requirement requirements.lock
	@$(pip) --no-build-isolation --editable .
	@touch $@

.venv/test: .venv/made requirements-dev.lock pyproject.toml
	@echo "Memasang pustaka dan alat uji, sekitar satu menit. / Installing libraries and test tools, about a minute."
	@$(pip) --require-hashes --requirement requirements-dev.lock
	@$(pip) --no-build-isolation --editable .
	@touch $@

.venv/made:
	@for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
		"$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
		candidate=; \
	done; \
	test -n "$$candidate" || { \
		echo "Perlu Python >= 3.11 dengan venv (Debian: python3-venv), atau sebut: make PYTHON=/jalur/ke/python." \
			"/ Python >= 3.11 with venv is needed, or name one: make PYTHON=/path/to/python." >&2; \
		exit 1; }; \
	rm -rf .venv && "$$candidate" -m venv .venv
	@touch $@
