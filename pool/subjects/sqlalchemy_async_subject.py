#!/usr/bin/python3
"""The adapter of SQLAlchemy's asyncio engine on asyncpg."""
import asyncio

import asyncpg
import sqlalchemy
import subject
from sqlalchemy.ext.asyncio import create_async_engine

OPTIONS = {
    "none": {},
    "pre-ping": {"pool_pre_ping": True},
    "tuned": {"pool_pre_ping": True, "pool_recycle": 60, "pool_timeout": 10},
}
TUNED_ASYNCPG = {"timeout": 5, "command_timeout": 30}


PLACES = ("key", "title")  # a statement has two parameters at most


class Pool:
    speaks = ("sslmode", "within")
    name, version = "sqlalchemy-async", sqlalchemy.__version__
    driver = "asyncpg " + asyncpg.__version__

    async def open(self, conninfo, size, strategy):
        limits = TUNED_ASYNCPG if strategy == "tuned" else {}
        self.engine = create_async_engine(
            "postgresql+asyncpg://", connect_args={**limits, **subject.asyncpg_settings(conninfo)},
            pool_size=size, max_overflow=0, **OPTIONS[strategy])
        connections = await asyncio.gather(*(self.engine.connect() for _ in range(size)))
        for connection in connections:
            await connection.close()

    async def transact(self, operation):
        async with self.engine.begin() as connection:
            backend = (await connection.get_raw_connection()).driver_connection.get_server_pid()
            await operation.run_async(
                lambda text, values: connection.execute(sqlalchemy.text(text), dict(zip(PLACES, values))),
                *(":" + place for place in PLACES))
        return backend

    async def close(self):
        await self.engine.dispose()


subject.main_async(Pool)
