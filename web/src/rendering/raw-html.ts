/** Elements that people write inside Markdown because it has no mark for them. They pass only without attributes. */
const plainTags = new Set([
    "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
]);

const escaped = (text: string) => text.replace(/&(?![a-zA-Z]+;|#\d+;|#x[\da-fA-F]+;)/g, "&amp;")
    .replace(/</g, "&lt;").replace(/>/g, "&gt;");

/**
 * HTML inside Markdown: plain elements stay, attributes go, and every other tag is shown as it was written, so that the
 * reader sees what a model meant. The sanitiser comes after this and knows nothing of it.
 */
export function plainHtml(html: string): string {
    return html
        .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
        .split(/(<\/?[a-zA-Z][^<>]*>)/)
        .map((part, index) => {
            if (index % 2 === 0) return escaped(part);
            const [, end = "", name = ""] = /^<(\/?)([a-zA-Z][a-zA-Z\d]*)/.exec(part) ?? [];
            return plainTags.has(name.toLowerCase()) ? `<${end}${name.toLowerCase()}>` : escaped(part);
        })
        .join("");
}
