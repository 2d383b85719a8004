"""`pronk key` and `pronk cost`, as people and scripts call them, beside another process that has the database open."""

import json
import sqlite3
import subprocess

import pytest


@pytest.fixture
def run(pronk, tmp_path):
    """Runs the program on a data folder of the test's own; returns its status, output and errors."""

    def run(*arguments, status=0, zone="Asia/Shanghai"):
        result = subprocess.run(
            [pronk, *arguments, "--data", str(tmp_path)], capture_output=True, text=True, timeout=60,
            env={"TZ": zone, "HOME": str(tmp_path)})
        assert result.returncode == status, result.stderr
        return result

    return run


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked(run, tmp_path):
    assert "pronk key create" in run("key", "list").stderr
    assert not list(tmp_path.iterdir()), "looking makes no file"
    made = run("key", "create", "--name", "site", "--scope", "chat", "--scope", "wake", "--rpm", "60")
    token = made.stdout.strip()
    assert token.startswith("pk-") and len(token) == 46
    (key,) = json.loads(run("key", "list", "--json").stdout)
    assert key["name"] == "site" and key["scopes"] == ["chat", "wake"] and key["requests_per_minute"] == 60
    assert token not in run("key", "list").stdout
    assert not any(token[3:15].encode() in file.read_bytes() for file in tmp_path.iterdir())
    run("key", "revoke", "site")
    (key,) = json.loads(run("key", "list", "--json").stdout)
    assert key["state"] == "revoked"


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["key", "create", "--name", ""], "name has 1 to 64 bytes"),
        (["key", "create", "--name", "a", "--rpm", "0"], "from 1 to"),
        (["key", "revoke", "nobody"], "pronk key list"),
        (["cost", "--since", "gestern"], "2026-11-01T08:30"),
        (["cost", "--since", "today", "--until", "yesterday"], "ends before it begins"),
    ],
)
def test_mistakes_are_named_with_the_way_out(run, arguments, words):
    assert words in run(*arguments, status=1).stderr


def test_a_file_that_is_no_database_is_named(run, tmp_path):
    (tmp_path / "pronk.db").write_text("not a database" * 1000)
    assert "is no SQLite database" in run("key", "list", status=1).stderr


def test_the_bill_adds_up_while_another_process_writes(run, tmp_path):
    assert "The ledger has nothing" in run("cost").stderr
    run("key", "create", "--name", "site")
    writer = sqlite3.connect(tmp_path / "pronk.db", isolation_level=None)
    hour = 3_600_000_000
    # 2026-03-01 00:00 in Shanghai; an idle hour before it and two busy ones after.
    midnight = 1_772_294_400_000_000
    writer.execute("INSERT INTO service_terms VALUES ('llama', 0, 0, 2830000, 'CNY')")
    for kind, start, end in [("idle", midnight - hour, midnight), ("busy", midnight, midnight + 2 * hour)]:
        writer.execute(
            "INSERT INTO instance_span VALUES ('llama-1', ?, ?, ?, ?, 'llama')", (kind, start, end, end - start))
    (key,) = writer.execute("SELECT id FROM api_key").fetchone()
    for number, caller in enumerate([key, key, key, "local"]):
        writer.execute(
            "INSERT INTO request VALUES (?, 'llama', ?, 'llama-1', ?, 'completed', 200, 7, 3, 10, 0, 0, NULL, ?, 1)",
            (f"r{number}", caller, midnight + hour, hour // 2))
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM request")

    period = ["--since", "2026-02-28", "--until", "2026-03-02"]
    bill = json.loads(run("cost", *period, "--json").stdout)
    assert [(row["day"], row["cost"], row["always_on_cost"]) for row in bill["rows"]] == [
        ("2026-02-28", 28_300, 28_300), ("2026-03-01", 56_600, 24 * 28_300)]
    (total,) = bill["totals"]
    assert (total["requests"], total["prompt_tokens"], total["cost"]) == (4, 28, 84_900)

    by_key = json.loads(run("cost", *period, "--by", "key", "--json").stdout)
    assert {row["key"]: row["cost"] for row in by_key["rows"]} == {key: 42_450, "local": 14_150, "": 28_300}
    assert "site" in run("cost", *period, "--by", "key").stdout

    in_utc = json.loads(run("cost", *period, "--utc", "--json").stdout)
    assert [row["day"] for row in in_utc["rows"]] == ["2026-02-28", "2026-03-01"]
    assert [row["cost"] for row in in_utc["rows"]] == [84_900, 0]
    assert "no record of a service 'other'" in run("cost", *period, "--service", "other", status=1).stderr
    writer.execute("ROLLBACK")
