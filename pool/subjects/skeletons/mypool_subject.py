#!/usr/bin/python3
"""The adapter of mypool: speaks hangup's subject protocol (pool/subjects/README.md) on stdin and stdout."""
import json
import queue
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2


class Pool:
    """YOUR POOL GOES HERE. What stands here is none: connections in a queue, and a new one for each that broke."""
    name, version = "mypool", "0"
    driver = f"psycopg2 {psycopg2.__version__.split()[0]}"

    def __init__(self, conninfo, size, strategy):
        """Opens all `size` connections. `strategy` is one of those that mypool.yaml names."""
        self.conninfo = conninfo
        self.idle = queue.Queue()
        for connection in [psycopg2.connect(conninfo) for _ in range(size)]:
            self.idle.put(connection)

    def transact(self, statement, parameters, pause_s):
        """One transaction on a connection of the pool. Returns the server process's id. An error is raised, never repaired."""
        connection = self.idle.get()
        try:
            connection = connection or psycopg2.connect(self.conninfo)
            connection.cursor().execute(statement, parameters)
            if pause_s:
                time.sleep(pause_s)
            connection.commit()
            return connection.get_backend_pid()
        except Exception:
            if connection:
                connection.close()
            connection = None
            raise
        finally:
            self.idle.put(connection)

    def close(self):
        while not self.idle.empty():
            connection = self.idle.get()
            if connection:
                connection.close()


# --- The protocol, the same for every pool. ---

STATEMENTS = {
    "insert": ("INSERT INTO blog_posts (key) VALUES (%s)", ["key"]),
    "read": ("SELECT count(*) FROM blog_posts", []),
    "wait": ("SELECT pg_sleep(%s)", ["seconds"]),
    "transaction": ("INSERT INTO blog_posts (key) VALUES (%s)", ["key"]),
    "bulk": ("INSERT INTO blog_posts (key, title) VALUES (%s, %s)", ["key", "title"]),
    "fetch": ("SELECT repeat('x', %s)", ["bytes"]),
}


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def describe(error):
    return {"error": str(error).rstrip("\n"), "kind": type(error).__name__, "sqlstate": getattr(error, "pgcode", None)}


def answer(pool, operation):
    try:
        if operation["do"] not in STATEMENTS:
            raise ValueError("unknown operation")
        statement, names = STATEMENTS[operation["do"]]
        values = {"title": "x" * operation.get("bytes", 0), **operation}
        backend = pool.transact(statement, [values[name] for name in names], operation.get("pause_ms", 0) / 1000)
        say(id=operation["id"], ok=True, backend=backend)
    except Exception as error:
        say(id=operation.get("id"), **describe(error))


def main():
    settings = json.loads(sys.stdin.readline())["open"]
    try:
        pool = Pool(settings["conninfo"], settings["size"], settings["strategy"])
    except Exception as error:
        say(**describe(error))
        sys.exit(1)
    say(ready=True, name=pool.name, version=pool.version, driver=pool.driver)
    with ThreadPoolExecutor(settings["workers"]) as workers:
        for line in sys.stdin:
            workers.submit(answer, pool, json.loads(line))
    pool.close()


main()
