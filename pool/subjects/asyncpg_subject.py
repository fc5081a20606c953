#!/usr/bin/python3
"""The adapter of asyncpg's own pool."""
import asyncio
import sys

import asyncpg
import subject

OPTIONS = {
    "default": {},
    "lifetime-0": {"max_inactive_connection_lifetime": 0},
    "tuned": {"max_inactive_connection_lifetime": 60, "timeout": 5, "command_timeout": 30},
}


class Pool:
    speaks = ("connect", "listen", "sslmode", "within")
    name, version = "asyncpg", asyncpg.__version__
    driver = "its own, Python " + sys.version.split()[0]

    async def open(self, conninfo, size, strategy):
        self.settings = subject.asyncpg_settings(conninfo)
        self.pool = await asyncpg.create_pool(
            **{**OPTIONS[strategy], **self.settings}, min_size=size, max_size=size)

    async def transact(self, operation):
        async with self.pool.acquire() as connection:
            backend = connection.get_server_pid()
            async with connection.transaction():
                await operation.run_async(lambda text, values: connection.execute(text, *values), "$1", "$2")
        return backend

    async def connect(self):
        connection = await asyncpg.connect(**self.settings)
        try:
            await connection.execute("SELECT now()")
            return connection.get_server_pid()
        finally:
            await connection.close()

    async def listen(self, seconds):
        heard, ended = [], asyncio.get_running_loop().create_future()
        connection = await asyncpg.connect(**self.settings)
        connection.add_termination_listener(lambda _: ended.done() or ended.set_result(None))
        await connection.add_listener("hangup", lambda _connection, _pid, _channel, payload: heard.append(payload))
        done, _ = await asyncio.wait([ended], timeout=seconds)
        if done:
            raise asyncpg.ConnectionDoesNotExistError("the listener's connection was closed")
        connection.terminate()
        return heard

    async def close(self):
        try:  # its documentation advises the limit: close waits for what a silent path will not answer
            await asyncio.wait_for(self.pool.close(), timeout=10)
        except asyncio.TimeoutError:
            self.pool.terminate()


subject.main_async(Pool)
