"""Hostile texts in every place that shows one: nothing of them may run, load from elsewhere, or stop the page."""

import json
import pathlib
import sys
import time
import urllib.parse

import pytest
from playwright.sync_api import expect
from site_process import PASSWORD, Site

FAKE = pathlib.Path(__file__).resolve().parents[1] / "fake_engine.py"
SERVICE = f"""
  - name: echo
    engine: command
    command: {json.dumps([sys.executable, str(FAKE), "--model", "echo", "--echo"])}
    scale: {{ idle: 60s, max: 1 }}
"""
EVIL = "https://evil.example"
RUN = "window.ran=1"
# Each is a message, and a title and a name as far as they are short enough.
MARKUP = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src='{EVIL}/i.png' srcset='{EVIL}/s.png 2x'>",
    f"![a]({EVIL}/a.png) ![b](//evil.example/b.png) ![c][r]\n\n[r]: {EVIL}/r.png",
    f"![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+)",
    f"[click](javascript:{RUN}) [c](JaVaScRiPt:{RUN}) [d](data:text/html,<script>{RUN}</script>) [v](vbscript:x)",
    f"[tab](java\tscript:{RUN}) [ent](&#106;avascript:{RUN}) [col](javascript&colon;{RUN})",
    f"<a href='javascript:{RUN}'>a</a><a href=' \x01javascript:{RUN}'>b</a>",
    f"<a href='//evil.example' ping='{EVIL}/p'>c</a>",
    f"<svg onload={RUN}><animate onbegin={RUN} attributeName=x dur=1s></svg>",
    f"<svg><use href='{EVIL}/u.svg#x'/><image href='{EVIL}/i.png'/><style>@import '{EVIL}/s.css'</style></svg>",
    f"<style>@import url({EVIL}/s.css); body{{background:url({EVIL}/b.png)}}</style>",
    f"<link rel=stylesheet href={EVIL}/l.css><link rel=prefetch href={EVIL}/p>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"<base href={EVIL}/><a href=x>relative</a>",
    f"<iframe src={EVIL}></iframe><iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    f"<object data={EVIL}></object><embed src={EVIL}>",
    f"<form action={EVIL}><input name=p autofocus onfocus={RUN}><button formaction={EVIL}>Sign in</button></form>",
    f"<video src={EVIL}/v.mp4 poster={EVIL}/p.png autoplay onerror={RUN}></video>",
    f"<audio src={EVIL}/a.mp3 autoplay></audio>",
    f"<table background={EVIL}/t.png><td background={EVIL}/d.png style='background:url({EVIL}/c.png)'>cell</table>",
    f"<div style='position:fixed;inset:0;background:url({EVIL}/f.png)' onmouseover={RUN}>over everything</div>",
    f"<details open ontoggle={RUN}><summary>s</summary></details><body onload={RUN}><marquee onstart={RUN}>m</marquee>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={RUN}&gt;'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<svg></p><style><a id='</style><img src=1 onerror={RUN}>'>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<template><img src=x onerror={RUN}></template><xmp><p title='</xmp><img src onerror={RUN}>'></xmp>",
    f"<a id=pronk name=location><a id=root><img name=cookie><form id=document name=forms>",
    f"<p class='dialog-backdrop toast formula'>site's own classes</p><span class='katex'>k</span>",
    f"```js' onmouseover='{RUN}\n</code><img src=x onerror={RUN}>\n```",
    f"```<img/src=x/onerror={RUN}>\ncode\n```\n\n~~~ \"><script>{RUN}</script>\ncode\n~~~",
    f"- list\n\n  ```html\n  <img src=x onerror={RUN}><script>{RUN}</script>\n  ```",
    f"```html\n<img src=x onerror={RUN}>\n</span></code><script>{RUN}</script>\n```",
    f"| <img src=x onerror={RUN}> | [h](javascript:{RUN}) |\n| :-- | --: |\n"
    f"| <script>{RUN}</script> | ![i]({EVIL}/t.png) |",
    f"$\\href{{javascript:{RUN}}}{{x}}$ $\\url{{javascript:{RUN}}}$ $$\\includegraphics{{{EVIL}/k.png}}$$",
    f"$\\htmlData{{x=1 onclick={RUN}}}{{x}}$ $\\htmlStyle{{background:url({EVIL}/k)}}{{x}}$",
    "$\\htmlId{root}{x}$ $\\htmlClass{toast}{x}$",
    f"$\\text{{</span><img src=x onerror={RUN}>}}$ $<img src=x onerror={RUN}>$",
    f"$$\\color{{red;background:url({EVIL})}}x$$",
    f"$\\unknown<script>{RUN}</script>$ \\(\\verb|<img src=x onerror={RUN}>|\\)",
    f"<span class='formula'>\\href{{javascript:{RUN}}}{{x}}</span>",
    f"<think><img src=x onerror={RUN}></think>seen <think><script>{RUN}</script>",
    f"[a]: javascript:{RUN}\n[a] <javascript:{RUN}> www.evil.example https://evil.example/<img/src/onerror={RUN}>",
    f"[x]({EVIL} \"'><img src=x onerror={RUN}>\") [^1]\n\n[^1]: <img src=x onerror={RUN}>",
    f"<img src=x:x alt='<img src=x onerror={RUN}>'><img src='blob:{EVIL}/1'><img src='data:image/png;base64,AAAA'>",
    "\u202egnp.exe <b>\u2066turned around\u2069</b> \x00\x0b\x0c\ufeff\ud7ff",
]
# Whoever writes these wants the page to hang or to fail.
HEAVY = {
    "quotations": ">" * 20_000 + "x",
    "lists": "- " * 5_000 + "x",
    "indented lists": "".join(" " * (2 * depth) + "- x\n" for depth in range(400)),
    "brackets": "[" * 20_000,
    "nested links": "[" * 2_000 + "x" + "](y)" * 2_000,
    "images": "![" * 10_000,
    "stars": "*a " * 10_000,
    "stars and underscores": "*_" * 10_000 + "x" + "_*" * 10_000,
    "runs": "**a *b " * 5_000,
    "backticks": "".join("`" * count + "x" for count in range(1, 300)),
    "tags": "<b>" * 5_000,
    "deep html": "<div>" * 3_000 + "x",
    "unclosed comment": "<!--" * 5_000,
    "attributes": "<a " + "a=1 " * 10_000,
    "entities": "&#" * 20_000,
    "dollars": "$a" * 10_000,
    "table": "|" * 5_000 + "\n" + "|-" * 5_000 + "|\n" + "|x" * 5_000,
    "references": "[a]: x\n" * 3_000 + "[a]" * 3_000,
    "one long line": "x" * 300_000,
    "blanks": "x" + " " * 50_000 + "y",
    "tabs": "x\n" + "\t" * 30_000 + "y",
    "tildes": "~" * 20_000 + "x",
    "macros": r"$\def\a{aaaaaaaaaa}\def\b{\a\a\a\a\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b\b\b\b\b}\c\c\c\c\c\c\c\c\c\c$",
    "endless macro": r"$\def\a{\a\a}\a$",
    "edef": r"$\edef\a{x}" + r"\edef\a{\a\a}" * 30 + r"\a$",
    "endless edef": r"$\def\f#1{\f{#1#1}}\f{x}$ $\edef\a#1{#1#1}\edef\b{\a{\a{\a{\a{\a{\a{\a{\a{\a{x}}}}}}}}}}\b$",
    "superscripts": "$" + "x²³⁴⁵" * 3_000 + "$",
    "fractions": "$" + r"\frac{1}{" * 400 + "x" + "}" * 400 + "$",
    "braces": "$" + "{" * 5_000 + "x" + "}" * 5_000 + "$",
    "many formulas": "$x^2$ " * 1_500,
    "huge rule": r"$$\rule{99999em}{99999em}$$ $\kern99999em x$ $\raisebox{9999em}{x}$",
    "combining marks": "a" + "\u0301" * 20_000,
    "thoughts": "<think>" * 5_000,
}


