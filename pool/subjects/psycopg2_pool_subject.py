#!/usr/bin/python3
"""The adapter of psycopg2's ThreadedConnectionPool."""
import psycopg2
import subject
from psycopg2.pool import ThreadedConnectionPool


class Pool:
    name, version = "psycopg2_pool", psycopg2.__version__.split()[0]
    driver = subject.libpq_version(psycopg2.extensions.libpq_version())

    def __init__(self, conninfo, size, _):
        self.pool = ThreadedConnectionPool(size, size, conninfo)

    def transact(self, operation):
        connection = self.pool.getconn()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(operation.text("%s", "%s"), operation.values)
                operation.pause()
            return connection.get_backend_pid()
        finally:
            self.pool.putconn(connection)

    def close(self):
        self.pool.closeall()


subject.main(Pool)
