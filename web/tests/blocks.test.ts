import assert from "node:assert/strict";
import { test } from "node:test";
import type { Split } from "../src/rendering/blocks";
import { codeOf, split, withClosedMarks, withoutHalfMarkers, withoutThought } from "../src/rendering/blocks";

const sample = `# Title

A paragraph with **bold** text
on two lines.

- one
- two

  still two
- three

\`\`\`make
all:
\ttrue

    four
\`\`\`
| a | b |
| - | - |
| 1 | 2 |

$$
x^2
$$

> quoted

Last words.
`;

test("blocks add up to the text", () => {
    const others = ["", "\n", "    code\n", sample.trimEnd(), `\n\n${sample}`, sample.replace(/\n/g, "\r\n")];
    for (const text of [sample, ...others]) {
        assert.equal(split(text, false).blocks.map((block) => block.source).join(""), text);
    }
});

test("blocks are what they look like", () => {
    const { blocks } = split(sample, false);
    assert.deepEqual(blocks.map((block) => block.kind), [
        "other", "other", "other", "code", "table", "other", "other", "other",
    ]);
});

test("a text that grows by any steps ends as the same blocks, and stable ones never change", () => {
    for (const step of [1, 3, 7, 40]) {
        let now: Split | undefined;
        for (let end = 0; end < sample.length; end += step) {
            const next = split(sample.slice(0, end), true, now);
            if (now !== undefined) {
                const kept = now.blocks.slice(0, now.stableCount);
                assert.deepEqual(next.blocks.slice(0, kept.length), kept, `step ${step}, at ${end}`);
            }
            now = next;
        }
        assert.deepEqual(split(sample, false, now).blocks, split(sample, false).blocks);
    }
});

test("a text that was replaced by another is read anew", () => {
    const before = split(sample, true);
    assert.deepEqual(split("Other words.\n", false, before).blocks, split("Other words.\n", false).blocks);
});

test("an unclosed fence is code already", () => {
    const { blocks } = split("Look:\n\n```swift\nlet a = 1\n", true);
    assert.deepEqual(blocks.map((block) => block.kind), ["other", "code"]);
    assert.deepEqual(codeOf(blocks[1]?.source ?? ""), { language: "swift", code: "let a = 1" });
});

test("code keeps its tabs and inner fences", () => {
    assert.deepEqual(codeOf("```make\nall:\n\ttrue\n```\n"), { language: "make", code: "all:\n\ttrue" });
    assert.deepEqual(codeOf("````\n```\ninner\n```\n````"), { language: "", code: "```\ninner\n```" });
    assert.equal(codeOf("~~~ Python {x}\r\na\r\n~~~").language, "python");
});

test("half of a mark is not shown", () => {
    assert.equal(withoutHalfMarkers("Items:\n-"), "Items:\n");
    assert.equal(withoutHalfMarkers("Items:\n1."), "Items:\n");
    assert.equal(withoutHalfMarkers("Items:\n``"), "Items:\n");
    assert.equal(withoutHalfMarkers("Code:\n```sw"), "Code:\n");
    assert.equal(withoutHalfMarkers("Items:\n- a"), "Items:\n- a");
    assert.equal(withoutHalfMarkers("```\na\n```"), "```\na\n```");
});

test("marks that are not closed yet are closed for now", () => {
    assert.equal(withClosedMarks("a **bold"), "a **bold**");
    assert.equal(withClosedMarks("a **bold*"), "a **bold**");
    assert.equal(withClosedMarks("a `code"), "a `code`");
    assert.equal(withClosedMarks("a **b** c"), "a **b** c");
});

test("a thought is told from the answer, also while it goes on", () => {
    assert.deepEqual(withoutThought("<think>\nhm"), { thinking: "hm", isThinking: true, answer: "" });
    assert.deepEqual(withoutThought("<think>hm</think>\n\nYes"), { thinking: "hm", isThinking: false, answer: "Yes" });
    assert.deepEqual(withoutThought("hm\n</think>\n\nYes"), { thinking: "hm\n", isThinking: false, answer: "Yes" });
    assert.deepEqual(withoutThought("hm</think>\nYes"), { thinking: "hm", isThinking: false, answer: "Yes" });
    for (const answer of ["It ends with `</think>`:", "Between <think> and\n</think>"]) {
        assert.deepEqual(withoutThought(answer), { thinking: "", isThinking: false, answer });
    }
    assert.deepEqual(withoutThought("No <think>"), { thinking: "", isThinking: false, answer: "No <think>" });
});
