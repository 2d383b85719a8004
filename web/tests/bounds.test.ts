import assert from "node:assert/strict";
import { test } from "node:test";
import { isTooComplex, isTooDeep, isTooTangled } from "../src/rendering/bounds";
import { split } from "../src/rendering/blocks";

test("texts that would exhaust the reader are shown as they stand, at once", () => {
    for (const text of [">".repeat(20_000), "- ".repeat(5_000), "> 1. ".repeat(50), " * + - ".repeat(30)]) {
        assert.ok(isTooDeep(`Before.\n\n${text}x`), text.slice(0, 10));
        assert.deepEqual(split(`${text}x`, false).blocks, [{ kind: "plain", source: `${text}x` }]);
    }
});

test("what people write is not taken for an attack", () => {
    const list = Array.from({ length: 500 }, (_, index) => `- **item ${index}** of _many_`).join("\n");
    const nested = Array.from({ length: 30 }, (_, index) => `${"  ".repeat(index)}- level ${index}`).join("\n");
    const rules = ["-".repeat(200), "* * *"];
    for (const text of [
        list, nested, ...rules, "> > > quoted", "2 * 3 * 4\n".repeat(100), "1. a\n".repeat(999),
    ]) {
        assert.ok(!isTooDeep(text) && !isTooTangled(text), text.slice(0, 20));
    }
});

test("a paragraph of nothing but marks is too tangled", () => {
    assert.ok(isTooTangled("*a ".repeat(10_000)));
    assert.ok(isTooTangled("*a\n".repeat(10_000)));
    assert.ok(isTooTangled(`Fine.\n\n${"**a *b ".repeat(5_000)}`));
});

test("formulas that define macros, or are too long or too deep, are not drawn", () => {
    for (const formula of [
        "\\def\\f#1{\\f{#1#1}}\\f{x}", "\\edef\\a{x}", "\\gdef\\a{x}", "\\newcommand{\\a}{x}", "\\let\\a=b",
        "x".repeat(10_001), "{".repeat(101),
    ]) assert.ok(isTooComplex(formula), formula.slice(0, 20));
    for (const formula of [
        "\\frac{1}{2}", "\\left(x\\right)", "\\leq \\deg \\longrightarrow \\lettered", "{".repeat(20),
    ]) {
        assert.ok(!isTooComplex(formula), formula);
    }
});
