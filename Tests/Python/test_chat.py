"""`pronk chat` as a person and as a script meet it: through a terminal, and through pipes."""

import os
import pathlib
import signal
import subprocess

import pexpect
import pytest

class Terminal:
    """The program in a pseudo-terminal, without colours, so that a test sees the words alone."""

    def __init__(self, program, *arguments):
        environment = dict(os.environ, NO_COLOR="1", TERM="dumb")
        self.child = pexpect.spawn(program, list(arguments), env=environment, encoding="utf-8", timeout=60)
        self.child.setecho(False)

    def expect(self, text):
        self.child.expect_exact(text)

    def prompt(self):
        self.child.expect_exact("> ")

    def say(self, line):
        self.child.sendline(line)

    def status(self):
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


@pytest.fixture
def chat(pronk, server):
    terminal = Terminal(pronk, "chat", "--url", server.url)
    terminal.expect("Talking to scripted")
    terminal.prompt()
    yield terminal
    terminal.child.close(force=True)


def pipe(pronk, arguments, text):
    return subprocess.run([pronk, "chat", *arguments], input=text, capture_output=True, text=True, timeout=120)


def test_answers_appear_and_the_history_is_sent_again(chat, server):
    chat.say("Hi, ich heiße Zoë 🦙")
    chat.expect("Hello there.")
    chat.expect("3 tokens")
    chat.prompt()
    chat.say("And again")
    chat.expect("Hello there.")
    chat.prompt()
    assert [message["content"] for message in server.requests[1]["messages"]] == [
        "Hi, ich heiße Zoë 🦙", "Hello there.", "And again",
    ]


def test_instruction_and_settings_go_with_the_request(chat, server):
    for line in ["/system Be brief.", "/set temperature 0.2", "/set seed 7"]:
        chat.say(line)
        chat.prompt()
    chat.say("/set")
    chat.expect("0.2")
    chat.prompt()
    chat.say("Hi")
    chat.expect("Hello there.")
    request = server.requests[0]
    assert request["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (request["temperature"], request["seed"]) == (0.2, 7)
    assert "top_p" not in request


def test_ctrl_c_stops_the_answer_and_not_the_program(chat, server):
    server.is_endless = True
    chat.say("Tell me everything")
    chat.expect("more more")
    chat.child.sendintr()
    chat.expect("Stopped.")
    chat.prompt()
    assert server.hung_up.wait(10), "the server still generates"
    server.is_endless = False
    chat.say("Hi")
    chat.expect("Hello there.")
    chat.prompt()
    assert server.requests[1]["messages"][1]["content"].startswith("Hello there. more")


def test_ctrl_c_at_the_prompt_hints_and_then_leaves(chat):
    chat.child.sendintr()
    chat.expect("Ctrl+D or /exit leaves")
    chat.prompt()
    chat.child.sendintr()
    assert chat.status() == 0


def test_ctrl_d_leaves(chat):
    chat.child.sendeof()
    assert chat.status() == 0


def test_a_refusal_is_shown_and_the_chat_goes_on(chat, server):
    server.error = "The prompt has 9000 tokens; 8192 is the most."
    chat.say("long")
    chat.expect("8192 is the most")
    chat.prompt()
    server.error = None
    chat.say("short")
    chat.expect("Hello there.")
    assert [message["content"] for message in server.requests[1]["messages"]] == ["short"]


def test_a_models_control_characters_do_not_reach_the_terminal(chat, server):
    server.pieces = ["a\x1b]0;title\x07b"]
    chat.say("Hi")
    chat.expect("a]0;titleb")


def test_pipes_carry_answers_alone(pronk, server):
    result = pipe(pronk, ["--url", server.url], "Hi\n/set temperature 0\nAgain")
    assert result.stdout == "Hello there.\nHello there.\n"
    assert result.returncode == 0
    assert [message["content"] for message in server.requests[1]["messages"]] == ["Hi", "Hello there.", "Again"]


def test_a_script_learns_that_an_answer_failed(pronk, server):
    server.error = "no"
    result = pipe(pronk, ["--url", server.url], "Hi\n")
    assert (result.stdout, result.returncode) == ("", 1)
    assert "no" in result.stderr


def test_an_engine_that_cannot_start_is_explained(pronk, tmp_path):
    result = pipe(pronk, ["no-such-model", "--data", str(tmp_path)], "Hi\n")
    assert result.returncode != 0
    assert "no-such-model" in result.stderr


def engines(marker):
    """Process ids of engines whose command line holds this text."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except (OSError, NotADirectoryError):
            continue
        if b"engine" in words and any(marker.encode() in word for word in words):
            found.append(int(process.name))
    return found


def ends(process):
    """Waits until a process is gone."""
    descriptor = os.pidfd_open(process)
    with os.fdopen(descriptor) as handle:
        import select

        return bool(select.select([handle], [], [], 20)[0])


@pytest.fixture
def own_engine(pronk, data, tmp_path, monkeypatch):
    """A chat with an engine of its own, and that engine's process id."""
    monkeypatch.setenv("TMPDIR", str(tmp_path)) if len(str(tmp_path)) < 70 else None
    before = set(engines("engine.sock"))
    terminal = Terminal(pronk, "chat", "--data", data)
    terminal.expect("Talking to")
    terminal.prompt()
    (engine,) = set(engines("engine.sock")) - before
    yield terminal, engine
    terminal.child.close(force=True)


def test_an_engine_of_its_own_answers_and_ends_with_the_chat(own_engine):
    terminal, engine = own_engine
    terminal.say("/set max_tokens 8")
    terminal.prompt()
    terminal.say("What is a llama?")
    terminal.expect("tokens/s")
    terminal.prompt()
    terminal.say("/exit")
    assert terminal.status() == 0
    assert engine not in engines("engine.sock")


def test_ctrl_c_leaves_the_engine_alone(own_engine):
    terminal, engine = own_engine
    terminal.say("Count from one to a thousand.")
    terminal.child.expect("[a-zA-Z0-9]{2}")
    terminal.child.sendintr()
    terminal.expect("Stopped.")
    terminal.prompt()
    terminal.say("/set max_tokens 4")
    terminal.prompt()
    terminal.say("Hi")
    terminal.expect("tokens")
    assert engine in engines("engine.sock")


def test_no_engine_is_left_when_the_chat_is_killed(own_engine):
    terminal, engine = own_engine
    terminal.child.kill(signal.SIGKILL)
    assert ends(engine)


def test_the_end_of_the_engine_is_told(own_engine):
    terminal, engine = own_engine
    os.kill(engine, signal.SIGKILL)
    terminal.expect("The engine ended.")
    assert terminal.status() == 1


def test_an_answer_through_a_pipe(pronk, data):
    result = pipe(pronk, ["--data", data], "/set max_tokens 8\n/set temperature 0\nWhat is a llama?\n")
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.strip()) > 3
