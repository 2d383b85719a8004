"""The life of an engine that hangs on its owner's."""

import subprocess

# What goes wrong between two threads goes wrong in a part of the runs.
ENDS = 20


def test_ends_cleanly_when_the_owner_lets_go(start_engine):
    statuses = []
    for _ in range(ENDS):
        engine = start_engine("--lease", stdin=subprocess.PIPE)
        engine.process.stdin.close()
        statuses.append(engine.process.wait(30))
    assert statuses == [0] * ENDS
