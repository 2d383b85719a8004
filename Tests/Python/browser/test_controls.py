"""The drawer of controls: what is touched is sent, and nothing else; and how full the context is."""

import datetime
import re

from playwright.sync_api import expect

# What the gateway adds by itself, and what every answer has so that it can be repeated.
ALWAYS = {"model", "messages", "stream", "stream_options", "seed", "max_tokens"}
GATEWAY_MAX_TOKENS = 512


def close(drawer):
    drawer.get_by_role("button", name="Close").click()
    expect(drawer).to_be_hidden()


def system_prompt(scripted):
    first = scripted.requests[-1]["messages"][0]
    return first["content"] if first["role"] == "system" else None


def test_what_nobody_touched_is_not_sent(open_chat, scripted):
    chat = open_chat()
    drawer = chat.controls()
    for name in ("Temperature", "Top P", "Top K", "Longest answer", "Seed", "Stop at"):
        field = drawer.get_by_role("textbox", name=name, exact=True)
        expect(field).to_have_value("")
        expect(field).to_have_attribute("placeholder", "Default")
    close(drawer)
    chat.asked("Hello")
    request = scripted.requests[-1]
    assert set(request) <= ALWAYS and request["max_tokens"] == GATEWAY_MAX_TOKENS
    assert [message["role"] for message in request["messages"]] == ["user"]


def test_each_control_is_sent_once_touched_and_kept_with_the_chat(open_chat, scripted):
    chat = open_chat()
    drawer = chat.controls()
    values = {"Temperature": "0.35", "Top P": "0.8", "Top K": "20", "Longest answer": "77", "Seed": "42"}
    for name, value in values.items():
        drawer.get_by_role("textbox", name=name, exact=True).fill(value)
    drawer.get_by_role("textbox", name="Stop at", exact=True).fill("END\n###")
    drawer.get_by_role("textbox", name="System prompt", exact=True).fill("Be kind.")
    close(drawer)
    chat.asked("Hello")
    request = scripted.requests[-1]
    sent = {key: request[key] for key in ("temperature", "top_p", "top_k", "max_tokens", "seed", "stop")}
    assert sent == {
        "temperature": 0.35, "top_p": 0.8, "top_k": 20, "max_tokens": 77, "seed": 42, "stop": ["END", "###"]}
    assert system_prompt(scripted) == "Be kind."

    chat.page.reload()
    drawer = chat.controls()
    expect(drawer.get_by_role("textbox", name="Temperature", exact=True)).to_have_value("0.35")
    drawer.get_by_role("button", name="Temperature: Back to default").click()
    expect(drawer.get_by_role("textbox", name="Temperature", exact=True)).to_have_value("")
    close(drawer)
    chat.asked("And now?")
    assert "temperature" not in scripted.requests[-1] and scripted.requests[-1]["top_p"] == 0.8

    drawer = chat.controls()
    drawer.get_by_role("button", name="Everything back to default").click()
    close(drawer)
    chat.asked("And now?")
    assert set(scripted.requests[-1]) <= ALWAYS and system_prompt(scripted) is None


