#!/bin/sh
# Checks the page's modules against the types of the JSON that they are sent (anpr/screen/static/js/types.d.ts).
set -eu
cd "$(dirname "$0")/.."
wanted=.ci/page-check
kept=.venv/page-check # `make clean` takes it away

node_is_there() { command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; }

if ! node_is_there && [ -z "${CI:-}" ]; then
    echo "The page's modules were not checked: that needs node and npm (Debian: nodejs npm)." >&2
    exit 0
fi
if ! node_is_there && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm >/dev/null
fi
node_is_there || { echo "The page's modules cannot be checked: install node and npm (Debian: nodejs npm)." >&2; exit 1; }

# the lock file is copied last, so that an installation that broke off is done again
if ! cmp -s "$wanted/package-lock.json" "$kept/installed.json"; then
    mkdir -p "$kept"
    cp "$wanted/package.json" "$wanted/package-lock.json" "$kept"
    npm ci --prefix "$kept" --silent --no-audit --no-fund
    cp "$wanted/package-lock.json" "$kept/installed.json"
fi
node "$kept/node_modules/typescript/bin/tsc" --project "$wanted"
