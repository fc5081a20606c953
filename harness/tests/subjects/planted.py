"""A small pool on psycopg2 with the bug that its strategy names.

sound            drops a connection after any error
retries-commit   does the work again when the answer to COMMIT did not come: a row may be there twice
keeps-dead       puts a connection back into the pool after a time-out, though it is dead
leaks-cancelled  forgets a connection whose ping was cut off: neither closed nor in the pool
"""
import json
import sys

import psycopg2

STATEMENTS = {"insert": "INSERT INTO blog_posts (key) VALUES (%(key)s)",
              "transaction": "INSERT INTO blog_posts (key) VALUES (%(key)s)",
              "read": "SELECT count(*) FROM blog_posts"}


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Pool:
    def __init__(self, conninfo, size, strategy):
        self.conninfo, self.strategy, self.forgotten = conninfo, strategy, []
        self.idle = [psycopg2.connect(conninfo) for _ in range(size)]

    def ping(self, connection):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()

    def checkout(self):
        while self.idle:
            connection = self.idle.pop()
            try:
                if self.strategy == "leaks-cancelled":
                    self.ping(connection)
                return connection
            except psycopg2.Error:
                self.forgotten.append(connection)  # the bug: nobody closes it
        return psycopg2.connect(self.conninfo)

    def work(self, connection, request):
        with connection.cursor() as cursor:
            cursor.execute(STATEMENTS[request["do"]], request)
        try:
            connection.commit()
        except psycopg2.Error:
            if self.strategy != "retries-commit":
                raise
            connection.close()
            again = psycopg2.connect(self.conninfo)  # the bug: it may have been done already
            with again.cursor() as cursor:
                cursor.execute(STATEMENTS[request["do"]], request)
            again.commit()
            return again
        return connection

    def transact(self, request):
        connection = self.checkout()
        try:
            connection = self.work(connection, request)
        except psycopg2.Error as error:
            if self.strategy == "keeps-dead" and "timed out" in str(error):
                self.idle.append(connection)  # the bug
            else:
                connection.close()
            raise
        self.idle.append(connection)
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


main()
