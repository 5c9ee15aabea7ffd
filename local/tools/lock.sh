#!/bin/sh
# Renews what the tools are locked to: `sh local/tools/lock.sh`, and `sh local/tools/lock.sh sam` for one.
set -eu
for name in ${*:-sam checkov pip-audit awscli}; do
    "$(command -v uv || echo .uv/bin/uv)" pip compile --quiet --no-config --upgrade --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate --output-file "local/tools/$name.txt" "local/tools/$name.in"
done
