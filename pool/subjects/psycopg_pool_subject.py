#!/usr/bin/python3
"""The adapter of psycopg_pool, the pool of psycopg 3."""
import psycopg
import psycopg_pool
import subject


class Pool:
    name, version = "psycopg_pool", psycopg_pool.__version__
    driver = f"psycopg {psycopg.__version__} ({psycopg.pq.__impl__}, {subject.libpq_version(psycopg.pq.version())})"

    def __init__(self, conninfo, size, strategy):
        check = {"check": psycopg_pool.ConnectionPool.check_connection} if strategy == "check" else {}  # since 3.2
        self.pool = psycopg_pool.ConnectionPool(conninfo, min_size=size, max_size=size, **check)
        self.pool.wait()

    def transact(self, operation):
        with self.pool.connection() as connection:
            backend = connection.info.backend_pid
            connection.execute(operation.text("%s", "%s"), operation.values)
            operation.pause()
        return backend

    def close(self):
        self.pool.close()


subject.main(Pool)
