#!/bin/bash
# Makes sure that the tools a job needs are on this machine: `require.sh JOB…`.
# A job is swift, build, web, python, browser, bench or peers.
#
# Looks before it installs, so that nothing is asked of apt when nothing is missing. Installs only with root's rights
# (or sudo without a password); otherwise names the packages and stops.
set -euo pipefail

missing=()
needs() { # PACKAGE TEST…: the package is missing if the test fails
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

for job in "$@"; do
    case $job in
        swift | build)
            if ! command -v swift >/dev/null; then
                echo "error: no 'swift' on PATH, and no apt package has it." >&2
                echo "Install the Swift 6.3 toolchain from https://www.swift.org/install/linux/ and run this again." >&2
                exit 1
            fi
            ;;&
        build)
            needs git command -v git
            needs g++ command -v g++ # C library headers, start-up files, libgcc, libstdc++
            needs libsqlite3-dev test -e /usr/include/sqlite3.h # GRDB's SQLite is the system's
            needs zlib1g-dev test -e /usr/include/zlib.h # SwiftNIO's compression links it
            ;;
        web)
            needs node-typescript command -v tsc
            needs esbuild command -v esbuild
            needs nodejs command -v node
            needs node-react test -d /usr/share/nodejs/react
            needs node-react-dom test -d /usr/share/nodejs/react-dom
            needs node-csstype test -d /usr/share/nodejs/csstype # React's types name these two
            needs node-prop-types test -d /usr/share/nodejs/@types/prop-types
            needs node-marked test -d /usr/share/nodejs/marked
            needs node-dompurify test -d /usr/share/nodejs/dompurify
            needs node-highlight.js test -d /usr/share/nodejs/highlight.js
            needs node-chart.js test -d /usr/share/nodejs/chart.js
            needs libjs-katex test -e /usr/share/javascript/katex/katex.mjs
            ;;
        python)
            needs python3 command -v python3
            needs python3-pip python3 -c 'import pip'
            needs python3-venv python3 -c 'import venv, ensurepip'
            # The kernels for 64-bit Arm are built and run wherever the tests run.
            needs qemu-user-static command -v qemu-aarch64-static
            needs gcc-aarch64-linux-gnu command -v aarch64-linux-gnu-gcc # libgcc and the linker
            needs libc6-dev-arm64-cross test -d /usr/aarch64-linux-gnu/include
            ;;
        browser)
            needs chromium command -v chromium
            ;;
        bench)
            needs nginx-light command -v nginx
            needs wrk command -v wrk
            ;;
        peers)
            needs libtcmalloc-minimal4 sh -c 'ls /usr/lib/*/libtcmalloc_minimal.so.4' # vLLM's allocator
            ;;
        swift) ;;
        *)
            echo "error: require.sh knows no job '$job'" >&2
            exit 2
            ;;
    esac
done

[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "error: missing here (by their Debian names): ${missing[*]}" >&2
    echo "This system has no apt-get: install them with its own package manager and run this again." >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "error: missing packages, and no right to install them. Run this first:" >&2
    echo "    sudo apt-get install ${missing[*]}" >&2
    exit 1
fi
echo "Installing: ${missing[*]}"
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
