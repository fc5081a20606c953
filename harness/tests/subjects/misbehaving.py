"""A subject that breaks the subject protocol in the way that its strategy names. It touches no database."""
import json
import os
import signal
import sys
import time


def say(**message):
    os.write(1, json.dumps(message).encode() + b"\n")


def at_open(strategy):
    if strategy == "garbage":
        os.write(1, b"Connecting to the database ...\n")
    elif strategy == "not-text":
        os.write(1, bytes(range(128, 256)) + b"\n")
    elif strategy == "endless-line":
        for _ in range(1024):
            os.write(1, b"x" * 1024)
    elif strategy == "refuses":
        say(error="no such database")
        sys.exit(1)
    elif strategy == "dies-at-once":
        sys.exit(7)
    elif strategy == "says-nothing":
        time.sleep(1e9)
    elif strategy == "spins":
        while True:
            pass


def at_operation(strategy, operation):
    if strategy == "dies-in-the-middle":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif strategy == "closes-its-output":
        os.close(1)
        return
    elif strategy == "answers-what-nobody-asked":
        operation["id"] = 4711
    elif strategy == "answers-twice":
        say(id=operation["id"], error="not done", kind="Refusal", sqlstate=None)
    say(id=operation["id"], error="not done", kind="Refusal", sqlstate=None)


def main():
    strategy = json.loads(sys.stdin.readline())["open"]["strategy"]
    at_open(strategy)
    say(ready=True, name="misbehaving", version="1", driver="none")
    for line in sys.stdin:
        at_operation(strategy, json.loads(line))
    if strategy == "never-ends":
        time.sleep(1e9)
    sys.exit(strategy == "fails-at-its-end")


main()
