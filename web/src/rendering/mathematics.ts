import { marked } from "marked";

/** A formula, as it stands in a text. */
export interface Formula {
    raw: string;
    source: string;
    isDisplay: boolean;
}

/**
 * A formula at the very start of `text`, inside a line: `\(…\)`, `\[…\]`, `$$…$$`, `$…$`. A single dollar counts only
 * as in Pandoc: no blank inside beside the marks and no Latin letter or digit behind; what looks like a price is none.
 */
export function inlineFormula(text: string): Formula | undefined {
    const marks: [RegExp, boolean][] = [
        [/^\\\(([\s\S]+?)\\\)/, false],
        [/^\\\[([\s\S]+?)\\\]/, true],
        [/^\$\$(?!\$)([^$]+?)\$\$/, true],
    ];
    for (const [mark, isDisplay] of marks) {
        const found = mark.exec(text);
        if (found !== null) return { raw: found[0] ?? "", source: (found[1] ?? "").trim(), isDisplay };
    }
    const found = /^\$(?![\s$])((?:\\[\s\S]|[^\\$`\n])+?)(?<!\s)\$(?![A-Za-z0-9$])/.exec(text);
    const source = found?.[1] ?? "";
    if (found === null || isPrice(source)) return undefined;
    return { raw: found[0] ?? "", source, isDisplay: false };
}

/** `5 and A` between two dollars is no formula: a number, then words, and nothing that only mathematics has. */
function isPrice(source: string): boolean {
    const isAmount = /^\d[\d.,]*\s*(?:[kKmMbB]\b)?[\s–—-]*(?:\p{Script=Han}|\p{L}{2,})/u.test(source);
    return isAmount && !/[\\^_={}<>+*/]/.test(source);
}

/** A formula that begins a line and stands alone; one that is not closed yet reaches to the end of its paragraph. */
export function blockFormula(text: string): (Formula & { isClosed: boolean }) | undefined {
    for (const [open, close] of [["$$", "$$"], ["\\[", "\\]"]] as const) {
        const start = /^ {0,3}/.exec(text)?.[0]?.length ?? 0;
        if (!text.startsWith(open, start)) continue;
        const from = start + open.length;
        const end = text.indexOf(close, from);
        const paragraph = /\n[ \t]*\n/.exec(text)?.index ?? text.length;
        if (end < 0 || end > paragraph) {
            if (!/^[ \t]*\n/.test(text.slice(from))) return undefined;
            const source = text.slice(from, paragraph);
            return { raw: text.slice(0, paragraph), source, isDisplay: true, isClosed: false };
        }
        const behind = /^[ \t]*(?:\n+|$)/.exec(text.slice(end + close.length));
        if (behind === null || end === from) return undefined;
        const raw = text.slice(0, end + close.length) + behind[0];
        return { raw, source: text.slice(from, end).trim(), isDisplay: true, isClosed: true };
    }
    return undefined;
}

/** Where a formula may begin next. A dollar right behind a letter or digit begins none: `US$5`. */
export function nextFormula(text: string): number | undefined {
    const found = /(?<![A-Za-z0-9\\$])\$|\\[([]/.exec(text);
    return found?.index;
}

/** Puts a formula's source where HTML shall stand for it. */
export type FormulaRenderer = (formula: Formula) => string;

let renderFormula: FormulaRenderer = ({ raw }) => raw.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function setFormulaRenderer(renderer: FormulaRenderer) {
    renderFormula = renderer;
}

let isRegistered = false;

/** Teaches marked to know formulas, before it reads `\(` as an escaped bracket. */
export function registerMathematics() {
    if (isRegistered) return;
    isRegistered = true;
    marked.use({
        extensions: [
            {
                name: "blockFormula",
                level: "block",
                start: (text: string) => /(?:^|\n) {0,3}(?:\$\$|\\\[)/.exec(text)?.index,
                tokenizer(text: string) {
                    const formula = blockFormula(text);
                    return formula && { type: "blockFormula", ...formula };
                },
                renderer: (token) => renderFormula(token as unknown as Formula),
            },
            {
                name: "inlineFormula",
                level: "inline",
                start: nextFormula,
                tokenizer(text: string) {
                    const formula = inlineFormula(text);
                    return formula && { type: "inlineFormula", ...formula };
                },
                renderer: (token) => renderFormula(token as unknown as Formula),
            },
        ],
    });
}
