// Whoever writes a text may want it to hang or break the page that shows it. The readers of Markdown and of formulas
// call themselves for each level of nesting and compare every mark with every other; what is beyond these bounds nobody
// wrote to be read, and it is shown as it stands.

const levels = 40;
const marks = 1_000;
const formulaLength = 10_000;
const formulaLevels = 100;

const nested = new RegExp(`^[ \\t]*(?:(?:>|[-*+](?=[ \\t])|\\d{1,9}[.)](?=[ \\t]))[ \\t]*){${levels},}`, "m");

/** Whether quotations and lists stand in each other too deep to be read. */
export function isTooDeep(markdown: string): boolean {
    return nested.test(markdown);
}

/** Whether a paragraph has so many marks of emphasis that finding their pairs takes seconds. */
export function isTooTangled(block: string): boolean {
    const paragraphs = block.split(/\n(?=[ \t]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|[>#|]|$))/m);
    return paragraphs.some((paragraph) => (paragraph.match(/[*_~]+/g)?.length ?? 0) > marks);
}

/**
 * Whether a formula defines macros, or is too long or too deep. KaTeX's bound on expansions does not hold for
 * definitions (CVE-2024-28243, CVE-2024-28244), and none of them outlives its formula anyway.
 */
export function isTooComplex(formula: string): boolean {
    if (formula.length > formulaLength) return true;
    if (/\\(?:[egx]?def|let|futurelet|global|long|(?:new|renew|provide)command)(?![A-Za-z])/.test(formula)) return true;
    let depth = 0;
    for (const character of formula) {
        if (character === "{") depth += 1;
        else if (character === "}") depth -= 1;
        if (depth > formulaLevels) return true;
    }
    return false;
}
