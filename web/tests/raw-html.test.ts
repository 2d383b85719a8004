import assert from "node:assert/strict";
import { test } from "node:test";
import { plainHtml } from "../src/rendering/raw-html";

test("plain elements stay, without their attributes", () => {
    assert.equal(plainHtml("H<sub>2</sub>O<br/>"), "H<sub>2</sub>O<br>");
    const folded = '<details open onclick="x()"><SUMMARY class="dialog">a</SUMMARY>';
    assert.equal(plainHtml(folded), "<details><summary>a</summary>");
});

test("other tags are shown as they were written", () => {
    assert.equal(plainHtml("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert.equal(plainHtml('<img src=x onerror="a()">'), '&lt;img src=x onerror="a()"&gt;');
    assert.equal(plainHtml("<svg/onload=a()>"), "&lt;svg/onload=a()&gt;");
});

test("nothing that tears a tag apart makes another one", () => {
    const torn = [
        "<b<script>x", '<b title="<img src=x onerror=a()>">', "<", "</", "<!--", "<!-- > --><i>", "<b\n<img x>",
    ];
    for (const text of torn) {
        const tags = plainHtml(text).match(/<[^>]*>?/g) ?? [];
        assert.ok(tags.every((tag) => /^<\/?[a-z\d]+>$/.test(tag)), `${text} became ${plainHtml(text)}`);
    }
});
