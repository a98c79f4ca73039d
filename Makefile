# Everything a person types here; `make help` lists it. Each target does all of its own set-up.
.PHONY: help run serve test check audit torture bench screenshots clean

PYTHON = .venv/bin/python

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## Try it: demo data, on this machine only, stopped with Ctrl-C
	@scripts/prepare.sh runtime && exec $(PYTHON) -m kindness_platform.supervisor run

serve: ## Run it for real (BASE_URL=https://… is needed; see docs/self-hosting.md)
	@scripts/prepare.sh runtime && exec $(PYTHON) -m kindness_platform.supervisor serve

check: ## Style, types, imports, migrations, deployment settings, content, contrast (no tests)
	@scripts/prepare.sh dev && exec scripts/check.sh

test: ## Every test: SQLite, PostgreSQL, a real Redis and a real browser
	@scripts/prepare.sh dev && exec $(PYTHON) scripts/test.py

audit: ## The tests in their full width; up to 40 minutes
	@scripts/prepare.sh dev && scripts/check.sh && scripts/known_holes.sh && exec $(PYTHON) scripts/test.py --audit

torture: ## Kill senders in the act and count what arrives: MESSAGES=2000 KILLS=20 SEEDS=3
	@scripts/prepare.sh dev && exec $(PYTHON) -m tools.torture

bench: ## Measure the product against its floors; prints ratios
	@scripts/prepare.sh dev && exec $(PYTHON) -m benchmarks.run

screenshots: ## A picture of every screen, at two widths and in both schemes, into screenshots/
	@scripts/prepare.sh dev && exec $(PYTHON) -m tools.screenshots

clean: ## Remove what can be made again (never the data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov screenshots
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
