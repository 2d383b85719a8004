"""`pronk config` from outside: what the program itself says of a file, a variable and a missing file."""

import json
import os
import subprocess

SERVICE = "services:\n  - { name: llama, engine: native, model: m, scale: { max: 2 } }\n"


def config(pronk, folder, *arguments, **variables):
    return subprocess.run(
        [pronk, "config", *arguments, "--data", str(folder)], capture_output=True, text=True, timeout=60,
        env={**os.environ, **variables})


def test_a_good_file_is_counted(pronk, tmp_path):
    (tmp_path / "pronk.yaml").write_text(SERVICE)
    done = config(pronk, tmp_path, "check")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/pronk.yaml: ok, 1 service\n")


def test_every_mistake_is_printed_with_its_place(pronk, tmp_path):
    file = tmp_path / "other.yaml"
    file.write_text("gatway: {}\n" + SERVICE.replace("max: 2", "max: 0, idle: 1d"))
    done = config(pronk, tmp_path, "check", "--config", str(file), PRONK_GATEWAY_LISTN="x")
    assert done.returncode == 1 and done.stdout == ""
    lines = done.stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"{file}:1:1", f"{file}:3:60", f"{file}:3:69", "environment PRONK_GATEWAY_LISTN"]
    assert lines[0].endswith("did you mean gateway?") and lines[3].endswith("did you mean PRONK_GATEWAY_LISTEN?")


def test_a_missing_file_is_a_clear_error(pronk, tmp_path):
    done = config(pronk, tmp_path, "check")
    assert done.returncode == 1 and "There is no file" in done.stderr and "pronk up" in done.stderr


def test_values_are_shown_with_their_origins_and_read_back(pronk, tmp_path):
    file = tmp_path / "pronk.yaml"
    file.write_text(SERVICE)
    shown = config(pronk, tmp_path, "show", PRONK_SERVICES_LLAMA_SCALE_IDLE="5m")
    assert shown.returncode == 0
    assert f"# {file}:2" in shown.stdout and "# environment PRONK_SERVICES_LLAMA_SCALE_IDLE" in shown.stdout
    settings = json.loads(config(pronk, tmp_path, "show", "--json").stdout)["settings"]
    values = {setting["path"]: setting["value"] for setting in settings}
    assert values["services.llama.scale.max"] == 2 and values["services.llama.scale.idle"] == "10m"
    file.write_text(shown.stdout)
    again = json.loads(config(pronk, tmp_path, "show", "--json").stdout)["settings"]
    changed = {setting["path"] for setting in again if setting["value"] != values[setting["path"]]}
    assert changed == {"services.llama.scale.idle"}