def archive(texts, title="Hostile"):
    """A file of one chat with these answers."""
    now = int(time.time() * 1000)
    messages = []
    for number, text in enumerate(texts):
        parent = {"parent": f"a{number - 1}"} if number else {}
        messages.append({"id": f"q{number}", "role": "user", "content": text, "created": now, **parent})
        messages.append({
            "id": f"a{number}", "parent": f"q{number}", "role": "assistant", "content": text, "created": now,
            "model": "<b>m"})
    chat = {"title": title, "created": now, "updated": now, "model": "<img src=x>", "messages": messages}
    return {"format": "pronk.chats", "version": 1, "chats": [chat]}


def line(text, length):
    """As much of a text as a title or a name may have."""
    return "".join(character for character in text if character.isprintable())[:length].strip()


@pytest.fixture(scope="module")
def hostile(pronk, data, tmp_path_factory):
    """A site whose people have hostile names."""
    site = Site(pronk, tmp_path_factory.mktemp("hostile") / "data", data, SERVICE).start()
    site.root = site.set_up("admin")
    assert site.ask("PATCH", "/api/account", {"displayName": line(MARKUP[0], 60)}, site.root)[0] == 200
    for text in MARKUP[1:4]:
        site.sign_up(site.root, line(text, 60))
    yield site
    assert site.stop() == 0


