"""A real Chromium on a real `pronk up` with the real engine: the fixtures of the chat site's tests."""

import pytest
from chat_page import ChatPage
from chat_site import FLAGS, command, native, remote, running
from playwright.sync_api import expect, sync_playwright
from scripted_model import ScriptedModel
from wire import Wire

# A machine under load is slow, and no test here measures a time.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def remote_model():
    model = ScriptedModel()
    yield model
    model.close()


@pytest.fixture
def scripted(remote_model):
    """What the services `scripted` and `llama-3-8b-instruct` call: says what the test wants."""
    remote_model.reset()
    yield remote_model
    # Nothing goes on into the next test.
    for answer in remote_model.answers + remote_model.prepared:
        answer.break_off()


@pytest.fixture(scope="session")
def site(pronk, data, remote_model, tmp_path_factory):
    """One site with its administrator, and models of each kind."""
    price = "    price: { perInstanceHour: 2.83, currency: CNY }\n"
    services = native(extra=price) + native("small", extra='    arguments: [--context, "512"]\n') \
        + remote("scripted", remote_model) + remote("llama-3-8b-instruct", remote_model) \
        + command("slow", "--ready-after", "3", idle="1s") + command("broken", "--crash-after", "0", start="3s")
    gateway = "  auth: open\n  domains: [chat.test]"
    with running(pronk, tmp_path_factory.mktemp("site"), data, services, gateway=gateway) as site:
        yield site.set_up()


@pytest.fixture
def fresh(pronk, data, tmp_path):
    """A site that nobody has been to, whose instances end after two idle seconds."""
    with running(pronk, tmp_path / "data", data, native(idle="2s")) as site:
        yield site


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Makes pages in contexts of their own; afterwards no page may have failed or broken the content policy."""
    contexts, complaints = [], []

    def open_page(site, cookie=None, path="/", width=1280, height=800, script=None, beside=None, **options):
        """`script` runs before the page's own; `beside`: in the browser context of that page."""
        if beside is None:
            context = chromium.new_context(
                viewport={"width": width, "height": height}, locale=options.pop("locale", "en-US"), **options)
            contexts.append(context)
        else:
            context = beside.context
        if cookie:
            name, value = cookie.split("=", 1)
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.goto(site.url + path if path.startswith("/") else path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def is_complaint(message):
    """Violations of the content policy, and React's warnings. A server that is away for a while is no mistake of the
    page's, nor is a header that browsers ignore over plain HTTP."""
    harmless = ("Failed to load resource", "net::ERR_", "Cross-Origin-Opener-Policy header has been ignored")
    return message.type == "error" and not any(words in message.text for words in harmless)


@pytest.fixture
def wire(site):
    """A network between a page and the site."""
    wire = Wire(site.port)
    yield wire
    wire.close()


@pytest.fixture
def open_chat(open_page, site):
    """A new user on the empty chat page: the page, with the user's cookie."""

    def open_chat(cookie=None, model="scripted", path="/", **options):
        cookie = cookie or site.new_user(defaultModel=model, modelTitles=False)
        chat = ChatPage(open_page(site, cookie, path, **options))
        chat.cookie = cookie
        expect(chat.composer).to_be_visible()
        return chat

    return open_chat
