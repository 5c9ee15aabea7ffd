# `make` alone lists what there is. `make run` and `make test` set everything up by themselves, in this folder.
.DEFAULT_GOAL := help
.PHONY: help run serve test check bench prove format setup clean

VENV := .venv
READY := $(VENV)/.ready

help: ## List what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(READY) ## Carry the sample company's events to Xledger, all on this machine
	@$(VENV)/bin/python -m local run

serve: $(READY) ## The same, and then the console in your browser, until Ctrl-C
	@$(VENV)/bin/python -m local serve

test: $(READY) ## Run every test (no account, no network)
	@$(VENV)/bin/pytest --numprocesses auto --dist loadfile

check: $(READY) ## What CI checks besides the tests: style, types, template
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/cfn-lint
	@$(VENV)/bin/python -m local generate --check

bench: $(READY) ## Measure what is promised in figures, beside a naive client, on this machine
	@$(VENV)/bin/python -m local.bench

prove: $(READY) ## Crash it everywhere, by simulation, and print the goals (SEED=17 plays one run)
	@$(VENV)/bin/python -m local.proof $(SEED)

format: $(READY) ## Put the code into its usual shape, and make again what is generated
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .
	@$(VENV)/bin/python -m local generate

setup: $(READY) ## Install everything into this folder and stop

clean: ## Remove what was installed and made
	@rm -rf $(VENV) .uv out

$(READY): uv.lock pyproject.toml local/uv.txt local/set_up.sh
	@sh local/set_up.sh $(VENV)
	@touch $@
