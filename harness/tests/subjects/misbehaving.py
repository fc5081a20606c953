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
    elif strategy == "ready-twice":
        say(ready=True, name="misbehaving", version="1", driver="none")
    elif strategy in CLINGS:
        CLINGS[strategy]()


def eat_memory():
    """In files without a name, which no process seems to hold."""
    eaten = os.memfd_create("eaten")
    while True:
        os.write(eaten, bytes(1 << 20))


def fill_folders():
    for folder in ("/tmp", "/dev/shm"):
        try:
            with open(f"{folder}/full", "wb") as file:
                for _ in range(1 << 12):
                    file.write(bytes(1 << 20))
        except OSError:
            os.unlink(f"{folder}/full")


def leave(count, spin):
    """Children in sessions of their own that heed no signal."""
    for _ in range(count):
        if os.fork() == 0:
            os.setsid()
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while spin:
                pass
            time.sleep(1e9)


def signal_all():
    for pid in (1, -1):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


CLINGS = {"eats-memory": eat_memory, "fills-folders": fill_folders, "leaves-processes": lambda: leave(200, False),
          "leaves-a-spin": lambda: leave(1, True), "signals-everybody": signal_all}
ODD = {"odd-number": b'{"id": 9223372036854775807, "ok": true}', "odd-backend": b'{"id": 1, "ok": true, "backend": -9223372036854775808}',
       "odd-text": b'{"id": 1, "error": "a\\u0000b", "kind": "x", "sqlstate": null}', "odd-depth": b"[" * 20000 + b"]" * 20000,
       "odd-line": b""}


def at_operation(strategy, operation):
    if strategy == "dies-in-the-middle":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif strategy == "closes-its-output":
        os.close(1)
        return
    elif strategy == "answers-what-nobody-asked":
        operation["id"] = 4711
    elif strategy in ODD:
        os.write(1, ODD[strategy] + b"\n")
    elif strategy == "claims-work":
        say(id=operation["id"], ok=True, backend=1)
        return
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
