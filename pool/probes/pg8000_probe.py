#!/usr/bin/python3
"""pg8000 without a pool: a client in Python alone."""
import shlex
import ssl
import time

import pg8000.dbapi
import probe


class Client:
    name, version = "pg8000", pg8000.__version__
    driver = "Python alone"

    def __init__(self, conninfo):
        settings = dict(word.split("=", 1) for word in shlex.split(conninfo))
        self.settings = {key: settings[key] for key in ("host", "port", "user", "password")}
        self.settings["database"] = settings["dbname"]
        self.settings["ssl_context"] = False
        if settings["sslmode"] != "disable":
            self.settings["ssl_context"] = ssl.create_default_context(cafile=settings["sslrootcert"])

    def connect(self):
        return pg8000.dbapi.connect(**self.settings)

    def transact(self, connection, statement, values, pause_s):
        connection.cursor().execute(statement.format("%s", "%s"), values)  # sends BEGIN first
        time.sleep(pause_s)
        connection.commit()

    def state(self, connection):
        return None  # it has no word for it


probe.main(Client)
