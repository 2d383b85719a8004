import assert from "node:assert/strict";
import { test } from "node:test";
import type { BillRow } from "../src/pages/admin/bill";
import { grouped, instanceTime, saved } from "../src/pages/admin/bill";
import type { History } from "../src/pages/admin/history";
import { series, spent } from "../src/pages/admin/history";
import { amount, bytes, span } from "../src/pages/admin/units";

function row(day: string, service: string, cost: number, currency?: string): BillRow {
    return {
        day, service, ...(currency === undefined ? {} : { currency, alwaysOnCost: 10 * cost }), cost,
        startingMicroseconds: 1, idleMicroseconds: 2, busyMicroseconds: 3, drainingMicroseconds: 4,
        requests: 5, failures: 0, promptTokens: 6, cachedTokens: 7, generatedTokens: 8, wastedTokens: 9,
    };
}

const rows = [
    row("2026-11-01", "small", 100, "CNY"), row("2026-11-02", "small", 300, "CNY"),
    row("2026-11-01", "large", 900, "CNY"), row("2026-11-01", "remote", 50, "USD"), row("2026-11-02", "notebook", 0),
];

test("a bill by service adds its days up, the dearest first", () => {
    const lines = grouped(rows, "service");
    assert.deepEqual(lines.map(({ service, cost }) => [service, cost]), [
        ["large", 900], ["small", 400], ["remote", 50], ["notebook", 0],
    ]);
    const small = lines[1];
    assert.equal(small?.day, undefined);
    assert.equal(small?.alwaysOnCost, 4000);
    assert.equal(small?.busyMicroseconds, 6);
    assert.equal(small?.requests, 10);
});

test("a bill by day never adds amounts of two currencies", () => {
    const lines = grouped(rows, "day");
    assert.deepEqual(lines.map(({ day, currency, cost }) => [day, currency, cost]), [
        ["2026-11-02", "CNY", 300], ["2026-11-02", undefined, 0],
        ["2026-11-01", "CNY", 1000], ["2026-11-01", "USD", 50],
    ]);
});

test("grouping leaves what it was given as it was", () => {
    grouped(rows, "service");
    assert.equal(rows[0]?.cost, 100);
    assert.equal(rows[0]?.day, "2026-11-01");
});

test("what was saved is a share of always on, and unknown without a price", () => {
    assert.equal(saved(row("", "", 25, "CNY")), 0.9);
    assert.equal(saved(row("", "", 0)), undefined);
    assert.equal(saved({ ...row("", "", 30, "CNY"), alwaysOnCost: 20 }), 0);
});

test("instance time is the sum of its four kinds", () => {
    assert.equal(instanceTime(row("", "", 0)), 10);
});

const quiet = { instances: 0, starting: 0, queued: 0, inFlight: 0, tokensPerSecond: 0 };
const history: History = {
    interval: 5,
    points: [
        { time: 0, services: { b: quiet }, cost: { CNY: 0.5 } },
        {
            time: 5000,
            services: { b: { ...quiet, instances: 1, starting: 1 }, a: { ...quiet, queued: 3 } },
            cost: { CNY: 0.25, USD: 1 },
        },
    ],
};

test("a service that came later has a gap in its line, and starting instances count", () => {
    assert.deepEqual(series(history, "instances"), [
        { name: "a", values: [null, 0] }, { name: "b", values: [0, 2] },
    ]);
    assert.deepEqual(series(history, "queued")[0], { name: "a", values: [null, 3] });
});

test("what was spent grows, by currency, and is no line where nothing has a price", () => {
    assert.deepEqual(spent(history), [{ name: "CNY", values: [0.5, 0.75] }, { name: "USD", values: [0, 1] }]);
    assert.deepEqual(spent({ interval: 5, points: [{ time: 0, services: {}, cost: {} }] }), []);
});

test("amounts, sizes and spans are written as the reader's language writes them", () => {
    assert.equal(amount(1_234_500, "CNY", "en"), "¥123.45");
    assert.equal(amount(12, "CNY", "zh"), "¥0.0012");
    assert.equal(amount(10_000, "credits", "en"), "1.00 credits");
    assert.equal(bytes(5_812_000_000, "en"), "5.8 GB");
    assert.equal(bytes(0, "en"), "0 byte");
    assert.equal(span(90_061, "en"), "1d 1h");
    assert.equal(span(185, "zh"), "3分钟 5秒");
    assert.equal(span(0.25, "en"), "0.3s");
});
