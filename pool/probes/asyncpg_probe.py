#!/usr/bin/python3
"""asyncpg without a pool. Its event loop runs all the time, as in an application: it sees what comes while nobody asks."""
import asyncio
import shlex
import ssl
import sys
import threading

import asyncpg
import probe


class Client:
    name, version = "asyncpg", asyncpg.__version__
    driver = "Python " + sys.version.split()[0]

    def __init__(self, conninfo):
        settings = dict(word.split("=", 1) for word in shlex.split(conninfo))
        self.settings = {key: settings[key] for key in ("host", "port", "user", "password")}
        self.settings["database"] = settings["dbname"]
        self.settings["ssl"] = False
        if settings["sslmode"] != "disable":
            self.settings["ssl"] = ssl.create_default_context(cafile=settings["sslrootcert"])
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def wait_for(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def connect(self):
        return self.wait_for(asyncpg.connect(**self.settings))

    def transact(self, connection, statement, values, pause_s):
        self.wait_for(self.transact_async(connection, statement.format("$1", "$2"), values, pause_s))

    async def transact_async(self, connection, statement, values, pause_s):
        # Not `async with`: its roll-back would fail too, and hide the first error behind its own.
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(statement, *values)
        await asyncio.sleep(pause_s)
        await transaction.commit()

    def state(self, connection):
        return f"is_closed = {connection.is_closed()}"


probe.main(Client)
