"""The list of chats, their titles, the search, and what one can do with messages."""

import re
import sqlite3

from playwright.sync_api import expect


def rename(chat, before, after):
    chat.chat_menu(before, "Rename")
    dialog = chat.page.get_by_role("dialog", name="Rename chat")
    dialog.get_by_label("Title").fill(after)
    dialog.get_by_role("button", name="Save").click()
    expect(chat.chat_link(after)).to_be_visible()


def version(chat, at, of):
    return chat.conversation.get_by_role("group", name=f"Version {at} of {of}")


def test_chats_stand_under_their_days(site, open_chat, scripted):
    cookie = site.new_user(defaultModel="scripted", modelTitles=False)
    days = {"Today": 0, "Yesterday": 1, "Previous 7 days": 4, "Previous 30 days": 20}
    for day, ago in days.items():
        chat = site.new_chat(cookie, f"Asked {ago} days ago")
        # Nobody can wait that long.
        with sqlite3.connect(site.folder / "pronk.db", timeout=20) as database:
            database.execute("UPDATE chat SET updated = updated - ? WHERE id = ?", (ago * 86_400_000, chat))
        database.close()
    chat = open_chat(cookie)
    for day, ago in days.items():
        group = chat.sidebar.get_by_role("region", name=day, exact=True)
        expect(group.get_by_role("link")).to_have_text(f"Asked {ago} days ago")


def test_a_title_is_the_first_line_at_once_and_then_the_models(site, open_chat, scripted):
    scripted.title = "Camels of the Andes"
    slow = scripted.slowly()
    chat = open_chat(site.new_user(defaultModel="scripted"))
    chat.ask("Tell me about llamas\nand what they eat")
    expect(chat.chat_link("Tell me about llamas")).to_be_visible()
    slow.say("Grass.").end()
    expect(chat.chat_link("Camels of the Andes")).to_be_visible()
    expect(chat.page).to_have_title(re.compile("Camels of the Andes"))


def test_a_chat_is_renamed_pinned_and_deleted_with_undo(site, open_chat, scripted):
    chat = open_chat()
    chat.asked("First question")
    chat.page.get_by_role("link", name="New chat").click()
    chat.asked("Second question")
    rename(chat, "First question", "Important")
    expect(chat.sidebar.get_by_role("listitem")).to_have_text([re.compile("Second"), re.compile("Important")])

    chat.chat_menu("Important", "Pin")
    pinned = chat.sidebar.get_by_role("region", name="Pinned")
    expect(pinned.get_by_role("link", name="Important")).to_be_visible()
    expect(chat.sidebar.get_by_role("listitem").first).to_contain_text("Important")
    chat.page.reload()
    expect(pinned.get_by_role("link", name="Important")).to_be_visible()

    chat.chat_menu("Important", "Delete")
    expect(chat.chat_link("Important")).to_have_count(0)
    chat.page.get_by_role("button", name="Undo").click()
    chat.chat_link("Important").click()
    expect(chat.questions).to_have_count(1)
    chat.chat_menu("Important", "Delete")
    expect(chat.chat_link("Important")).to_have_count(0)
    # It was open: the empty page takes its place.
    expect(chat.page.get_by_role("heading", name=re.compile("What is on your mind"))).to_be_visible()


def test_ctrl_k_finds_chinese_and_english_words_with_a_preview(site, open_chat, scripted):
    cookie = site.new_user(defaultModel="scripted", modelTitles=False)
    scripted.text = "语言模型根据上下文预测下一个词。"
    site.new_chat(cookie, "这是怎么工作的？")
    scripted.text = "Llamas graze on grass and shrubs."
    site.new_chat(cookie, "What do they eat?")
    chat = open_chat(cookie)

    chat.page.keyboard.press("Control+k")
    dialog = chat.page.get_by_role("dialog", name="Search chats")
    field = dialog.get_by_role("combobox")
    expect(field).to_be_focused()
    field.fill("模型")
    expect(dialog.get_by_role("option")).to_have_count(1)
    expect(dialog.get_by_role("option").locator("mark")).to_have_text("模型")
    expect(dialog.get_by_role("region", name="Preview")).to_contain_text("语言模型根据上下文预测")
    field.fill("shrubs")
    expect(dialog.get_by_role("option")).to_have_text([re.compile("What do they eat\\?")])
    field.fill("nothing like this")
    expect(dialog.get_by_text("Nothing found for “nothing like this”.")).to_be_visible()
    field.fill("模型")
    expect(dialog.get_by_role("option")).to_have_count(1)
    chat.page.keyboard.press("Enter")
    expect(chat.text).to_have_text("语言模型根据上下文预测下一个词。")


