"""A small pool on psycopg2, for one operation at a time, with the bug that its strategy names.

sound            asks each connection first, for a second at most, and closes what fails
retries-commit   does the work again when the answer to COMMIT did not come: the row may be there twice
keeps-dead       puts a connection back after a time-out, though it is dead
leaks-cancelled  counts a connection as handed out for ever when its ping was cut off
"""
import json
import select
import sys
import time

import psycopg2
from psycopg2 import extensions

INSERT = "INSERT INTO blog_posts (key) VALUES (%(key)s)"
STATEMENTS = {"insert": INSERT, "transaction": INSERT, "read": "SELECT count(*) FROM blog_posts"}
PATIENCE_S = {"ping": 1, "work": None}


class Cancelled(Exception):
    pass


class Pool:
    def __init__(self, conninfo, size, strategy):
        self.conninfo, self.strategy, self.free, self.doing = conninfo, strategy, size, "work"
        extensions.set_wait_callback(self.wait)
        self.idle = [psycopg2.connect(conninfo) for _ in range(size)]

    def wait(self, connection):
        while (state := connection.poll()) != extensions.POLL_OK:
            reads, writes = ([connection], []) if state == extensions.POLL_READ else ([], [connection])
            if not any(select.select(reads, writes, [], PATIENCE_S[self.doing])):
                raise Cancelled("the ping got no answer within a second")

    def ping(self, connection):
        self.doing = "ping"
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            connection.rollback()
        finally:
            self.doing = "work"

    def take(self):
        if self.free == 0:
            time.sleep(5)
            raise Cancelled("no connection within 5 seconds: the pool is exhausted")
        self.free -= 1
        if self.idle:
            return self.idle.pop()
        return self.connect()

    def connect(self):
        try:
            return psycopg2.connect(self.conninfo)
        except Exception:
            self.free += 1
            raise

    def checkout(self):
        connection = self.take()
        if self.strategy == "keeps-dead":
            return connection
        try:
            self.ping(connection)
        except Cancelled:
            if self.strategy == "leaks-cancelled":
                raise  # the bug: nobody counts it as free again
        except psycopg2.Error:
            pass
        else:
            return connection
        connection.close()
        return self.connect()

    def work(self, connection, request):
        with connection.cursor() as cursor:
            cursor.execute(STATEMENTS[request["do"]], request)
        try:
            connection.commit()
        except psycopg2.Error:
            if self.strategy != "retries-commit":
                raise
            connection.close()
            connection = psycopg2.connect(self.conninfo)  # the bug: it may have been done already
            with connection.cursor() as cursor:
                cursor.execute(STATEMENTS[request["do"]], request)
            connection.commit()
        return connection

    def transact(self, request):
        connection = self.checkout()
        try:
            connection = self.work(connection, request)
        except psycopg2.Error as error:
            if self.strategy == "keeps-dead" and ("timed out" in str(error) or "already closed" in str(error)):
                self.idle.append(connection)  # the bug
            else:
                connection.close()
            self.free += 1
            raise
        self.idle.append(connection)
        self.free += 1
        return connection.info.backend_pid


def main():
    settings = json.loads(sys.stdin.readline())["open"]
    pool = Pool(settings["conninfo"], settings["size"], settings["strategy"])
    say(ready=True, name="planted", version="1", driver=psycopg2.__version__.split()[0])
    for line in sys.stdin:
        request = json.loads(line)
        try:
            say(id=request["id"], ok=True, backend=pool.transact(request))
        except Exception as error:
            say(id=request["id"], error=str(error).rstrip("\n"), kind=type(error).__name__, sqlstate=None)


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


main()
