import type { HighlightAnswer, HighlightRequest } from "./highlight-worker";
import { coloured } from "./safe-html";

/** Longer code stays plain: nobody reads the colours of so much of it, and it would hold up the rest. */
const lengthLimit = 60_000;
/** A highlighter that takes longer is caught in a bad case; its thread is ended. */
const millisecondsLimit = 1_500;
const cacheLimit = 300;

interface Job {
    request: HighlightRequest;
    resolve: (html: string | null) => void;
}

const cache = new Map<string, string | null>();
const queue: Job[] = [];
let current: Job | undefined;
let worker: Worker | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let lastID = 0;

const keyOf = (code: string, language: string) => `${language}\n${code}`;

/** The colours of this code, if they are known already: finished blocks that come back are coloured at once. */
export function knownHighlight(code: string, language: string): string | null | undefined {
    return cache.get(keyOf(code, language));
}

/** Colours code; null where that is not possible: unknown language, too long, too slow. */
export function highlight(code: string, language: string): Promise<string | null> {
    if (language === "" || code.length > lengthLimit) return Promise.resolve(null);
    const known = knownHighlight(code, language);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
        queue.push({ request: { id: ++lastID, code, language }, resolve });
        next();
    });
}

function next() {
    if (current !== undefined) return;
    current = queue.shift();
    if (current === undefined) return;
    worker ??= start();
    worker.postMessage(current.request);
    timer = setTimeout(() => {
        worker?.terminate();
        worker = undefined;
        finish(null);
    }, millisecondsLimit);
}

function start(): Worker {
    const started = new Worker(HIGHLIGHT_WORKER, { type: "module" });
    started.onmessage = ({ data }: MessageEvent<HighlightAnswer>) => {
        if (data.id === current?.request.id) finish(data.html === null ? null : coloured(data.html));
    };
    started.onerror = () => {
        started.terminate();
        if (worker === started) worker = undefined;
        finish(null);
    };
    return started;
}

function finish(html: string | null) {
    clearTimeout(timer);
    const job = current;
    current = undefined;
    if (job !== undefined) {
        remember(keyOf(job.request.code, job.request.language), html);
        job.resolve(html);
    }
    next();
}

function remember(key: string, html: string | null) {
    cache.set(key, html);
    const oldest = cache.keys().next();
    if (cache.size > cacheLimit && !oldest.done) cache.delete(oldest.value);
}
