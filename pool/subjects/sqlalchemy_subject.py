#!/usr/bin/python3
"""The adapter of SQLAlchemy on psycopg2: speaks the subject protocol (README.md) on stdin and stdout."""
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import sqlalchemy

STATEMENTS = {
    "insert": sqlalchemy.text("INSERT INTO blog_posts (key) VALUES (:key)"),
    "read": sqlalchemy.text("SELECT count(*) FROM blog_posts"),
    "wait": sqlalchemy.text("SELECT pg_sleep(:seconds)"),
    "transaction": sqlalchemy.text("INSERT INTO blog_posts (key) VALUES (:key)"),
    "bulk": sqlalchemy.text("INSERT INTO blog_posts (key, title) VALUES (:key, :title)"),
    "fetch": sqlalchemy.text("SELECT repeat('x', :bytes)"),
}


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def describe(error):
    cause = getattr(error, "orig", error)  # psycopg2's own error, where SQLAlchemy wraps one
    return {"error": str(cause).rstrip("\n"), "kind": type(cause).__name__, "sqlstate": getattr(cause, "pgcode", None)}


def answer(engine, operation):
    try:
        if operation["do"] not in STATEMENTS:
            raise ValueError("unknown operation")
        with engine.begin() as connection:
            backend = connection.connection.get_backend_pid()
            parameters = {"title": "x" * operation.get("bytes", 0), **operation}
            connection.execute(STATEMENTS[operation["do"]], parameters)
            if operation.get("pause_ms"):  # even a sleep of nothing takes the kernel's 50 us
                time.sleep(operation["pause_ms"] / 1000)
        say(id=operation["id"], ok=True, backend=backend)
    except Exception as error:
        say(id=operation.get("id"), **describe(error))


def open_engine(conninfo, size, strategy, **_):
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg2://", creator=lambda: psycopg2.connect(conninfo),
        pool_size=size, max_overflow=0, pool_pre_ping={"none": False, "pre-ping": True}[strategy])
    for connection in [engine.connect() for _ in range(size)]:
        connection.close()
    return engine


def main():
    settings = json.loads(sys.stdin.readline())["open"]
    try:
        engine = open_engine(**settings)
    except Exception as error:
        say(**describe(error))
        sys.exit(1)
    libpq = psycopg2.extensions.libpq_version()
    say(ready=True, name="sqlalchemy", version=sqlalchemy.__version__,
        driver=f"psycopg2 {psycopg2.__version__.split()[0]} (libpq {libpq // 10000}.{libpq % 10000})")
    with ThreadPoolExecutor(settings["workers"]) as workers:
        for line in sys.stdin:
            workers.submit(answer, engine, json.loads(line))
    engine.dispose()


main()
