# Everything a person needs: `make run` to look at it, `make test` before handing it on, `make bench` to measure it.
# Each target does its own set-up and may be run in a fresh clone.

CARGO ?= cargo
LISTEN ?= 127.0.0.1:8080
DEMO := target/demo
export CARGO

.PHONY: run test bench bench-themes assets check browser screenshots licences clean-demo help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

run: assets ## serve the demonstration, filled with synthetic responses, at http://127.0.0.1:8080
	$(CARGO) build --locked --bin soundings
	@mkdir -p $(DEMO)
	@scripts/announce $(LISTEN) $$$$ & exec target/debug/soundings serve --demo \
		--listen $(LISTEN) --database sqlite://$(DEMO)/soundings.db --data $(DEMO)/data

test: ## everything: style, licences, both databases, forms, real browser
	@exec scripts/test

bench: ## what must be fast, measured, on SQLite and PostgreSQL
	@scripts/install-debian build postgres
	@scripts/fetch-assets
	@PGSSLMODE=disable scripts/postgres run scripts/postgres slow $(CARGO) bench --locked --bench speed

bench-themes: ## how good and how fast theming is; SOUNDINGS_EVALUATION names a folder of labelled answers
	@scripts/install-debian build
	@scripts/fetch-assets
	$(CARGO) bench --locked --bench themes --bench campaigns

assets: ## fetch the front-end files that are not ours into assets/vendor
	@scripts/install-debian build
	@scripts/fetch-assets

check: assets ## the quick part of `make test`: format, clippy, the rules' own tests
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(CARGO) test --locked --workspace --lib

browser: assets ## only the browser tests
	@scripts/install-debian browser
	$(CARGO) build --locked --bin soundings
	@scripts/test-browser

screenshots: assets ## pictures of the main pages, in target/screenshots
	@scripts/install-debian browser
	$(CARGO) build --locked --bin soundings
	node tests/browser/screenshots.mjs

licences: assets ## the licence of everything we build on
	@scripts/check-licences

clean-demo: ## throw the demonstration's data away
	rm -rf $(DEMO)
