# Two commands for a newcomer: `make demo` and `make test`. The rest is for who works on it.
PY := .venv/bin/python
STAMP := .venv/.installed

.PHONY: demo test lock format clean

demo: $(STAMP) ## bring up all of it: demo LMS, LTI tool, assistant, XBlock workbench (Ctrl-C stops it)
	@$(PY) -m demo

test: $(STAMP) ## every check, on real stores and in a real browser
	@bash scripts/system-packages.sh
	@PATH="$$(bash scripts/other-pythons.sh)$$PATH" .venv/bin/tox run

$(STAMP): requirements/dev.txt setup.py
	@bash scripts/install.sh
	@touch $@

lock: ## resolve the locks anew
	.venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		setup.py requirements/tools.in --extra lti --extra assistant --extra openai --extra anthropic --extra mistral --extra ollama --extra postgres --extra redis --extra dev -o requirements/dev.txt
	.venv/bin/uv pip compile -q --python-version 3.11 --generate-hashes \
		setup.py requirements/edx-teak.in -o requirements/edx-teak.txt

format: $(STAMP)
	.venv/bin/ruff check -q --fix . ; .venv/bin/ruff format -q .

clean:
	rm -rf .venv .tox build dist *.egg-info var