def taken(site, texts, title="Hostile"):
    """Takes a chat in; its id."""
    status, _, body = site.ask("POST", "/api/import", archive(texts, title), site.root)
    assert status == 200, body
    return site.ask("GET", "/api/chats?limit=1", cookie=site.root)[2]["chats"][0]["id"]


@pytest.fixture
def watched(chromium):
    """Makes pages of which every request, dialog and failure is remembered, and nothing may have happened."""
    contexts, happened = [], []

    def watched(site, path, cookie=None):
        context = chromium.new_context(locale="en-US")
        contexts.append(context)
        if cookie:
            name, value = cookie.split("=", 1)
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
        context.on("request", lambda request: happened.append(request.url) if not is_own(site, request.url) else None)
        page = context.new_page()
        page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: happened.append(str(error)))
        page.on("popup", lambda popup: happened.append(popup.url))
        page.goto(site.url + path)
        return page

    yield watched
    for context in contexts:
        context.close()
    assert happened == []


def is_own(site, url):
    return url.startswith((site.url + "/", "data:", "blob:" + site.url))


# What must not be in a page, wherever it stands: what loads, runs, or can be mistaken for the site's own.
INTRUDERS = """() => {
    const places = ".markdown *, .question-pill *, nav a *, h1 *, td *, .preview *"
    const inside = [...document.querySelectorAll(places)]
        .filter((element) => element.closest(".katex, .katex-error, button, svg") === null)
    const strange = /^(script|style|iframe|form|object|embed|link|meta|base|video|audio|svg|math|template)$/i
    const named = /^on|^(id|name|srcset|background|ping|formaction|poster)$/i
    const wrong = (element) => strange.test(element.tagName) || (element.closest(".markdown") !== null && (
        element.tagName === "INPUT"
        || [...element.attributes].some(({ name }) => named.test(name))
        || element.hasAttribute("style")
        || (element.href && !/^(https?:|mailto:)/.test(element.href))
        || (element.tagName === "IMG" && !/^data:image\\/(png|jpe?g|gif|webp|avif)/.test(element.src))
        || (element.tagName === "A" && !element.rel.includes("noopener"))))
    const borrowed = [...document.querySelectorAll(
        ".markdown .toast, .markdown .dialog-backdrop, .markdown [role=dialog]")]
    return [window.ran, ...[...inside.filter(wrong), ...borrowed].map((element) => element.outerHTML.slice(0, 200))]
        .filter((found) => found !== undefined)
}"""


def settled(page):
    """Waits until everything is drawn, formulas and colours too, and says what is wrong with it."""
    expect(page.locator(".katex").first).to_be_attached()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 300)))")
    return page.evaluate(INTRUDERS)


def test_a_chat_shows_hostile_answers_as_text(hostile, watched):
    title = MARKUP[1]
    chat = taken(hostile, [*MARKUP, "$x$"], title)
    page = watched(hostile, f"/c/{chat}", hostile.root)
    answers = page.locator("article.answer")
    expect(answers.last).to_be_visible()
    # The list has as many as are near the window: all of them come by once.
    seen, previous = set(), None
    assert settled(page) == []
    first = "() => document.querySelector('article[data-message]').dataset.message"
    while previous != (previous := page.evaluate(first)):
        for answer in answers.all():
            seen.add(answer.get_attribute("data-message"))
        assert page.evaluate(INTRUDERS) == []
        page.locator("article[data-message]").first.scroll_into_view_if_needed()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    assert len(seen) > len(MARKUP) / 2
    expect(page.get_by_role("navigation", name="Chats").get_by_text(title)).to_be_visible()


def test_a_shared_page_shows_strangers_hostile_texts_as_text(hostile, watched):
    chat = taken(hostile, [*MARKUP, "$x$"], MARKUP[0])
    share = hostile.ask("POST", f"/api/chats/{chat}/shares", {"audience": "anyone"}, hostile.root)[2]
    page = watched(hostile, f"/s/{share['token']}")
    assert settled(page) == []
    page.emulate_media(media="print")
    assert settled(page) == []
    expect(page.get_by_role("heading", name=MARKUP[0])).to_be_visible()


