// Types of what Debian packages without them, as far as they are used here.

declare module "katex" {
    interface Options {
        displayMode?: boolean;
        throwOnError?: boolean;
        strict?: boolean | "ignore";
        trust?: boolean;
        maxSize?: number;
        maxExpand?: number;
        output?: "html" | "mathml" | "htmlAndMathml";
    }
    const katex: { renderToString(source: string, options?: Options): string };
    export default katex;
}

declare module "highlight.js/lib/highlight" {
    interface Highlighter {
        registerLanguage(name: string, language: unknown): void;
        getLanguage(name: string): unknown;
        highlight(name: string, code: string, ignoreIllegals?: boolean): { value: string };
    }
    const highlighter: Highlighter;
    export default highlighter;
}

declare module "highlight.js/lib/languages/*" {
    const language: unknown;
    export default language;
}

declare module "node:test" {
    export function test(name: string, body: () => void | Promise<void>): void;
}

declare module "node:assert/strict" {
    const assert: {
        equal(actual: unknown, expected: unknown, message?: string): void;
        deepEqual(actual: unknown, expected: unknown, message?: string): void;
        ok(value: unknown, message?: string): void;
    };
    export default assert;
}

// Names of files that the bundler gives out; see scripts/web.sh.
declare const HIGHLIGHT_WORKER: string;
declare const MATHEMATICS_STYLE: string;
