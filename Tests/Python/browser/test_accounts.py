"""Who gets in, and who is shown out."""

import re

import pytest
from chat_page import ChatPage
from chat_site import PASSWORD, native, running
from playwright.sync_api import expect


def fill_in(page, name, password=PASSWORD):
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)


def greeting(page, name):
    return page.get_by_role("heading", name=f"What is on your mind, {name}?")


@pytest.fixture(scope="module")
def demo(pronk, data, tmp_path_factory):
    """A site of its own, with a demo account and an administrator."""
    with running(pronk, tmp_path_factory.mktemp("demo"), data, native(), "--demo") as site:
        yield site.set_up()


def test_the_setup_link_makes_one_administrator_and_no_second(fresh, open_page):
    link = fresh.setup_link()
    page = open_page(fresh)
    expect(page.get_by_role("heading", name="Almost there")).to_be_visible()

    page = open_page(fresh, path=link)
    fill_in(page, "ada", "short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("The password needs at least 8 characters.")).to_be_visible()
    fill_in(page, "ada")
    page.get_by_role("button", name="Create account").click()
    expect(greeting(page, "ada")).to_be_visible()
    assert "#" not in page.url
    ChatPage(page).account_menu("Administration")
    expect(page.get_by_role("heading", name="Administration")).to_be_visible()

    page = open_page(fresh, path=link)
    expect(page.get_by_text("This Pronk has its administrator already.")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_count(0)


def test_the_demo_account_signs_in_with_the_printed_password(demo, open_page):
    name, password = re.search(r"name (\S+), password (\S+)", demo.log()).groups()
    page = open_page(demo)
    fill_in(page, name, password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_visible()


def test_an_invitation_makes_one_account_that_can_chat_at_once(site, open_page, scripted):
    path = f"/invite#{site.invite()}"
    page = open_page(site, path=path)
    fill_in(page, "grace")
    page.get_by_role("button", name="Create account").click()
    expect(greeting(page, "grace")).to_be_visible()
    chat = ChatPage(page)
    chat.choose_model("scripted")
    chat.asked("May I?")
    expect(chat.text).to_have_text("All right.")

    page = open_page(site, path=path)
    fill_in(page, "eve")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert")).to_contain_text("no longer valid")


def test_sign_up_is_open_by_invitation_or_closed_as_the_administrator_says(demo, open_page):
    admin = open_page(demo, demo.admin, "/admin/users")

    def choose(name):
        admin.get_by_role("radio", name=name).click()
        expect(admin.get_by_role("radio", name=name)).to_be_checked()

    choose("Nobody")
    page = open_page(demo)
    expect(page.get_by_text("New accounts are closed here.")).to_be_visible()
    choose("By invitation")
    page.reload()
    expect(page.get_by_text("New accounts are by invitation.")).to_be_visible()
    expect(page.get_by_role("button", name="Create account")).to_have_count(0)
    choose("Anyone")
    page.reload()
    page.get_by_role("button", name="Create account").click()
    fill_in(page, "walk-in")
    page.get_by_role("button", name="Create account").click()
    expect(greeting(page, "walk-in")).to_be_visible()


def test_a_wrong_password_is_told_without_saying_what_was_wrong(site, open_page):
    texts = []
    for name in ["admin", "nobody-here"]:
        page = open_page(site)
        fill_in(page, name, "not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).not_to_be_empty()
        texts.append(page.get_by_role("alert").inner_text())
    assert texts == ["Name or password is wrong."] * 2


def test_signing_out_everywhere_is_seen_by_the_other_browser(site, open_page, open_chat):
    name = "two-browsers"
    here = open_chat(site.new_user(name))
    there = ChatPage(open_page(site, site.sign_in(name)))
    expect(there.composer).to_be_visible()

    here.account_menu("Settings")
    here.page.get_by_role("button", name="Sign out everywhere").click()
    dialog = here.page.get_by_role("dialog", name="Sign out everywhere")
    dialog.get_by_role("button", name="Sign out everywhere").click()
    expect(here.page.get_by_role("heading", name="Welcome back")).to_be_visible()
    expect(there.page.get_by_role("heading", name="Welcome back")).to_be_visible()


def test_a_changed_password_counts_from_now_on_and_ends_other_sessions(site, open_page, open_chat):
    name = "new-password"
    here = open_chat(site.new_user(name))
    there = ChatPage(open_page(site, site.sign_in(name)))
    expect(there.composer).to_be_visible()

    here.account_menu("Settings")
    here.page.get_by_label("Current password", exact=True).fill("not it at all")
    here.page.get_by_label("New password", exact=True).fill("a brand new battery")
    here.page.get_by_role("button", name="Change password").click()
    expect(here.page.get_by_text("The password is wrong.")).to_be_visible()
    here.page.get_by_label("Current password", exact=True).fill(PASSWORD)
    here.page.get_by_role("button", name="Change password").click()
    expect(here.toast("Password changed.")).to_be_visible()
    expect(there.page.get_by_role("heading", name="Welcome back")).to_be_visible()

    fill_in(there.page, name)
    there.page.get_by_role("button", name="Sign in").click()
    expect(there.page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    fill_in(there.page, name, "a brand new battery")
    there.page.get_by_role("button", name="Sign in").click()
    expect(there.composer).to_be_visible()


def test_whoever_has_to_sign_in_sees_afterwards_what_they_asked_for(site, open_page, scripted):
    name = "asked-for"
    chat = site.new_chat(site.new_user(name), "Where was I?")
    page = open_page(site, path=f"/c/{chat}")
    fill_in(page, name)
    page.get_by_role("button", name="Sign in").click()
    expect(ChatPage(page).questions).to_have_text([re.compile("Where was I\\?")])


def test_a_deleted_account_is_gone(site, open_chat, open_page):
    name = "leaving"
    chat = open_chat(site.new_user(name))
    chat.account_menu("Settings")
    chat.page.get_by_role("button", name="Delete my account").click()
    dialog = chat.page.get_by_role("dialog", name="Delete account")
    dialog.get_by_label("Enter your password to confirm").fill(PASSWORD)
    dialog.get_by_role("button", name="Delete for good").click()
    expect(chat.page.get_by_role("heading", name="Welcome back")).to_be_visible()
    fill_in(chat.page, name)
    chat.page.get_by_role("button", name="Sign in").click()
    expect(chat.page.get_by_role("alert")).to_have_text("Name or password is wrong.")
