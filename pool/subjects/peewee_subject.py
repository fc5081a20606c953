#!/usr/bin/python3
"""The adapter of peewee's PooledPostgresqlDatabase."""
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import peewee
import psycopg2
import subject
from playhouse.pool import PooledPostgresqlDatabase

OPTIONS = {"none": {}, "stale-timeout-300": {"stale_timeout": 300},
           "tuned": {"stale_timeout": 300, "timeout": 10}}


class Pool:
    speaks = ("sslmode", "within")
    name, version = "peewee", peewee.__version__
    driver = f"psycopg2 {psycopg2.__version__.split()[0]} ({subject.libpq_version(psycopg2.extensions.libpq_version())})"

    def __init__(self, conninfo, size, strategy):
        settings = subject.settings_of(subject.tuned(conninfo, strategy))
        self.database = PooledPostgresqlDatabase(
            settings.pop("dbname"), max_connections=size, **OPTIONS[strategy], **settings)
        together = Barrier(size)
        with ThreadPoolExecutor(size) as threads:  # a thread has one connection at a time
            for opened in [threads.submit(self.open, together) for _ in range(size)]:
                opened.result()

    def open(self, together):
        with self.database.connection_context():
            together.wait()

    def transact(self, operation):
        with self.database.connection_context():
            with self.database.atomic():
                operation.run(self.database.execute_sql, "%s", "%s", cancel=self.database.connection().cancel)
            return self.database.connection().get_backend_pid()

    def close(self):
        self.database.close_all()


subject.main(Pool)
