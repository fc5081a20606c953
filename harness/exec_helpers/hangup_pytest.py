"""The fixture `hangup`: a test breaks the network, or the server, at the very line where it wants it.

    def test_survives_a_silence(hangup, pool):
        with hangup.fault("silence", for_s=30) as silence:
            pool.query("SELECT 1")
        assert silence.hits > 0

`hangup exec -- pytest` loads it by itself. Where hangup is not installed, this in conftest.py skips the tests that ask for it:

    if importlib.util.find_spec("hangup_pytest") is None:
        @pytest.fixture
        def hangup():
            pytest.skip("not in hangup's lab")
"""
import json
import os
import socket

import pytest


class Fault:
    """One fault, in place since it was made. Leaving its `with` ends it, unless it is over already; `hits` is then what it met."""

    def __init__(self, lab, number, text):
        self.lab = lab
        self.number = number
        self.text = text
        self.hits = None

    def clear(self):
        for cleared in self.lab.ask({"clear": self.number})["cleared"]:
            self.hits = cleared["hits"]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.clear()

    def __repr__(self):
        return f"<fault {self.number}: {self.text}>"


class Hangup:
    """The lab's PID 1, as the socket HANGUP_SOCKET reaches it."""

    def __init__(self, path):
        self.path = path
        self.faults = []

    def ask(self, request):
        with socket.socket(socket.AF_UNIX) as lab:
            lab.connect(self.path)
            lab.sendall(json.dumps(request).encode() + b"\n")
            answer = json.loads(lab.makefile().readline())
        if not answer["ok"]:
            raise ValueError(answer["error"])
        return answer

    def fault(self, kind, argument=None, *, for_s=None, **options):
        """Makes a fault happen now; `hangup list faults` lists kinds, arguments and options.

        for_s: how long it lasts; None: until it is cleared. Options as in a scenario: connections="newest", delay="5ms".
        """
        texts = {name: str(value) for name, value in options.items()}
        if for_s is not None:
            texts["for"] = f"{round(for_s * 1_000_000)}us"
        answer = self.ask({"kind": kind, "argument": argument, "options": texts})
        self.faults.append(Fault(self, answer["fault"], answer["text"]))
        return self.faults[-1]

    def clear(self):
        """Ends all faults that this test has made."""
        while self.faults:
            self.faults.pop().clear()


@pytest.fixture
def hangup():
    if "HANGUP_SOCKET" not in os.environ:
        pytest.skip("not in hangup's lab: hangup exec -- pytest ... runs it there")
    lab = Hangup(os.environ["HANGUP_SOCKET"])
    yield lab
    lab.clear()  # no fault of one test reaches the next
