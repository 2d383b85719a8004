import assert from "node:assert/strict";
import { test } from "node:test";
import { marked } from "marked";
import { blockFormula, registerMathematics, setFormulaRenderer } from "../src/rendering/mathematics";

registerMathematics();
setFormulaRenderer(({ source, isDisplay }) => (isDisplay ? `[D:${source}]` : `[I:${source}]`));
const inline = (text: string) => marked.parseInline(text);

test("the four ways to write a formula are read", () => {
    assert.equal(inline("so $x^2$ and \\(y\\)"), "so [I:x^2] and [I:y]");
    assert.equal(inline("so $$x$$ and \\[y\\]"), "so [D:x] and [D:y]");
    assert.equal(inline("$a_1 * b_1$ and $c$, $2x + 1$"), "[I:a_1 * b_1] and [I:c], [I:2x + 1]");
    assert.equal(inline("公式$x$如此"), "公式[I:x]如此");
});

test("prices, variables of a shell and code are none", () => {
    for (const text of [
        "It costs $5 and $10.", "from $20/$30 to $40", "$5-$10", "US$5 and A$6", "$5k to $10k", "a $ b $ c",
        "$5 million or $6", "价格$5和$10", "花$5和$，", "between $1,000 and $2,000",
    ]) {
        assert.equal(inline(text), text);
    }
    assert.equal(inline("`$x$` is code"), "<code>$x$</code> is code");
    assert.equal(inline("set $HOME to `$PATH`"), "set $HOME to <code>$PATH</code>");
    assert.equal(inline("\\$x$"), "$x$");
});

test("a formula alone on its lines is a block, closed or not yet", () => {
    assert.equal(marked.parse("a\n\n$$\nx\n$$\n\nb").replace(/\n/g, ""), "<p>a</p>[D:x]<p>b</p>");
    assert.equal(marked.parse("\\[\nx\n\\]\n"), "[D:x]");
    assert.deepEqual(blockFormula("$$\nx +"), { raw: "$$\nx +", source: "\nx +", isDisplay: true, isClosed: false });
    assert.equal(blockFormula("$$5 and more"), undefined);
});
