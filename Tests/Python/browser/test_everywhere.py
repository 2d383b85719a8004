"""Both languages, both themes, phones, the keyboard, screen readers, and plain HTTP."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from chat_page import ChatPage
from chat_site import PASSWORD
from playwright.sync_api import expect

ANSWER = """## A llama

A llama is a **camelid** of the [Andes](https://example.com), which weighs $m \\approx 150$ kg.

| Animal | Height | Weight | Where it lives | What it is kept for |
| --- | ---: | ---: | --- | --- |
| Llama | 1.8 m | 150 kg | the highlands of Peru and Bolivia | carrying loads |

```swift
func greet(_ name: String) -> String { "Hello, \\(name), and a line that is far too long for a telephone" }
```

- [x] one
- [ ] two

> A quotation.
"""

# Every page: who looks at it, where it is, what is opened on it, and what tells that it is there.
PAGES = {
    "sign in": ("nobody", "/signin", None),
    "set up": ("nobody", "/setup#used", None),
    "invitation": ("nobody", "/invite#unknown", None),
    "missing": ("admin", "/no/such/page", None),
    "empty chat": ("admin", "/", None),
    "chat": ("admin", "/c/{chat}", None),
    "controls": ("admin", "/c/{chat}", "controls"),
    "search": ("admin", "/c/{chat}", "search"),
    "share": ("admin", "/c/{chat}", "share"),
    "model menu": ("admin", "/c/{chat}", "model menu"),
    "settings": ("admin", "/settings", None),
    "services": ("admin", "/admin", "charts"),
    "bill": ("admin", "/admin/bill", "table"),
    "users": ("admin", "/admin/users", "table"),
    "invitations": ("admin", "/admin/invitations", "table"),
    "shared chat": ("nobody", "/s/{share}", None),
    "lost link": ("nobody", "/s/nothing", None),
}
SHARE, MODEL = re.compile("^(Share|分享)$"), re.compile("^(Model|模型)[:：]")


@pytest.fixture(scope="module")
def places(site, remote_model):
    """A chat with everything in it, and a link to it."""
    remote_model.reset()
    site.api("PATCH", "/api/account", {"preferences": {"modelTitles": False}}, site.admin)
    remote_model.text = "<think>\nA llama?\n</think>\n\n" + ANSWER
    chat = site.new_chat(site.admin, "What is a llama?")
    share = site.api("POST", f"/api/chats/{chat}/shares", {"audience": "anyone"}, site.admin)["token"]
    site.invite("for the tests of pages")
    return {"chat": chat, "share": share}


@pytest.fixture
def open_named(site, places, open_page):
    def open_named(name, **options):
        who, path, opened = PAGES[name]
        page = open_page(site, site.admin if who == "admin" else None, path.format(**places), **options)
        expect(page.get_by_role("heading").first).to_be_attached()
        if "{chat}" in path:
            expect(page.get_by_role("table")).to_be_attached()
        if opened == "controls":
            page.locator("header").get_by_role("button").last.click()
        elif opened == "search":
            page.keyboard.press("Control+k")
        elif opened == "share":
            page.get_by_role("button", name=SHARE).click()
        elif opened == "model menu":
            page.get_by_role("button", name=MODEL).click()
            expect(page.get_by_role("menu")).to_be_visible()
        elif opened == "charts":
            expect(page.get_by_role("img").locator("visible=true").first).to_be_visible()
        elif opened == "table":
            expect(page.get_by_role("table").first).to_be_visible()
        if opened in ("controls", "search", "share"):
            expect(page.get_by_role("dialog")).to_be_visible()
        return page

    return open_named


def settle(page):
    """Colours are judged when nothing moves any more."""
    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))")


def serious_violations(page):
    settle(page)
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'] for node in violation['nodes']][:5]}"
        for violation in Axe().run(page).response["violations"] if violation["impact"] in ("serious", "critical")]


def brightness(page):
    """Of the page's background, from 0 to 255."""
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


# What is too wide, and not inside a part that scrolls by itself.
TOO_WIDE = """() => {
    const scrolls = (one) => one && one !== document.documentElement
        && (/auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement))
    return [...document.body.querySelectorAll("*")].filter((one) => {
        const box = one.getBoundingClientRect()
        return box.width > 1 && box.height > 1 && box.right > innerWidth + 1 && !scrolls(one.parentElement)
    }).map((one) => one.outerHTML.slice(0, 120))
}"""


def assert_fits(page, width):
    settle(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_violation_by_day_and_by_night(open_named, name):
    page = open_named(name, color_scheme="light", reduced_motion="reduce")
    assert brightness(page) > 200, "it is not light"
    assert serious_violations(page) == []
    page.emulate_media(color_scheme="dark")
    settle(page)
    assert brightness(page) < 60, "it is not dark"
    assert serious_violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_chinese_for_chinese_browsers_and_fits_a_phone(open_named, name):
    page = open_named(name, locale="zh-CN", width=390, height=844, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert re.search("[\u4e00-\u9fff]", page.locator("body").inner_text())
    assert page.evaluate(ENGLISH) == []
    assert_fits(page, 390)


@pytest.mark.parametrize("name", ["sign in", "empty chat", "chat", "settings", "services", "users", "shared chat"])
def test_no_page_is_wider_than_a_phone_in_english(open_named, name):
    assert_fits(open_named(name, width=390, height=844, has_touch=True, is_mobile=True), 390)


def test_a_phone_has_the_chats_over_the_page(open_chat, scripted):
    chat = open_chat(width=390, height=844, has_touch=True, is_mobile=True)
    chat.composer.fill("Hello from a phone")
    # Enter is a new line on touch keyboards.
    chat.composer.press("Enter")
    expect(chat.composer).to_have_value("Hello from a phone\n")
    chat.send_button.tap()
    chat.finished()
    expect(chat.sidebar).to_have_count(0)
    chat.page.get_by_role("button", name="Show chats").tap()
    expect(chat.chat_link("Hello from a phone")).to_be_visible()
    chat.chat_link("Hello from a phone").tap()
    expect(chat.sidebar).to_have_count(0)
    expect(chat.text).to_be_visible()


ENGLISH = """() => {
    // Whole sentences and labels; names of models, what people wrote and what is marked as English are not ours.
    const isOurs = (element) => !element.closest(
        "[lang=en], .markdown, .question-pill, .preview-user, .preview-assistant, pre, code, script, style, select, "
        + ".model-name")
    const found = []
    const judge = (text, where) => {
        const isEnglish = /[A-Za-z]{3,} [a-z]{2,}/.test(text ?? "") && !/[\\u4e00-\\u9fff]/.test(text)
        if (isEnglish) found.push(`${where}: ${text.trim()}`)
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) if (isOurs(walker.currentNode.parentElement)) judge(walker.currentNode.data, "text")
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
        if (!isOurs(element)) continue
        for (const name of ["aria-label", "title", "placeholder"]) judge(element.getAttribute(name), name)
    }
    return found.filter((text) => !/What is a llama|for the tests of pages|Unknown program/.test(text))
}"""


def test_the_language_and_the_theme_are_chosen_in_the_settings_and_go_with_the_account(site, open_chat, open_page):
    name = "polyglot"
    chat = open_chat(site.new_user(name))
    chat.account_menu("Settings")
    chat.page.get_by_role("radio", name="简体中文").check()
    expect(chat.page.get_by_role("heading", name="设置", exact=True)).to_be_visible()
    chat.page.get_by_role("radio", name="深色").check()
    expect(chat.page.locator("html")).to_have_attribute("data-theme", "dark")
    chat.page.reload()
    expect(chat.page.get_by_role("heading", name="设置", exact=True)).to_be_visible()
    assert chat.page.evaluate("document.documentElement.dataset.theme") == "dark"
    # In another browser too, with a program of another language.
    site.wait(
        lambda: "theme" in site.api("GET", "/api/session", cookie=chat.cookie)["account"]["preferences"], "it is kept")
    page = open_page(site, site.sign_in(name))
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_everything_that_matters_works_by_keyboard(site, open_page, scripted):
    name = "keys-only"
    site.new_user(name, defaultModel="scripted", modelTitles=False)
    page = open_page(site)
    keyboard = page.keyboard
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    keyboard.type(name)
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    chat = ChatPage(page)
    expect(chat.composer).to_be_focused()
    keyboard.type("First line")
    keyboard.press("Shift+Enter")
    keyboard.type("second line")
    keyboard.press("Enter")
    chat.finished()
    assert scripted.requests[-1]["messages"][-1]["content"] == "First line\nsecond line"
    expect(chat.composer).to_be_focused()

    def tab_to(target, back=False):
        for _ in range(60):
            if target.evaluate("(one) => one === document.activeElement"):
                return
            keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    tab_to(chat.sidebar.get_by_role("button", name="Options of “First line”"), back=True)
    # Whoever goes by keyboard sees where they are.
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Pin")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_be_focused()
    keyboard.press("Control+a")
    keyboard.type("Renamed by keys")
    keyboard.press("Enter")
    expect(chat.chat_link("Renamed by keys")).to_be_visible()

    keyboard.press("Control+Shift+O")
    expect(page.get_by_role("heading", name=re.compile("What is on your mind"))).to_be_visible()
    keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    keyboard.type("renamed")
    expect(page.get_by_role("option")).to_have_count(1)
    keyboard.press("Enter")
    expect(chat.text).to_have_text("All right.")
    keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_input_method_keeps_enter_for_itself(open_chat, scripted):
    chat = open_chat()
    chat.composer.focus()
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    # What browsers send for the Enter that takes a candidate over.
    chat.composer.evaluate("""(area) => area.dispatchEvent(new KeyboardEvent("keydown", {
        key: "Enter", keyCode: 229, bubbles: true, cancelable: true, isComposing: true }))""")
    session.send("Input.insertText", {"text": "你好"})
    expect(chat.composer).to_have_value("你好")
    expect(chat.questions).to_have_count(0)
    chat.page.keyboard.press("Enter")
    chat.finished()
    assert [request["messages"][-1]["content"] for request in scripted.requests] == ["你好"]


def test_a_finished_answer_is_told_to_screen_readers(open_chat, scripted):
    chat = open_chat()
    chat.asked("Hello")
    expect(chat.page.get_by_text("Answer: All right.")).to_have_attribute("aria-live", "polite")


def test_over_plain_http_from_elsewhere_the_site_says_what_does_not_work(site, open_page):
    elsewhere = f"http://chat.test:{site.port}/"
    page = open_page(site, path=elsewhere)
    assert not page.evaluate("isSecureContext")
    notice = page.get_by_role("complementary", name="This connection is not encrypted")
    expect(notice).to_contain_text("microphone")
    expect(notice).to_contain_text("gateway.tls")
    notice.get_by_role("button", name="Understood").click()
    expect(notice).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    expect(notice).to_have_count(0)

    page.get_by_label("Name", exact=True).fill("admin")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Speak").click()
    expect(page.get_by_role("status").filter(has_text="The microphone needs a secure page.")).to_be_visible()


def test_on_this_machine_there_is_no_such_notice(site, open_page):
    page = open_page(site)
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    expect(page.get_by_role("complementary")).to_have_count(0)
