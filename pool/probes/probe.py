"""What the Python probes share: an adapter without a pool. Each operation has a connection of its own, and those that come
when each has had its turn have the last."""
import json
import os
import sys
import threading

STATEMENTS = {
    "read": ("SELECT count(*) FROM blog_posts", ()),
    "wait": ("SELECT pg_sleep({})", ("seconds",)),
    "transaction": ("INSERT INTO blog_posts (key) VALUES ({})", ("key",)),
    "bulk": ("INSERT INTO blog_posts (key, title) VALUES ({}, {})", ("key", "title")),
    "connect": ("SELECT 1", ()),
}


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def name_of(error):
    """The class as a traceback names it."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def describe(error):
    sqlstate = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return {"error": str(error).rstrip("\n"), "kind": name_of(error), "sqlstate": sqlstate}


def answer(client, connection, operation, busy):
    busy.acquire()  # until the operation before it on this connection has ended
    try:
        if connection is None:
            connection = client.connect()
        statement, names = STATEMENTS[operation["do"]]
        values = {"title": "x" * operation.get("bytes", 0), **operation}
        client.transact(connection, statement, [values[name] for name in names], operation.get("pause_ms", 0) / 1000)
        say(id=operation["id"], ok=True, state=client.state(connection))
    except Exception as error:
        state = None if connection is None else client.state(connection)
        say(id=operation["id"], state=state, **describe(error))
    busy.release()


def main(Client):
    """A Client has connect(), transact(connection, statement, values, pause_s), state(connection), name, version."""
    settings = json.loads(sys.stdin.readline())["open"]
    plain = " sslmode=disable" if settings["strategy"] == "plain" else ""
    try:
        client = Client(settings["conninfo"] + plain)
        # The first operation gets the first connection, and so on: the packets are told apart by that.
        connections = [(client.connect(), threading.Lock()) for _ in range(settings["size"])]
    except Exception as error:
        say(**describe(error))
        sys.exit(1)
    say(ready=True, name=client.name, version=client.version, driver=client.driver, speaks=["connect"])
    for line in sys.stdin:
        operation = json.loads(line)
        if operation["do"] == "connect":
            connection, busy = None, threading.Lock()
        else:  # the last one is used again
            connection, busy = connections.pop(0) if len(connections) > 1 else connections[0]
        threading.Thread(target=answer, args=(client, connection, operation, busy), daemon=True).start()
    os._exit(0)  # some threads may wait for ever
