# The six commands of the contract, and the few a maintainer adds. Each sets up what it needs.
# Python and npm dependencies come from locks with hashes; a stamp file says a lock is installed.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
SITE_URL ?= http://127.0.0.1:$(PORT)/
export SITE_URL
# How well brotli packs. What is published is packed at its best, which takes half a minute longer.
BROTLI ?= 9
bench release reproduce: BROTLI = 11
export BROTLI
export NO_MKDOCS_2_WARNING := 1
export PYTHONPATH := validator:.
PY := .venv/bin/python

.PHONY: serve test quick test-built test-engines site check bench reproduce verify release audit mutants fuzz format font lock clean

serve: site
	@$(PY) tools/build/serve.py --port $(PORT)

site: .venv/site.stamp node_modules/.stamp
	@$(PY) tools/build/build.py

test: .venv/dev.stamp .venv/pyodide.stamp node_modules/.stamp
	@$(PY) tools/checks/test.py all

quick: .venv/dev.stamp node_modules/.stamp
	@$(PY) tools/checks/test.py quick

test-built: .venv/dev.stamp .venv/pyodide.stamp node_modules/.stamp
	@$(PY) -m tools.checks.browser
	@$(PY) -m pytest --quiet --numprocesses=logical --dist=worksteal \
		tests/site/built tests/page --ignore=tests/page/engines --ignore=tests/page/vault

test-engines: site .venv/dev.stamp
	@command -v xvfb-run >/dev/null || { echo "Install xvfb, then run this again."; exit 1; }
	@xvfb-run --auto-servernum $(PY) -m pytest tests/page/engines

check: .venv/dev.stamp node_modules/.stamp
	@$(PY) tools/checks/check.py

bench: site .venv/dev.stamp tools/checks/auditors/node_modules/.stamp
	@$(PY) -m tools.checks.bench

release: .venv/release.stamp node_modules/.stamp
	@$(PY) -m tools.release.release

reproduce: .venv/site.stamp node_modules/.stamp
	@$(PY) -m tools.release.reproduce

verify: SITE_URL = $(patsubst %/,%,$(URL))/
verify: .venv/site.stamp node_modules/.stamp
	@$(PY) -m tools.release.verify $(URL)

audit: site .venv/dev.stamp tools/checks/auditors/node_modules/.stamp
	@$(PY) -m tools.checks.audit

mutants: .venv/mutants.stamp
	@$(PY) -m tools.checks.mutants

fuzz: .venv/fuzz.stamp
	@$(PY) -m tools.checks.fuzz

format: .venv/dev.stamp node_modules/.stamp
	.venv/bin/ruff check --fix --quiet .
	.venv/bin/ruff format --quiet .
	node_modules/.bin/biome check --write

# The part of Inter that the site's languages need. Run by hand; what it makes is committed.
MARKS := £§©°±¶·×é–—‘’“”•…€™↑↓
SPANISH := ÁÉÍÓÚÜÑáéíóúüñ¿¡«»
INTER := node_modules/@fontsource-variable/inter
font: .venv/site.stamp node_modules/.stamp
	@mkdir -p build
	@.venv/bin/fonttools varLib.instancer --quiet --no-recalc-timestamp --output build/inter.woff2 \
		$(INTER)/files/inter-latin-wght-normal.woff2 wght=400:700
	@.venv/bin/pyftsubset build/inter.woff2 --unicodes=20-7e,a0 --text='$(MARKS)$(SPANISH)' \
		--layout-features=kern,tnum --no-hinting --flavor=woff2 \
		--output-file=theme/assets/fonts/inter.woff2
	@cp $(INTER)/LICENSE theme/assets/fonts/LICENSE.txt

lock: .venv/dev.stamp
	tools/build/lock

.venv/%.stamp: requirements/%.txt
	@tools/build/setup python $*

.venv/pyodide.stamp: requirements/core-tests.txt .venv/dev.stamp node_modules/.stamp
	@tools/build/setup pyodide

node_modules/.stamp: package-lock.json
	@tools/build/setup node .

tools/checks/auditors/node_modules/.stamp: tools/checks/auditors/package-lock.json
	@tools/build/setup node tools/checks/auditors

clean:
	rm -rf build site dist
