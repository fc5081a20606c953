#!/usr/bin/python3
"""The adapter of psycopg2's ThreadedConnectionPool."""
import psycopg2
import subject
from psycopg2.pool import ThreadedConnectionPool


class Pool:
    speaks = ("connect", "listen", "sslmode", "within")
    name, version = "psycopg2_pool", psycopg2.__version__.split()[0]
    driver = subject.libpq_version(psycopg2.extensions.libpq_version())

    def __init__(self, conninfo, size, strategy):
        self.conninfo = subject.tuned(conninfo, strategy)
        self.pool = ThreadedConnectionPool(size, size, self.conninfo)

    def transact(self, operation):
        connection = self.pool.getconn()
        try:
            with connection, connection.cursor() as cursor:
                operation.run(cursor.execute, "%s", "%s", cancel=connection.cancel)
            return connection.get_backend_pid()
        finally:
            self.pool.putconn(connection)

    def connect(self):
        return subject.connect_psycopg2(psycopg2.connect(self.conninfo))

    def listen(self, seconds):
        return subject.listen_psycopg2(psycopg2.connect(self.conninfo), seconds)

    def close(self):
        self.pool.closeall()


subject.main(Pool)
