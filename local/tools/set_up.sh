#!/bin/sh
# Installs one tool into an environment of its own, .tools/NAME, from locked and hashed versions: local/tools/NAME.txt.
# These cannot share an environment with the project, nor with each other: each pins other versions of the same.
set -eu
name=$1
uv=$(command -v uv || echo .uv/bin/uv)

echo "$name, from local/tools/$name.txt"
"$uv" venv --quiet --clear --no-python-downloads --python "$(command -v python3)" ".tools/$name"
"$uv" pip install --quiet --no-config --python ".tools/$name" --require-hashes --only-binary :all: \
    --requirement "local/tools/$name.txt"