def test_titles_names_and_finds_are_text(hostile, watched):
    for text in MARKUP[:8]:
        taken(hostile, [text], line(text, 150))
    page = watched(hostile, "/admin", hostile.root)
    page.get_by_role("tab", name="Users").or_(page.get_by_role("link", name="Users")).first.click()
    expect(page.get_by_text("<img src=x onerror=window.ran=1>").first).to_be_visible()
    assert page.evaluate(INTRUDERS) == []
    page.goto(hostile.url + "/")
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").or_(page.get_by_role("searchbox")).first.fill("onerror")
    expect(page.get_by_role("option").first).to_be_visible()
    assert page.evaluate(INTRUDERS) == []


def test_an_answer_that_is_streamed_is_as_harmless(hostile, watched):
    page = watched(hostile, "/", hostile.root)
    composer = page.get_by_role("textbox", name="Message", exact=True)
    composer.fill("\n\n".join([*MARKUP[:30], "$x$"]).replace("\0", ""))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("button", name="Answer again")).to_be_visible(timeout=60_000)
    assert settled(page) == []


@pytest.mark.parametrize("name", HEAVY)
def test_no_text_hangs_or_breaks_a_page(hostile, watched, name):
    chat = taken(hostile, [HEAVY[name]], name)
    page = watched(hostile, f"/c/{chat}", hostile.root)
    expect(page.locator("article.answer")).to_be_attached(timeout=10_000)
    # It draws another frame, and takes a click: what was mended took from ten seconds to for ever.
    page.set_default_timeout(10_000)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    page.get_by_role("textbox", name="Message", exact=True).click()


def test_a_formula_cannot_lie_over_the_site(hostile, watched):
    far = r"\kern-20em" * 20
    tall = r"\raisebox{20em}{" * 3 + r"\rule{20em}{20em}" + "}" * 3
    chat = taken(hostile, [f"${far}\\rule{{20em}}{{20em}}$ ${tall}$ $${far}{tall}$$"])
    page = watched(hostile, f"/c/{chat}", hostile.root)
    expect(page.locator(".katex").first).to_be_attached()
    covered = page.evaluate("""() => [...document.querySelectorAll("nav a, nav button, header button, textarea")]
        .filter((element) => {
            const box = element.getBoundingClientRect()
            const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
            return top !== null && top.closest(".markdown") !== null
        }).length""")
    assert covered == 0


@pytest.mark.parametrize("path", [
    "/signin?next=https://evil.example", "/signin?redirect=//evil.example", "/signin#https://evil.example",
    "/?next=//evil.example", "/c/https:%2f%2fevil", "/c/%2f%2fevil?returnTo=https://evil.example"])
def test_signing_in_leads_nowhere_else(hostile, watched, path):
    page = watched(hostile, path)
    page.get_by_role("textbox", name="Name").fill("admin")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Chats")).to_be_visible()
    assert urllib.parse.urlsplit(page.url).netloc == urllib.parse.urlsplit(hostile.url).netloc


def test_a_page_of_another_port_can_do_nothing(hostile, watched, chromium):
    """To a browser it is the same site, so that it sends cookies along; but not the same origin."""
    import http.server
    import threading

    http_server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=http_server.serve_forever, daemon=True).start()
    chat = taken(hostile, ["precious"])
    context = chromium.new_context()
    try:
        name, value = hostile.root.split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": hostile.url}])
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{http_server.server_port}/")
        page.evaluate("""async ([site, chat]) => {
            const open = []
            const send = (path, method, type, body) =>
                fetch(site + path, { method, mode: type ? "no-cors" : "cors", credentials: "include", body,
                    headers: type ? { "content-type": type } : {} }).catch(() => undefined)
            await send(`/api/chats/${chat}`, "DELETE")
            await send("/api/sessions", "DELETE")
            await send("/api/chats", "POST", "text/plain", JSON.stringify({ message: { content: "forged" } }))
            await send("/api/import", "POST", "text/plain",
                JSON.stringify({ format: "pronk.chats", version: 1, chats: [] }))
            await send(`/api/chats/${chat}/title`, "POST", "text/plain", "")
            for (let number = 0; number < 20; number += 1) open.push(send("/api/events", "GET", "text/plain"))
            await Promise.race([Promise.all(open), new Promise((done) => setTimeout(done, 1000))])
        }""", [hostile.url, chat])
        status, _, body = hostile.ask("GET", "/api/chats", cookie=hostile.root)
        assert status == 200 and chat in [entry["id"] for entry in body["chats"]] and "forged" not in json.dumps(body)
        page = watched(hostile, f"/c/{chat}", hostile.root)
        with page.expect_response(lambda response: response.url.endswith("/api/events")) as events:
            page.reload()
        assert events.value.status == 200
    finally:
        context.close()
        http_server.shutdown()
        http_server.server_close()
