"""What administrators see and do, and nobody else."""

import re

import pytest
from chat_page import ChatPage
from chat_site import PASSWORD
from platform_process import MODEL
from playwright.sync_api import expect


@pytest.fixture
def admin(site, open_page):
    def open_tab(tab=""):
        page = open_page(site, site.admin, f"/admin{tab}")
        expect(page.get_by_role("heading", name="Administration")).to_be_visible()
        return page

    return open_tab


def row(page, name):
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))


def act(page, name, item):
    row(page, name).get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=item).click()


def test_users_are_promoted_disabled_given_passwords_and_deleted(site, admin, open_page):
    cookie = site.new_user("mallory")
    user = ChatPage(open_page(site, cookie))
    expect(user.composer).to_be_visible()
    page = admin("/users")
    page.get_by_label("Role of mallory").select_option("Administrator")
    expect(page.get_by_label("Role of mallory")).to_have_value("admin")
    site.wait(lambda: site.api("GET", "/api/session", cookie=cookie)["account"]["role"] == "admin", "the new role")
    page.get_by_label("Role of mallory").select_option("User")
    # Nobody takes away what only they have.
    expect(page.get_by_label("Role of admin")).to_be_disabled()

    act(page, "mallory", "Disable")
    expect(row(page, "mallory")).to_contain_text("Disabled")
    expect(user.page.get_by_role("heading", name="Welcome back")).to_be_visible()
    act(page, "mallory", "Enable")
    expect(row(page, "mallory")).to_contain_text("Active")

    act(page, "mallory", "Set password")
    dialog = page.get_by_role("dialog", name="New password for mallory")
    dialog.locator("input[type=password]").fill("told in person 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Password of mallory set")).to_be_visible()
    site.sign_in("mallory", "told in person 1")

    act(page, "mallory", "Delete")
    page.get_by_role("dialog", name="Delete mallory?").get_by_role("button", name="Delete").click()
    expect(row(page, "mallory")).to_have_count(0)


def test_invitations_are_made_shown_once_used_and_revoked(site, admin, open_page):
    page = admin("/invitations")

    def invite(note):
        page.get_by_role("button", name="Invite somebody").click()
        dialog = page.get_by_role("dialog", name="Invite somebody")
        dialog.get_by_label("Note").fill(note)
        dialog.get_by_role("button", name="Create invitation").click()
        address = dialog.get_by_role("textbox", name="Link", exact=True).input_value()
        dialog.get_by_role("button", name="Done").click()
        expect(row(page, note)).to_contain_text("Open")
        return address

    used, revoked = invite("for Olga"), invite("for nobody")
    guest = open_page(site, path=used)
    guest.get_by_label("Name", exact=True).fill("olga")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Create account").click()
    expect(ChatPage(guest).composer).to_be_visible()
    page.reload()
    expect(row(page, "for Olga")).to_contain_text("Used by olga")
    page.get_by_role("button", name="Revoke the invitation “for nobody”").click()
    expect(row(page, "for nobody")).to_have_count(0)

    guest = open_page(site, path=revoked)
    guest.get_by_label("Name", exact=True).fill("oscar")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Create account").click()
    expect(guest.get_by_role("alert")).to_contain_text("no longer valid")


def test_a_service_is_woken_stopped_started_and_its_log_is_read(site, admin, open_chat):
    page = admin()
    card = page.get_by_role("article", name="slow")
    site.wait(lambda: site.service("slow")["state"] == "asleep", "nobody asks for it")
    expect(card).to_contain_text("Asleep")
    card.get_by_role("button", name="Wake").click()
    expect(card).to_contain_text(re.compile("Starting|Ready"))
    card.get_by_role("button", name="Logs").click()
    dialog = page.get_by_role("dialog", name="Logs of slow")
    expect(dialog.get_by_role("log")).to_contain_text("listening on")
    dialog.get_by_role("button", name="Close").click()

    card.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog", name="Stop slow?").get_by_role("button", name="Stop").click()
    expect(card).to_contain_text("Stopped")
    # Whoever asks for it now is told, and does not wait for ever.
    chat = open_chat(model="slow")
    chat.ask("Hello?")
    expect(chat.alert).to_contain_text("stopped")
    card.get_by_role("button", name="Start").click()
    expect(card).to_contain_text(re.compile("Asleep|Starting|Ready"))
    chat.page.get_by_role("link", name="New chat").click()
    chat.asked("Hello again?")
    expect(chat.text).to_have_text(re.compile("^t0 t1"))


def test_charts_are_drawn_and_the_bill_counts_what_ran(site, admin, open_chat):
    chat = open_chat(model=MODEL)
    chat.asked("What is a llama?")
    page = admin()
    for title in ("Instances", "Requests waiting", "Tokens a second", "Spent"):
        canvas = page.get_by_role("img", name=re.compile(rf"^{title}\. Now: "))
        expect(canvas).to_be_visible()
        expect(canvas).to_have_attribute("aria-label", re.compile("¥|CN" if title == "Spent" else MODEL))
        page.wait_for_function(
            "(canvas) => new Set(new Uint32Array(canvas.getContext('2d')"
            ".getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size > 3",
            arg=canvas.element_handle())
    page.get_by_role("link", name="Bill").click()
    line = page.get_by_role("row").filter(has_text=MODEL)
    expect(line).to_contain_text(re.compile("¥|CN"))
    page.get_by_role("radio", name="Day", exact=True).click()
    expect(page.get_by_role("table", name="Bill by day")).to_be_visible()
    page.get_by_role("radio", name="Today").click()
    expect(page.get_by_role("table")).to_be_visible()


def test_users_are_no_administrators(site, open_chat, open_page):
    chat = open_chat()
    chat.sidebar.get_by_role("button", name=re.compile("^Account: ")).click()
    expect(chat.page.get_by_role("menuitem", name="Administration")).to_have_count(0)
    page = open_page(site, chat.cookie, "/admin")
    expect(page.get_by_text("Only administrators can see this page.")).to_be_visible()
    assert site.request("GET", "/api/admin/status", headers={"Cookie": chat.cookie})[0] == 403
