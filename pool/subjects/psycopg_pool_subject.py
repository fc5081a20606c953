#!/usr/bin/python3
"""The adapter of psycopg_pool, the pool of psycopg 3."""
import psycopg
import psycopg_pool
import subject


class Pool:
    # A listener's time-out came with 3.2.
    speaks = ("connect", "sslmode", "within") + (("listen",) if tuple(map(int, psycopg.__version__.split(".")[:2])) >= (3, 2) else ())
    name, version = "psycopg_pool", psycopg_pool.__version__
    driver = f"psycopg {psycopg.__version__} ({psycopg.pq.__impl__}, {subject.libpq_version(psycopg.pq.version())})"

    def __init__(self, conninfo, size, strategy):
        self.conninfo = subject.tuned(conninfo, strategy)
        check = {"check": psycopg_pool.ConnectionPool.check_connection}  # since 3.2
        options = {"none": {}, "check": check, "tuned": {**check, "timeout": 10, "max_idle": 300, "max_lifetime": 1800}}
        self.pool = psycopg_pool.ConnectionPool(self.conninfo, min_size=size, max_size=size, **options[strategy])
        self.pool.wait()

    def transact(self, operation):
        with self.pool.connection(timeout=operation.within_s) as connection:
            backend = connection.info.backend_pid
            operation.run(connection.execute, "%s", "%s", cancel=connection.cancel)
        return backend

    def connect(self):
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute("SELECT now()")
            return connection.info.backend_pid

    def listen(self, seconds):
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute("LISTEN hangup")
            return [notify.payload for notify in connection.notifies(timeout=seconds)]

    def close(self):
        self.pool.close()


subject.main(Pool)
