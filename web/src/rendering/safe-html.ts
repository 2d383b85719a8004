import DOMPurify from "dompurify";
import { marked } from "marked";
import { isTooTangled } from "./bounds";
import type { Formula } from "./mathematics";
import { registerMathematics, setFormulaRenderer } from "./mathematics";
import { plainHtml } from "./raw-html";

// Whatever a model writes may have been written by somebody who means harm: a page that it was given to read, an
// import, a shared chat. So only these elements and attributes pass, whether from Markdown or from HTML inside it.
const elements = [
    "a", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small",
    "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
];
const attributes = ["align", "alt", "class", "colspan", "href", "open", "rowspan", "src", "start", "title"];

// Nobody who writes a text can know these names, so nobody can forge a formula's place or borrow the site's classes.
const nonce = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join("");
const formulaClass = `formula-${nonce}`;
const taskClass = `task-${nonce}`;

let formulas: Formula[] = [];
let shown: ((formula: Formula) => string | undefined) | undefined;

/** What draws formulas, once it is loaded; until then, and where it draws nothing, their source is shown. */
export function setFormulaDrawer(draw: (formula: Formula) => string | undefined) {
    shown = draw;
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

registerMathematics();
setFormulaRenderer((formula) => {
    formulas.push(formula);
    const element = formula.isDisplay ? "div" : "span";
    return `<${element} class="${formulaClass}">${escaped(formula.source)}</${element}>`;
});
marked.use({
    renderer: {
        html: plainHtml,
        checkbox: (isChecked: boolean) => `<span class="${taskClass}">${isChecked ? "☑" : "☐"}</span> `,
    },
});

export interface Rendered {
    content: DocumentFragment;
    hasFormulas: boolean;
}

/** Makes Markdown into elements that may be shown. Nothing in it can run, load, or look like a part of the site. */
export function rendered(markdown: string): Rendered {
    if (isTooTangled(markdown)) return asItStands(markdown);
    try {
        return read(markdown);
    } catch (error) {
        // A text that exhausts the reader's stack is no reason not to show the rest of a chat.
        if (!(error instanceof RangeError)) throw error;
        return asItStands(markdown);
    }
}

function asItStands(markdown: string): Rendered {
    const content = document.createDocumentFragment();
    const element = document.createElement("div");
    element.className = "plain";
    element.textContent = markdown;
    content.append(element);
    return { content, hasFormulas: false };
}

function read(markdown: string): Rendered {
    formulas = [];
    const html = marked.parse(markdown, { gfm: true, breaks: false, mangle: false, headerIds: false });
    const content = DOMPurify.sanitize(html, {
        ALLOWED_TAGS: elements,
        ALLOWED_ATTR: attributes,
        ALLOW_DATA_ATTR: false,
        ALLOW_ARIA_ATTR: false,
        RETURN_DOM_FRAGMENT: true,
    });
    const found = [...formulas];
    content.querySelectorAll("img").forEach(keepLocalImage);
    content.querySelectorAll("a").forEach(openElsewhere);
    content.querySelectorAll("[class]").forEach((element) => {
        if (element.classList.contains(taskClass)) element.className = "task";
        else if (element.classList.contains(formulaClass)) showFormula(element, found);
        else keepLanguage(element);
    });
    content.querySelectorAll("table").forEach(makeScrollable);
    return { content, hasFormulas: formulas.length > 0 };
}

/** Colours of code come from the highlighter's thread as HTML, and pass the same way. */
export function coloured(html: string): string {
    return DOMPurify.sanitize(html, { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], ALLOW_DATA_ATTR: false });
}

/** A remote image would tell its server what is in the chat: the address is shown instead, and nothing is loaded. */
function keepLocalImage(image: HTMLImageElement) {
    const source = image.getAttribute("src") ?? "";
    if (/^(data:image\/(png|jpe?g|gif|webp|avif);|blob:)/i.test(source)) return;
    const link = image.ownerDocument.createElement("a");
    if (/^https?:\/\//i.test(source)) link.href = source;
    link.textContent = image.alt || source;
    // A link inside a link is not allowed; the outer one stays.
    if (image.closest("a") !== null) image.replaceWith(link.textContent);
    else image.replaceWith(link);
}

function openElsewhere(link: HTMLAnchorElement) {
    if (!/^(https?:|mailto:|\/(?!\/)|#)/i.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
    link.target = "_blank";
    link.rel = "noopener noreferrer";
}

function showFormula(element: Element, all: Formula[]) {
    const formula = all.shift();
    if (formula === undefined) return element.removeAttribute("class");
    element.className = formula.isDisplay ? "formula display" : "formula";
    const isOpen = "isClosed" in formula && !formula["isClosed" as keyof Formula];
    const html = isOpen ? undefined : shown?.(formula);
    if (html === undefined) element.className += " source";
    else element.innerHTML = html;
}

function keepLanguage(element: Element) {
    const language = element.localName === "code" ? /^language-[\w+#.-]{1,30}$/.exec(element.className) : null;
    if (language === null) element.removeAttribute("class");
}

function makeScrollable(table: HTMLTableElement) {
    const frame = table.ownerDocument.createElement("div");
    frame.className = "table-frame";
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
}
