import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../src/api/types";
import { relative } from "../src/pages/times";
import { end } from "../src/share/expiry";
import { openBranch } from "../src/share/open-branch";

function message(id: string, parent?: string): Message {
    return { id, chat: "c", parent, role: "user", content: id, created: 0, state: "done" };
}

test("only the open branch is printed, from the first message to the leaf", () => {
    const tree = [message("q2", "a1"), message("a1", "q1"), message("q1"), message("a1b", "q1"), message("a2", "q2")];
    assert.deepEqual(openBranch(tree, "a2").map(({ id }) => id), ["q1", "a1", "q2", "a2"]);
    assert.deepEqual(openBranch(tree, "a1b").map(({ id }) => id), ["q1", "a1b"]);
});

test("a broken tree gives what hangs together, and a circle ends", () => {
    assert.deepEqual(openBranch([message("b", "missing")], "b").map(({ id }) => id), ["b"]);
    assert.deepEqual(openBranch([], undefined), []);
    assert.ok(openBranch([message("a", "b"), message("b", "a")], "a").length <= 3);
});

test("a link's end is counted from now, and never is no end", () => {
    assert.equal(end("hour", 1000), 3_601_000);
    assert.equal(end("never", 1000), undefined);
});

test("a time is told by its largest unit", () => {
    assert.equal(relative(0, 30_000, "en"), "now");
    assert.equal(relative(0, 5 * 60_000, "en"), "5 minutes ago");
    assert.equal(relative(0, 26 * 3_600_000, "en"), "yesterday");
    assert.equal(relative(3 * 86_400_000, 0, "zh"), "3天后");
});
