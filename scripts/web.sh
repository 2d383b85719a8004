#!/bin/bash
# Builds the chat site: `web.sh FOLDER` checks the types and bundles web/ into FOLDER; `web.sh --test` runs its tests.
#
# Every file except index.html and the manifest has a hash of its content in its name, so browsers may keep it for ever.
# Each text also lies there compressed: the server sends that one as it is and compresses nothing itself.
set -euo pipefail
cd "$(dirname "$0")/.."

# marked's file for browsers is no module, so the module is named. Debian's DOMPurify 2.4.1 asks a variable that it
# never declares (shadowNode) whether to undo FORCE_BODY, and would fail on every text; an empty object says no.
common=(--bundle --log-level=warning --target=es2021 --tsconfig=web/tsconfig.json
    --alias:marked=/usr/share/nodejs/marked/lib/marked.esm.js '--define:shadowNode={}')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tsc -p web/tsconfig.json

if [ "${1:-}" = --test ]; then
    esbuild web/tests/*.test.ts "${common[@]}" --platform=node --format=cjs --outdir="$work" --external:node:*
    node --test "$work"
    exit
fi

out=${1:?usage: web.sh FOLDER, or web.sh --test}
site=$work/site
minified=("${common[@]}" --minify --legal-comments=none --format=esm --main-fields=module,main
    '--define:process.env.NODE_ENV="production"' --outdir="$site"
    --entry-names='[name]-[hash]' --chunk-names='part-[hash]' --asset-names='[name]-[hash]')
mkdir -p "$site"

hashed() { # NAME GLOB: the one file of that kind
    (cd "$site" && ls $1)
}

# Only the fonts' newest format, which every browser with modules reads.
sed -E "s/,url\([^)]*\.(woff|ttf)\) format\(['\"](woff|truetype)['\"]\)//g" /usr/share/javascript/katex/katex.min.css \
    >"$work/mathematics.css"
ln -s /usr/share/javascript/katex/fonts "$work/fonts"
esbuild "$work/mathematics.css" "${minified[@]}" --loader:.woff2=file --public-path=/
esbuild web/src/rendering/highlight-worker.ts "${minified[@]}"
esbuild web/src/app/app.tsx "${minified[@]}" --splitting --metafile="$work/meta.json" \
    "--define:HIGHLIGHT_WORKER=\"/$(hashed 'highlight-worker-*.js')\"" \
    "--define:MATHEMATICS_STYLE=\"/$(hashed 'mathematics-*.css')\""

icon=icon-$(sha256sum web/icon.svg | cut -c1-8).svg
cp web/icon.svg "$site/$icon"
sed "s|@icon@|$icon|" web/manifest.webmanifest >"$site/manifest.webmanifest"
script=$(hashed 'app-*.js')
# What the entry imports at once is fetched beside it, not after it.
preload=$(node -e '
    const outputs = Object.entries(JSON.parse(require("fs").readFileSync(process.argv[1])).outputs)
    const entry = outputs.find(([path]) => path.endsWith(process.argv[2]))[1]
    const parts = entry.imports.filter((part) => part.kind === "import-statement")
    console.log(parts.map(({ path }) => `<link rel="modulepreload" href="/${path.split("/").pop()}">`).join(""))
' "$work/meta.json" "$script")
sed -e "s|@icon@|$icon|; s|@style@|$(hashed 'app-*.css')|; s|@script@|$script|" \
    -e "s|<!-- preload -->|$preload|" web/index.html >"$site/index.html"

find "$site" -type f -not -name '*.woff2' -exec gzip -9 -n -k {} +
mkdir -p "$(dirname "$out")"
rm -rf "$out.new" "$out.old"
cp -r "$site" "$out.new"
[ ! -e "$out" ] || mv "$out" "$out.old"
mv "$out.new" "$out"
rm -rf "$out.old"
