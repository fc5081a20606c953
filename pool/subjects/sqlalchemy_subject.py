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
}


class Pool:
    name, version = "sqlalchemy", sqlalchemy.__version__
    driver = f"psycopg2 {psycopg2.__version__.split()[0]} ({subject.libpq_version(psycopg2.extensions.libpq_version())})"

    def __init__(self, conninfo, size, strategy):
        self.optimistic = strategy == "optimistic"
        self.engine = sqlalchemy.create_engine(
            "postgresql+psycopg2://", creator=lambda: psycopg2.connect(conninfo),
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
            statement = sqlalchemy.text(operation.text(*(":" + name for name in operation.names)))
            connection.execute(statement, dict(zip(operation.names, operation.values)))
            operation.pause()
        return backend

    def close(self):
        self.engine.dispose()


subject.main(Pool)