def test_the_slider_works_by_keyboard_and_wrong_numbers_are_refused(open_chat, scripted):
    chat = open_chat()
    drawer = chat.controls()
    slider = drawer.get_by_role("slider", name="Temperature")
    expect(slider).to_have_attribute("aria-valuetext", "Default")
    slider.focus()
    chat.page.keyboard.press("Home")
    field = drawer.get_by_role("textbox", name="Temperature", exact=True)
    expect(field).to_have_value("0")
    field.fill("9")
    expect(drawer.get_by_text("Between 0 and 2.")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    close(drawer)
    chat.asked("Hello")
    assert scripted.requests[-1]["temperature"] == 0


def test_the_chinese_preset_and_a_preset_with_variables(site, open_chat, scripted):
    chat = open_chat(site.new_user("zhang", defaultModel="scripted", modelTitles=False), timezone_id="UTC")
    drawer = chat.controls()
    drawer.get_by_role("button", name="Presets").click()
    chat.page.get_by_role("menuitemradio", name="Answer in Chinese").click()
    close(drawer)
    chat.asked("Hello")
    assert system_prompt(scripted) == "请始终用简体中文回答。"

    drawer = chat.controls()
    drawer.get_by_role("button", name="Presets").click()
    chat.page.get_by_role("menuitemradio", name="Patient teacher").click()
    close(drawer)
    days = [datetime.datetime.now(datetime.timezone.utc).date()]
    chat.asked("Hello")
    days.append(datetime.datetime.now(datetime.timezone.utc).date())
    prompt = system_prompt(scripted)
    assert "explain things to zhang" in prompt and "{{" not in prompt
    # The server's day, or the page's: within one of ours.
    said = datetime.date.fromisoformat(re.search(r"\d{4}-\d\d-\d\d", prompt)[0])
    assert min(abs((said - day).days) for day in days) <= 1


def test_every_variable_that_is_offered_is_filled_in(open_chat, scripted):
    chat = open_chat()
    drawer = chat.controls()
    buttons = drawer.get_by_role("button", name=re.compile(r"^Insert \{\{"))
    names = buttons.all_inner_texts()
    assert len(names) >= 3
    for number in range(len(names)):
        buttons.nth(number).click()
    prompt = drawer.get_by_role("textbox", name="System prompt", exact=True)
    expect(prompt).to_have_value(re.compile(re.escape(names[-1])))
    close(drawer)
    chat.asked("Hello")
    assert "{{" not in system_prompt(scripted), system_prompt(scripted)


def test_a_preset_of_ones_own(site, open_chat, scripted):
    chat = open_chat()
    chat.account_menu("Settings")
    chat.page.get_by_role("button", name="New preset").click()
    dialog = chat.page.get_by_role("dialog", name="New preset")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("A preset needs a name.")).to_be_visible()
    dialog.get_by_label("Name").fill("Pirate")
    dialog.get_by_label("System prompt").fill("Talk like a pirate to {{USER_NAME}}.")
    dialog.get_by_role("button", name="Save").click()
    expect(chat.page.get_by_text("Pirate", exact=True)).to_be_visible()
    chat.page.get_by_role("link", name="Back to the chat").click()
    drawer = chat.controls()
    drawer.get_by_role("button", name="Presets").click()
    chat.page.get_by_role("menuitemradio", name="Pirate").click()
    close(drawer)
    chat.asked("Hello")
    assert re.fullmatch(r"Talk like a pirate to user\d+\.", system_prompt(scripted))


def test_the_meter_fills_and_a_full_context_leaves_the_oldest_out_with_a_mark(site, open_chat):
    chat = open_chat(model="small")
    drawer = chat.controls()
    drawer.get_by_role("textbox", name="Longest answer", exact=True).fill("16")
    close(drawer)
    words = "The llama walks over the hill and eats some grass there. " * 10
    cut = chat.conversation.get_by_text("The model no longer sees what stands above")
    meter = chat.page.get_by_role("img", name=re.compile(r"^Context: \d+ of 512 tokens"))
    chat.asked("What is a llama?")
    first = int(re.search(r"\d+", meter.get_attribute("aria-label"))[0])
    assert 20 < first < 100
    for number in range(2, 7):
        chat.asked(f"{number}. {words}", timeout=60_000)
        if cut.count():
            break
        expect(chat.alert).to_have_count(0)
    expect(cut).to_have_count(1)
    expect(meter).to_have_attribute("aria-label", re.compile("The oldest messages are left out from here on."))
    # What stands above the mark is older than what stands below it.
    order = chat.conversation.evaluate("(log) => log.innerText")
    assert order.index("What is a llama?") < order.index("no longer sees") < order.index(f"{number}. The llama")
