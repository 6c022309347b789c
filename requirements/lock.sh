#!/usr/bin/env bash
# Writes requirements/*.txt and package-lock.json again from pyproject.toml and package.json; `./dev lock` calls it with PYTHON set.
# Pinned versions stay as they are unless --upgrade is given.  uv is a tool of maintainers and lives in a throw-away environment.
set -euo pipefail
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$PYTHON" -m venv --without-pip "$tools"
"$PYTHON" -m pip -qq --python "$tools/bin/python" install uv

# compile NAME ARGUMENTS...: one lock for every system and Python that the project supports; no index is named in it.
compile() {
  local file=requirements/$1.txt
  shift
  "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --output-file "$file" "$@"
  sed -i '1i # Made by ./dev lock from pyproject.toml.' "$file"
}

compile core pyproject.toml "$@"
compile images pyproject.toml --extra images --constraint requirements/core.txt "$@"
compile service pyproject.toml --extra service --extra postgres --constraint requirements/images.txt "$@"
for group in test lint node build; do
  compile "$group" --group "$group" --constraint requirements/images.txt --constraint requirements/service.txt "$@"
done
npm install --package-lock-only --silent
