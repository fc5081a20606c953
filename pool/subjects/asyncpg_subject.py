#!/usr/bin/python3
"""The adapter of asyncpg's own pool."""
import asyncio
import sys

import asyncpg
import subject

OPTIONS = {"default": {}, "lifetime-0": {"max_inactive_connection_lifetime": 0}}


class Pool:
    name, version = "asyncpg", asyncpg.__version__
    driver = "its own, Python " + sys.version.split()[0]

    async def open(self, conninfo, size, strategy):
        self.pool = await asyncpg.create_pool(
            **subject.asyncpg_settings(conninfo), min_size=size, max_size=size, **OPTIONS[strategy])

    async def transact(self, operation):
        async with self.pool.acquire() as connection:
            backend = connection.get_server_pid()
            async with connection.transaction():
                await connection.execute(operation.text("$1", "$2"), *operation.values)
                await operation.pause_async()
        return backend

    async def close(self):
        try:  # its documentation advises the limit: close waits for what a silent path will not answer
            await asyncio.wait_for(self.pool.close(), timeout=10)
        except asyncio.TimeoutError:
            self.pool.terminate()


subject.main_async(Pool)
