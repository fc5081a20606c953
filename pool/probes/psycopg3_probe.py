#!/usr/bin/python3
"""psycopg 3 without a pool."""
import time

import probe
import psycopg


class Client:
    name, version = "psycopg3", psycopg.__version__

    def __init__(self, conninfo):
        self.conninfo = conninfo
        libpq = psycopg.pq.version()
        self.driver = f"{psycopg.pq.__impl__}, libpq {libpq // 10000}.{libpq % 10000}"

    def connect(self):
        return psycopg.connect(self.conninfo)

    def transact(self, connection, statement, values, pause_s):
        connection.execute(statement.format("%s", "%s"), values)  # sends BEGIN first
        time.sleep(pause_s)
        connection.commit()

    def state(self, connection):
        return f"closed = {connection.closed}, broken = {connection.broken}"


probe.main(Client)
