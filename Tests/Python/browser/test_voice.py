"""Speech into the composer, and answers read aloud. Browsers' own speech is a stand-in that a test can talk through."""

import re

import pytest
from chat_page import ChatPage
from chat_site import native, remote, running
from playwright.sync_api import expect

RECOGNITION = """
window.SpeechRecognition = class {
    constructor() { window.recognition = this }
    start() { this.isStarted = true }
    stop() { this.isStarted = false; this.onend() }
    abort() { this.isStarted = false }
    hear(text) { this.onresult({ results: [[{ transcript: text }]] }) }
}
"""
SYNTHESIS = """
window.spoken = []
window.utterances = []
Object.defineProperty(window, "speechSynthesis", { value: {
    speak(utterance) { spoken.push(utterance.text); utterances.push(utterance) },
    cancel() { window.isCancelled = true },
} })
"""


def test_speech_goes_into_the_composer_to_be_corrected(open_chat, scripted):
    chat = open_chat(script=RECOGNITION)
    chat.composer.fill("Please:")
    chat.composer.press("End")
    chat.page.get_by_role("button", name="Speak").click()
    expect(chat.page.get_by_text("Listening…")).to_be_attached()
    chat.page.evaluate("recognition.hear('what is a lama')")
    expect(chat.composer).to_have_value("Please: what is a lama")
    chat.page.get_by_role("button", name="Stop listening").click()
    expect(chat.page.get_by_role("button", name="Speak")).to_be_visible()
    assert scripted.requests == []
    chat.composer.fill("Please: what is a llama?")
    chat.send_button.click()
    chat.finished()
    assert scripted.requests[-1]["messages"][-1]["content"] == "Please: what is a llama?"


def test_a_refused_microphone_is_explained(open_chat):
    chat = open_chat(script=RECOGNITION)
    chat.page.get_by_role("button", name="Speak").click()
    chat.page.evaluate("recognition.onerror({ error: 'not-allowed' })")
    expect(chat.toast("The browser may not use the microphone.")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Speak")).to_be_visible()


@pytest.fixture
def voice_site(pronk, data, scripted, tmp_path):
    """A site whose service turns speech into text."""
    gateway = "  auth: open\nchat:\n  transcription: scripted"
    with running(pronk, tmp_path / "data", data, native() + remote("scripted", scripted), gateway=gateway) as site:
        yield site.set_up()


def test_a_service_writes_down_what_was_said(voice_site, open_page, scripted):
    scripted.transcript = "What do llamas eat?"
    chat = ChatPage(open_page(voice_site, voice_site.admin, permissions=["microphone"]))
    chat.page.get_by_role("button", name="Speak").click()
    expect(chat.page.get_by_role("status").filter(has_text="Listening…")).to_be_attached()
    # The microphone is heard: its loudness is drawn.
    expect(chat.page.locator(".waveform i").nth(3)).to_be_attached()
    chat.page.get_by_role("button", name="Stop listening").click()
    expect(chat.composer).to_have_value("What do llamas eat?")
    (recording,) = scripted.recordings
    assert b"scripted" in recording and len(recording) > 500
    assert scripted.requests == []


def test_an_answer_is_read_aloud_without_its_code(open_chat, scripted):
    scripted.text = "First sentence. **Second** one.\n\n```sh\nrm -rf everything\n```\n\nThe last."
    chat = open_chat(script=SYNTHESIS)
    chat.asked("Tell me.")
    chat.answer.get_by_role("button", name="Read aloud").click()
    stop = chat.answer.get_by_role("button", name="Stop reading")
    expect(stop).to_have_attribute("aria-pressed", "true")
    spoken = re.sub(r"\s+", " ", " ".join(chat.page.evaluate("spoken")))
    assert "First sentence. Second one." in spoken and "The last." in spoken and "rm -rf" not in spoken
    chat.page.evaluate("utterances[utterances.length - 1].onend()")
    chat.answer.get_by_role("button", name="Read aloud").click()
    stop.click()
    expect(chat.answer.get_by_role("button", name="Read aloud")).to_be_visible()
    assert chat.page.evaluate("isCancelled")


def test_chinese_is_read_by_a_chinese_voice(open_chat, scripted):
    scripted.text = "你好，我是一个模型。"
    chat = open_chat(script=SYNTHESIS)
    chat.asked("你好")
    chat.answer.get_by_role("button", name="Read aloud").click()
    assert chat.page.evaluate("utterances.map(({ lang }) => lang)") == ["zh-CN"]
