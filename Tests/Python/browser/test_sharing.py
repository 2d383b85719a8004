"""Chats taken out of Pronk, brought back, printed, and shown to others."""

import io
import json
import re
import sqlite3

import pypdf
import pytest
from playwright.sync_api import expect


@pytest.fixture
def chat(open_chat, scripted):
    """A chat with two questions, the second of which has two answers."""
    chat = open_chat()
    scripted.text = "A llama is a **camelid**."
    chat.asked("What is a llama?")
    scripted.text = "Stones."
    chat.asked("What does it eat?")
    scripted.text = "Grass, and 干草."
    chat.answer.get_by_role("button", name="Answer again").click()
    expect(chat.text).to_have_text("Grass, and 干草.")
    chat.finished()
    return chat


def export(chat, item):
    chat.page.get_by_role("button", name="Export").click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("menuitem", name=item).click()
    return download.value


@pytest.mark.parametrize(
    ("item", "ending", "start"), [("Markdown", "md", "# What is a llama?"), ("Plain text", "txt", "")])
def test_a_chat_is_exported_to_be_read(chat, item, ending, start):
    download = export(chat, item)
    text = download.path().read_text()
    assert re.fullmatch(rf"What is a llama\W*\.{ending}", download.suggested_filename)
    assert text.startswith(start)
    places = [text.index(words) for words in ("What is a llama?", "camelid", "What does it eat?", "Grass, and 干草.")]
    assert places == sorted(places) and "Stones." not in text


def test_our_json_comes_back_with_all_its_branches(site, chat, open_chat, scripted):
    file = export(chat, "JSON, to import again").path()
    json.loads(file.read_text())
    other = open_chat()
    other.account_menu("Settings")
    other.page.get_by_label("Import chats").set_input_files(file)
    expect(other.toast("1 chat imported")).to_be_visible()
    other.page.get_by_role("link", name="Back to the chat").click()
    other.chat_link("What is a llama?").click()
    expect(other.text).to_have_text("Grass, and 干草.")
    versions = other.conversation.get_by_role("group", name="Version 2 of 2")
    versions.get_by_role("button", name="Previous version").click()
    expect(other.text).to_have_text("Stones.")
    # It is a chat like any other.
    other.asked("And now?")
    assert scripted.requests[-1]["messages"][-2]["content"] == "Stones."


@pytest.mark.parametrize("content", ["{}", "not json at all", '[{"title": "from elsewhere"}]'])
def test_files_that_are_none_of_ours_are_refused(open_chat, content):
    chat = open_chat()
    chat.account_menu("Settings")
    chat.page.get_by_label("Import chats").set_input_files(
        {"name": "chats.json", "mimeType": "application/json", "buffer": content.encode()})
    expect(chat.page.get_by_role("alert").filter(has_text="This is not a file that Pronk exported.")).to_be_visible()


def test_all_chats_are_exported_at_once(chat):
    chat.account_menu("Settings")
    with chat.page.expect_download() as download:
        chat.page.get_by_role("link", name="JSON").click()
    assert [one["title"] for one in json.loads(download.value.path().read_text())["chats"]] == ["What is a llama?"]


def test_a_printed_chat_holds_every_message_as_text(site, open_chat, scripted):
    cookie = site.new_user(defaultModel="scripted", modelTitles=False)
    scripted.text = "Formula $a^2$ and\n\n```python\nprint('hello')\n```\n\n| a | b |\n| - | - |\n| one | two |\n"
    identifier = site.new_chat(cookie, "Question 0")
    scripted.text = "All right."
    chat = open_chat(cookie, path=f"/c/{identifier}", script="window.print = () => { window.isPrinted = true }")
    chat.finished()
    for number in range(1, 16):
        chat.asked(f"Question {number}")
    chat.page.get_by_role("button", name="Export").click()
    chat.page.get_by_role("menuitem", name="Print or save as PDF").click()
    chat.page.wait_for_function("() => window.isPrinted")
    pdf = pypdf.PdfReader(io.BytesIO(chat.page.pdf()))
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    places = [text.index(f"Question {number} ") for number in range(16)]
    assert places == sorted(places)
    assert "print('hello')" in text and "one" in text and text.count("All right.") == 15
    # The page's own furniture stays on the screen.
    assert "New chat" not in text and "Ask anything" not in text


def share(chat, audience="Anyone with the link", expires="After 30 days"):
    """The new link's address."""
    chat.page.get_by_role("button", name="Share").click()
    dialog = chat.page.get_by_role("dialog", name="Share this chat")
    dialog.get_by_role("radio", name=audience).check()
    dialog.get_by_label("Link expires").select_option(expires)
    dialog.get_by_role("button", name="Create link").click()
    address = dialog.get_by_role("textbox", name="Link", exact=True).input_value()
    dialog.get_by_role("button", name="Close").click()
    return address


def gone(page):
    return page.get_by_role("heading", name="This link leads nowhere")


def test_anybody_reads_a_shared_chat_and_no_later_message(site, chat, open_page, scripted):
    address = share(chat)
    scripted.text = "A secret."
    chat.asked("Something private")
    page = open_page(site, path=address)
    expect(page.get_by_role("heading", name="What is a llama?")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(4)
    expect(page.get_by_role("article").last).to_contain_text("Grass, and 干草.")
    for hidden in ("Something private", "A secret.", "Stones."):
        expect(page.get_by_text(hidden)).to_have_count(0)
    assert "user" not in page.get_by_role("main").inner_text().lower()


def test_a_link_for_accounts_asks_to_sign_in(site, chat, open_page):
    address = share(chat, "Signed-in people")
    page = open_page(site, path=address)
    expect(page.get_by_role("heading", name="Sign in to read this chat")).to_be_visible()
    expect(page.get_by_text("camelid")).to_have_count(0)
    page.get_by_label("Name", exact=True).fill("admin")
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("camelid")).to_be_visible()


def test_a_link_ends_when_it_expires_or_is_revoked(site, chat, open_page):
    expiring, revoked, kept = share(chat, expires="After 1 hour"), share(chat), share(chat, expires="Never")
    with sqlite3.connect(site.folder / "pronk.db", timeout=20) as database:
        changed = database.execute("UPDATE share SET expires = expires - 3600000 - 1000 WHERE token = ?", (
            expiring.split("/s/")[1],)).rowcount
    database.close()
    if changed:
        expect(gone(open_page(site, path=expiring))).to_be_visible()
    chat.page.get_by_role("button", name="Share").click()
    dialog = chat.page.get_by_role("dialog", name="Share this chat")

    def row(address):
        return dialog.get_by_role("listitem").filter(has=chat.page.locator(f'a[href="{address}"]'))

    row(revoked).get_by_role("button", name=re.compile("^Revoke")).click()
    expect(row(revoked)).to_have_count(0)
    expect(row(kept)).to_have_count(1)
    expect(gone(open_page(site, path=revoked))).to_be_visible()
    expect(open_page(site, path=kept).get_by_text("camelid")).to_be_visible()
    assert changed == 1


def test_the_licence_is_named_where_the_model_asks_for_it(site, open_chat, open_page, scripted):
    chat = open_chat(model="llama-3-8b-instruct")
    expect(chat.page.get_by_text("Built with Meta Llama 3")).to_be_visible()
    chat.asked("Hello")
    page = open_page(site, path=share(chat))
    expect(page.get_by_text("Built with Meta Llama 3")).to_be_visible()
    chat.choose_model("scripted")
    expect(chat.page.get_by_text("Built with Meta Llama 3")).to_have_count(0)
