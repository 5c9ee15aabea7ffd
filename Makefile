# `make` alone lists what there is. `make run` and `make test` set everything up by themselves, in this folder.
.DEFAULT_GOAL := help
.PHONY: help run serve test check audit build rehearse deploy drill bench prove format setup clean

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

audit: $(READY) .tools/checkov/.ready .tools/pip-audit/.ready ## Look for known weaknesses in the template and in every package
	@.tools/checkov/bin/checkov --config-file .checkov.yaml
	@$(VENV)/bin/python -m local.build.audit

build: $(READY) .tools/sam/.ready ## Build what is deployed into .aws-sam (ARCH=x86_64 for the other processor)
	@$(VENV)/bin/python -m local.build $(if $(ARCH),--arch $(ARCH))

rehearse: $(READY) .tools/sam/.ready ## Build it for this machine, `sam deploy` that to the embedded AWS again and again, and run
	@$(VENV)/bin/python -m local.build --for-this-machine --into out/built
	@$(VENV)/bin/python -m local.deploy.rehearsing out/built
	@$(VENV)/bin/python -m local run --built out/built

# Whatever else is named on the command line is a parameter of the template.
deploy: $(READY) .tools/sam/.ready ## Show what will change, ask, build and deploy (NAME=value changes a parameter, YES=1 asks nothing)
	@$(VENV)/bin/python -m local.deploy $(if $(YES),--yes) $(if $(STACK),--stack '$(STACK)') \
		$(patsubst %,'%',$(filter-out YES=% STACK=%,$(MAKEOVERRIDES)))

drill: $(READY) .tools/awscli/.ready ## Carry out each entry of the runbook on the embedded AWS, as written
	@$(VENV)/bin/python -m local.rehearsal

bench: $(READY) ## Measure what is promised in figures, beside a naive client, on this machine
	@$(VENV)/bin/python -m local.bench

prove: $(READY) ## Crash it everywhere, by simulation and with real processes; try every right (SEED=17 plays one run)
	@$(VENV)/bin/python -m local.proof $(SEED)

format: $(READY) ## Put the code into its usual shape, and make again what is generated
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .
	@$(VENV)/bin/python -m local generate

setup: $(READY) ## Install everything into this folder and stop

clean: ## Remove what was installed and made
	@rm -rf $(VENV) .uv .tools .aws-sam out

$(READY): uv.lock pyproject.toml local/uv.txt local/set_up.sh
	@sh local/set_up.sh $(VENV)
	@touch $@

.tools/%/.ready: local/tools/%.txt local/tools/set_up.sh | $(READY)
	@sh local/tools/set_up.sh $*
	@touch $@
