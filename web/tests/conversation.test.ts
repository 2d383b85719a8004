import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chat, Message } from "../src/api/types";
import { byDay, dayOf } from "../src/chat/state/days";
import { endingsSoFar, noteEnding } from "../src/chat/state/endings";
import { estimate, heardNext } from "../src/chat/state/estimate";
import { withAnswers, withDelta } from "../src/chat/state/merge";
import { branch, newestLeaf, siblingsOf } from "../src/chat/state/tree";

const message = (id: string, parent?: string, more: Partial<Message> = {}): Message => ({
    id, chat: "c", parent, role: id.startsWith("q") ? "user" : "assistant", content: "", created: Number(id.slice(1)),
    state: "done", ...more,
});
const tree = (...all: Message[]) => new Map(all.map((one) => [one.id, one]));
const ids = (all: Message[]) => all.map(({ id }) => id).join(" ");

const forked = tree(
    message("q1"), message("a2", "q1"), message("q3", "a2"), message("a4", "q3"), message("a5", "q3"),
    message("q6", "a2"), message("a7", "q6"),
);

test("the open branch leads from the first message to the leaf", () => {
    assert.equal(ids(branch(forked, "a4")), "q1 a2 q3 a4");
    assert.equal(ids(branch(forked, "q3")), "q1 a2 q3");
});

test("without a known leaf the newest branch is open", () => {
    assert.equal(ids(branch(forked, undefined)), "q1 a2 q6 a7");
    assert.equal(ids(branch(forked, "gone")), "q1 a2 q6 a7");
    assert.equal(ids(branch(new Map(), "gone")), "");
});

test("a broken tree that goes in a circle ends", () => {
    const circle = tree(message("q1", "a2"), message("a2", "q1"));
    assert.equal(branch(circle, "a2").length, 2);
    assert.equal(newestLeaf(circle, "q1") !== undefined, true);
});

test("siblings are the versions of a message, oldest first", () => {
    const siblings = siblingsOf(forked);
    assert.deepEqual(siblings(forked.get("a5") as Message), ["a4", "a5"]);
    assert.deepEqual(siblings(forked.get("q3") as Message), ["q3", "q6"]);
    assert.equal(newestLeaf(forked, "q3"), "a5");
});

test("a piece of text fits at the end, twice, or overlapping; else it does not fit", () => {
    const now = message("a1", undefined, { content: "Hi 🦙" });
    const at = (start: number, text: string) => {
        return withDelta(now, { message: "a1", chat: "c", at: start, text })?.content;
    };
    assert.equal("Hi 🦙".length, 5);
    assert.equal(at(5, " there"), "Hi 🦙 there");
    assert.equal(at(0, "Hi"), "Hi 🦙");
    assert.equal(at(3, "🦙 there"), "Hi 🦙 there");
    assert.equal(at(6, "lost"), undefined);
    assert.equal(at(3, "other"), undefined);
});

test("an answer of a call never takes back what the stream brought", () => {
    const live = tree(message("a1", undefined, { content: "long text", state: "running" }));
    const late = withAnswers(live, [message("a1", undefined, { content: "", state: "waiting" })], 0);
    assert.equal(late.get("a1")?.content, "long text");
    const ended = withAnswers(live, [message("a1", undefined, { content: "long", state: "stopped" })], 0);
    assert.equal(ended.get("a1")?.state, "stopped");
});

test("an end that overtook the answer of a call stays, and an older one gives way to what goes on", () => {
    const failed = message("a1", undefined, { content: "text", state: "failed" });
    const goesOn = message("a1", undefined, { content: "text", state: "running" });
    const mark = endingsSoFar();
    noteEnding("a1");
    assert.equal(withAnswers(tree(failed), [goesOn], mark).get("a1")?.state, "failed");
    assert.equal(withAnswers(tree(failed), [goesOn], endingsSoFar()).get("a1")?.state, "running");
});

test("chats are grouped by the reader's days", () => {
    const now = new Date(2026, 2, 15, 0, 30);
    assert.equal(dayOf(new Date(2026, 2, 15, 0, 1), now), "today");
    assert.equal(dayOf(new Date(2026, 2, 14, 23, 59), now), "yesterday");
    assert.equal(dayOf(new Date(2026, 2, 8), now), "week");
    assert.equal(dayOf(new Date(2026, 2, 7, 23), now), "month");
    assert.deepEqual(dayOf(new Date(2025, 11, 31), now), { year: 2025, month: 11 });
    const chat = (id: string, updated: Date, pinned = false) => ({ id, updated: updated.getTime(), pinned }) as Chat;
    const groups = byDay(
        [chat("old", new Date(2025, 11, 31)), chat("new", now), chat("kept", new Date(2025, 1, 1), true)], now,
    );
    assert.deepEqual(groups.map(({ day, chats }) => [day, chats.map(({ id }) => id)]), [
        ["pinned", ["kept"]], ["today", ["new"]], [{ year: 2025, month: 11 }, ["old"]],
    ]);
});

test("a start is counted on, never backwards and never to the end", () => {
    const heard = { percent: 20, remaining: 10, at: 0 };
    const steps = [0, 1, 5, 9, 15, 600].map((seconds) => estimate(heard, seconds * 1000));
    steps.reduce((one, other) => {
        assert.ok(other.percent > one.percent || other.percent >= 95);
        return other;
    });
    assert.ok(steps.every(({ percent }) => percent < 100));
    assert.deepEqual(steps.map(({ seconds }) => seconds), [10, 9, 5, 1, 0, 0]);
    assert.deepEqual(steps.map(({ isLate }) => isLate), [false, false, false, false, true, true]);
    assert.ok(heardNext(heard, 30, 8, 5_000).percent > 50);
    assert.equal(heardNext({ percent: 90, remaining: 1, at: 0 }, 5, 12, 1_000).percent, 5);
});
