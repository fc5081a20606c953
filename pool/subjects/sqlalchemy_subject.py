#!/usr/bin/python3
"""The adapter of SQLAlchemy on psycopg2."""
import sys

import psycopg2
import sqlalchemy
import subject

OPTIONS = {
    "none": {},
    "optimistic": {},
    "pre-ping": {"pool_pre_ping": True},
    "recycle": {"pool_recycle": 300},
    "tuned": {"pool_pre_ping": True, "pool_recycle": 1800, "pool_timeout": 10},
}


PLACES = ("key", "title")  # a statement has two parameters at most


class Pool:
    speaks = ("connect", "listen", "sslmode", "within")
    name, version = "sqlalchemy", sqlalchemy.__version__
    driver = f"psycopg2 {psycopg2.__version__.split()[0]} ({subject.libpq_version(psycopg2.extensions.libpq_version())})"

    def __init__(self, conninfo, size, strategy):
        self.conninfo = conninfo
        self.optimistic = strategy == "optimistic"
        self.engine = sqlalchemy.create_engine(
            "postgresql+psycopg2://", creator=lambda: psycopg2.connect(subject.tuned(conninfo, strategy)),
            pool_size=size, max_overflow=0, **OPTIONS[strategy])
        for connection in [self.engine.connect() for _ in range(size)]:
            connection.close()

    def transact(self, operation):
        try:
            return self.transact_once(operation)
        except sqlalchemy.exc.DBAPIError as error:
            if self.optimistic and error.connection_invalidated:
                print("Connection was invalidated!", file=sys.stderr)
            raise

    def transact_once(self, operation):
        with self.engine.begin() as connection:
            backend = connection.connection.get_backend_pid()
            operation.run(
                lambda text, values: connection.execute(sqlalchemy.text(text), dict(zip(PLACES, values))),
                *(":" + place for place in PLACES), cancel=connection.connection.cancel)
        return backend

    def connect(self):
        return subject.connect_psycopg2(psycopg2.connect(self.conninfo))

    def listen(self, seconds):
        return subject.listen_psycopg2(psycopg2.connect(self.conninfo), seconds)

    def close(self):
        self.engine.dispose()


subject.main(Pool)
