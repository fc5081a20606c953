#!/usr/bin/python3
"""The adapter of aiopg's pool: asyncio on psycopg2."""
import aiopg
import psycopg2
import subject


class Pool:
    speaks = ("sslmode", "within")
    name, version = "aiopg", aiopg.__version__
    driver = f"psycopg2 {psycopg2.__version__.split()[0]} ({subject.libpq_version(psycopg2.extensions.libpq_version())})"

    async def open(self, conninfo, size, strategy):
        options = {"default": {}, "tuned": {"timeout": 10, "pool_recycle": 300}}[strategy]
        self.pool = await aiopg.create_pool(subject.tuned(conninfo, strategy), minsize=size, maxsize=size, **options)

    async def transact(self, operation):
        async with self.pool.acquire() as connection, connection.cursor() as cursor:
            backend = await connection.get_backend_pid()
            async with cursor.begin():
                await operation.run_async(cursor.execute, "%s", "%s")
        return backend

    async def close(self):
        self.pool.close()
        await self.pool.wait_closed()


subject.main_async(Pool)
