import assert from "node:assert/strict";
import { test } from "node:test";
import { problemOf } from "../src/pages/account/problem";
import { strength } from "../src/pages/account/strength";
import { device } from "../src/pages/settings/device";
import { presetBytes, withPreset } from "../src/pages/settings/presets";
import { problems } from "../src/text/en/problems";

test("a password is judged by what is hard to guess in it, not by its length alone", () => {
    assert.equal(strength("abc", "mei", 10), "short");
    assert.equal(strength("aaaaaaaaaaaaaaaa", "mei", 10), "weak");
    assert.equal(strength("abcdefghijkl", "mei", 10), "weak");
    assert.equal(strength("password1234", "mei", 10), "weak");
    assert.equal(strength("margarete1990", "margarete", 10), "weak");
    assert.equal(strength("kfmwtzbqpx", "mei", 10), "fair");
    assert.equal(strength("tall llama quiet lake", "mei", 10), "strong");
    assert.equal(strength("月光下的安静羊驼跳得很高", "mei", 10), "strong");
});

test("a failed call is said in the form's words and put to its field", () => {
    const say = (failure: Parameters<typeof problemOf>[0]) => problemOf(failure, problems, 10, () => "something else");
    assert.deepEqual(say({ code: "wrong_credentials", message: "" }), { text: problems.wrongCredentials });
    assert.deepEqual(say({ code: "name_taken", message: "" }), { text: problems.nameTaken, field: "name" });
    assert.deepEqual(say({ code: "invalid", message: "", field: "password" }), {
        text: problems.passwordShort(10), field: "password",
    });
    assert.deepEqual(say({ code: "not_allowed", message: "" }), { text: problems.disabled });
    assert.deepEqual(say({ code: "conflict", message: "" }), { text: problems.lastAdministrator });
    assert.deepEqual(say({ code: "disk_full", message: "" }), { text: "something else" });
});

test("whoever tried too often is told how many seconds to wait", () => {
    const problem = problemOf(
        { code: "too_many_attempts", message: "", retryAfter: 6.2 }, problems, 10, () => "");
    assert.deepEqual(problem, { text: "Too many attempts. Try again in 7 seconds.", wait: 7 });
});

test("a device is named by the browser and the system that it claims last", () => {
    const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36";
    const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Safari/604.1";
    assert.equal(device(chrome), "Chrome · Linux");
    assert.equal(device(chrome.replace("X11; Linux x86_64", "Linux; Android 14")), "Chrome · Android");
    assert.equal(device(`${chrome} Edg/130.0`), "Edge · Linux");
    assert.equal(device(phone), "Safari · iPhone");
    assert.equal(device("curl/8.5.0"), "curl");
    assert.equal(device("SomethingElse/1.0"), undefined);
});

test("a preset takes its own place or the last one, without spaces around it", () => {
    const old = [{ name: "A", text: "a" }, { name: "B", text: "b" }];
    const preset = { name: "C", text: "c" };
    assert.deepEqual(withPreset(old, { name: " C ", text: " c\n" }, undefined), { presets: [...old, preset] });
    assert.deepEqual(withPreset(old, preset, 0), { presets: [preset, old[1]] });
});

test("a preset without a name or a text, or too much for the server, is refused", () => {
    assert.deepEqual(withPreset([], { name: " ", text: "x" }, undefined), { problem: "untitled" });
    assert.deepEqual(withPreset([], { name: "x", text: " " }, undefined), { problem: "empty" });
    const long = "字".repeat(Math.ceil(presetBytes / 3));
    assert.deepEqual(withPreset([], { name: "x", text: long }, undefined), { problem: "tooLong" });
});
