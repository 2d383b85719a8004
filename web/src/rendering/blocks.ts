import { Lexer } from "marked";
import { isTooDeep } from "./bounds";
import { registerMathematics } from "./mathematics";

registerMathematics();

/** A top-level piece of Markdown: a paragraph, a list, a table, a code block. What is `plain` is shown as it stands. */
export interface Block {
    kind: "code" | "table" | "plain" | "other";
    source: string;
}

/** A text cut into blocks. All blocks before `stableEnd` stay as they are, whatever is appended to the text. */
export interface Split {
    text: string;
    stableEnd: number;
    stableCount: number;
    blocks: Block[];
}

/**
 * Cuts Markdown into blocks. While a text grows, only its last block can still change, so only that is read again:
 * `previous` is the last result for the same text when it was shorter.
 */
export function split(text: string, isOpen: boolean, previous?: Split): Split {
    const goesOn = previous !== undefined && text.startsWith(previous.text.slice(0, previous.stableEnd));
    const start = goesOn ? previous.stableEnd : 0;
    const stable = goesOn ? previous.blocks.slice(0, previous.stableCount) : [];
    const tail = text.slice(start);
    const pieces = cutSafely(isOpen ? withoutHalfMarkers(tail) : tail);

    const blocks = [...stable];
    let stableEnd = start;
    let stableCount = stable.length;
    pieces.forEach((piece, index) => {
        blocks.push({ kind: piece.kind, source: piece.source });
        if (index < pieces.length - 1) {
            stableEnd += piece.source.length;
            stableCount += 1;
        }
    });
    return { text, stableEnd, stableCount, blocks };
}

function cutSafely(text: string): Block[] {
    if (!isTooDeep(text)) {
        try {
            return cut(text);
        } catch (error) {
            // The reader calls itself for each level; a text that exhausts the stack is no reason not to show a chat.
            if (!(error instanceof RangeError)) throw error;
        }
    }
    return [{ kind: "plain", source: text }];
}

/** Blocks with the blank lines behind them, so that their sources add up to the text. */
function cut(text: string): Block[] {
    const lexer = new Lexer();
    const lines = text.split(/(?<=\n)/);
    let line = 0;
    const blocks: Block[] = [];
    let kind: Block["kind"] | undefined;
    let raw = "";
    const finish = () => {
        // marked turns tabs into blanks; the block's own lines still have them, and code must keep them.
        const count = raw.split("\n").length - (raw.endsWith("\n") ? 1 : 0);
        const source = lines.slice(line, line + count).join("");
        line += count;
        if (kind === undefined && blocks.length > 0) {
            const last = blocks[blocks.length - 1] as Block;
            blocks[blocks.length - 1] = { kind: last.kind, source: last.source + source };
        } else if (source !== "") {
            blocks.push({ kind: kind ?? "other", source });
        }
        kind = undefined;
        raw = "";
    };
    // Only the blocks: what is inside them is read when they are shown. marked takes an unclosed fence for code only
    // where its last line is ended.
    const ended = text.endsWith("\n") ? text : `${text}\n`;
    for (const token of lexer.blockTokens(ended.replace(/\r(?=\n)/g, " "), [])) {
        raw += token.raw;
        if (token.type !== "space") {
            kind = token.type === "code" && /^ {0,3}(```|~~~)/.test(token.raw) ? "code" : "other";
            if (token.type === "table") kind = "table";
        }
        if (raw.endsWith("\n")) finish();
    }
    if (raw !== "") finish();
    const rest = lines.slice(line).join("");
    if (rest !== "") blocks.push({ kind: "other", source: rest });
    return blocks;
}

/**
 * Leaves out a last line that is only the beginning of a mark. For a moment `-` below a paragraph would make it a
 * heading and `` ``` `` would be shown as it is; with the next token they are a list and a code block.
 */
export function withoutHalfMarkers(text: string): string {
    const start = text.lastIndexOf("\n") + 1;
    const last = text.slice(start);
    const isHalf = /^\s*([-=*+_#>|]+|\d{1,9}[.)]?|`{1,2}|[-*+]\s\[.?\]?)\s*$/.test(last);
    const isFence = /^ {0,3}(`{3,}[^`]*|~{3,}.*)$/.test(last) && !isInsideFence(text.slice(0, start));
    return isHalf || isFence ? text.slice(0, start) : text;
}

function isInsideFence(text: string): boolean {
    let fence: string | undefined;
    for (const line of text.split("\n")) {
        const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
        if (mark === null) continue;
        const [, marks = "", rest = ""] = mark;
        if (fence === undefined) fence = marks;
        else if (marks.startsWith(fence) && rest.trim() === "") fence = undefined;
    }
    return fence !== undefined;
}

/** What a fenced code block holds. */
export interface Code {
    language: string;
    code: string;
}

export function codeOf(source: string): Code {
    const lines = source.replace(/\s+$/, "").split(/\r?\n/);
    const [, indent = "", marks = "```", info = ""] = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(lines[0] ?? "") ?? [];
    const body = lines.slice(1);
    const last = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(body[body.length - 1] ?? "");
    if (last?.[1]?.startsWith(marks)) body.pop();
    const code = body.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
    return { language: (/^\s*([^\s{,]+)/.exec(info ?? "")?.[1] ?? "").toLowerCase(), code: code.join("\n") };
}

/** Closes bold, code and struck text at the end of a growing block, so that their marks do not come and go. */
export function withClosedMarks(source: string): string {
    let text = source.replace(/(\*{1,2}|_{1,2}|`|~{1,2})$/, "");
    const last = text.slice(text.lastIndexOf("\n\n") + 1);
    const isOdd = (mark: RegExp) => (last.match(mark)?.length ?? 0) % 2 === 1;
    if (isOdd(/`/g)) return `${text}\``;
    if (isOdd(/\*\*/g)) text = `${text.trimEnd()}**`;
    if (isOdd(/~~/g)) text = `${text.trimEnd()}~~`;
    return text;
}

/** What a model thought before it answered, apart from the answer. */
export interface Thought {
    thinking: string;
    isThinking: boolean;
    answer: string;
}

export function withoutThought(content: string): Thought {
    const opening = /^\s*<think>\n?/.exec(content)?.[0];
    const start = opening?.length ?? 0;
    const end = opening === undefined ? endOfOpenThought(content) : content.indexOf("</think>");
    if (end < 0 && opening === undefined) return { thinking: "", isThinking: false, answer: content };
    if (end < 0) return { thinking: content.slice(start), isThinking: true, answer: "" };
    return {
        thinking: content.slice(start, end),
        isThinking: false,
        answer: content.slice(end + "</think>".length).replace(/^\s+/, ""),
    };
}

/** Templates that open the thought themselves leave only its end in the text, which begins or ends a line; -1: none. */
function endOfOpenThought(content: string): number {
    const mark = /^[ \t]*<\/think>|<\/think>[ \t]*\n/m.exec(content);
    if (mark === null || content.slice(0, mark.index).includes("<think>")) return -1;
    return content.indexOf("</think>", mark.index);
}