def test_an_edited_question_has_a_sibling_with_arrows(site, open_chat, scripted):
    chat = open_chat()
    scripted.text = "Four."
    chat.asked("What is two and two?")
    scripted.text = "Six."
    question = chat.questions.first
    question.hover()
    question.get_by_role("button", name="Edit").click()
    chat.page.get_by_role("textbox", name="Edit your message").fill("What is three and three?")
    chat.conversation.get_by_role("button", name="Send").click()
    expect(chat.text).to_have_text("Six.")
    chat.finished()
    expect(version(chat, 2, 2)).to_be_visible()
    version(chat, 2, 2).get_by_role("button", name="Previous version").click()
    expect(chat.text).to_have_text("Four.")
    expect(chat.questions).to_contain_text(["two and two"])
    # Which branch was open is kept.
    chat.page.reload()
    expect(chat.text).to_have_text("Four.")
    version(chat, 1, 2).get_by_role("button", name="Next version").click()
    expect(chat.text).to_have_text("Six.")


def test_an_answer_again_is_a_sibling_with_arrows(site, open_chat, scripted):
    chat = open_chat()
    scripted.text = "Heads."
    chat.asked("Toss a coin.")
    scripted.text = "Tails."
    chat.answer.get_by_role("button", name="Answer again").click()
    expect(chat.text).to_have_text("Tails.")
    chat.finished()
    version(chat, 2, 2).get_by_role("button", name="Previous version").click()
    expect(chat.text).to_have_text("Heads.")
    # What is asked now follows what is seen.
    chat.asked("And again?")
    assert [message["content"] for message in scripted.requests[-1]["messages"]] == \
        ["Toss a coin.", "Heads.", "And again?"]


def test_an_answer_is_copied_as_markdown(site, open_chat, scripted):
    scripted.text = "**Bold**, and `code`."
    chat = open_chat(permissions=["clipboard-read", "clipboard-write"])
    chat.asked("Write something.")
    chat.answer.get_by_role("button", name="Copy", exact=True).click()
    expect(chat.answer.get_by_role("status")).to_have_text("Copied")
    assert chat.page.evaluate("navigator.clipboard.readText()") == scripted.text


def test_an_answer_that_was_cut_is_continued(site, open_chat, scripted):
    chat = open_chat()
    scripted.slowly().say("One, two,").end("length")
    chat.asked("Count to four.")
    expect(chat.answer).to_contain_text("The answer reached its length limit.")
    scripted.slowly().say(" three,").say(" four.").end()
    chat.answer.get_by_role("button", name="Continue").click()
    expect(chat.text).to_have_text("One, two, three, four.")
    chat.finished()
    expect(chat.answer.get_by_role("button", name="Continue")).to_have_count(0)
    assert scripted.requests[-1]["continue_final_message"] is True
    assert scripted.requests[-1]["messages"][-1] == {"role": "assistant", "content": "One, two,"}


def test_stop_tells_the_engine_and_keeps_the_text(site, open_chat, scripted):
    chat = open_chat()
    slow = scripted.slowly().say("This much")
    chat.ask("Tell me everything.")
    expect(chat.text).to_have_text("This much")
    chat.stop_button.click()
    expect(chat.answer).to_contain_text("Stopped.")
    assert slow.hung_up.wait(20), "the engine was not told"
    chat.page.reload()
    expect(chat.text).to_have_text("This much")
    expect(chat.send_button).to_be_visible()


def test_a_long_chat_keeps_a_bounded_document(site, open_chat, scripted):
    count = 400
    cookie = site.new_user(defaultModel="scripted", modelTitles=False)
    site.new_chat(cookie, "The first of many")
    archive = site.api("GET", "/api/export", cookie=cookie)
    chat = archive["chats"][0]
    question, answer = chat["messages"]
    chat["messages"] = []
    for number in range(count // 2):
        parent = chat["messages"][-1]["id"] if number else None
        chat["messages"] += [
            question | {"id": f"q{number}", "content": f"Question {number}"} | ({"parent": parent} if parent else {}),
            answer | {"id": f"a{number}", "parent": f"q{number}", "content": f"Answer {number}"}]
    chat["leaf"] = f"a{count // 2 - 1}"
    chat["title"] = "Four hundred messages"
    assert site.api("POST", "/api/import", archive, cookie)["chats"] == 1

    page = open_chat(cookie)
    page.chat_link("Four hundred messages").click()
    expect(page.text).to_have_text(f"Answer {count // 2 - 1}")
    assert page.conversation.get_by_role("article").count() < 80
    # Going up, the first one comes, and still only so many are there.
    page.conversation.focus()
    top = page.questions.first
    while top.inner_text().strip() != "Question 0":
        before = top.inner_text()
        page.page.keyboard.press("Home")
        expect(top).not_to_have_text(before)
    assert page.conversation.get_by_role("article").count() < 80
