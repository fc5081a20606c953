#!/usr/bin/python3
"""psycopg2 without a pool."""
import time

import probe
import psycopg2


class Client:
    name, version = "psycopg2", psycopg2.__version__.split()[0]

    def __init__(self, conninfo):
        self.conninfo = conninfo
        libpq = psycopg2.extensions.libpq_version()
        self.driver = f"libpq {libpq // 10000}.{libpq % 10000}"

    def connect(self):
        return psycopg2.connect(self.conninfo)

    def transact(self, connection, statement, values, pause_s):
        connection.cursor().execute(statement.format("%s", "%s"), values)  # sends BEGIN first
        time.sleep(pause_s)
        connection.commit()

    def state(self, connection):
        return f"closed = {connection.closed}"


probe.main(Client)
