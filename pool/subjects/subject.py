"""What the Python subjects share: the subject protocol (README.md) on stdin and stdout, for pools of threads and of asyncio."""
import asyncio
import json
import shlex
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor

# With the parameters of each. A driver writes their places in its own way.
STATEMENTS = {
    "insert": ("INSERT INTO blog_posts (key) VALUES ({})", ("key",)),
    "read": ("SELECT count(*) FROM blog_posts", ()),
    "wait": ("SELECT pg_sleep({})", ("seconds",)),
    "transaction": ("INSERT INTO blog_posts (key) VALUES ({})", ("key",)),
    "bulk": ("INSERT INTO blog_posts (key, title) VALUES ({}, {})", ("key", "title")),
    "fetch": ("SELECT repeat('x', {})", ("bytes",)),
}


class Operation:
    def __init__(self, request):
        if request["do"] not in STATEMENTS:
            raise ValueError("unknown operation")
        self.statement, self.names = STATEMENTS[request["do"]]
        request = {"title": "x" * request.get("bytes", 0), **request}
        self.values = [request[name] for name in self.names]
        self.pause_s = request.get("pause_ms", 0) / 1000

    def text(self, *places):
        """The statement with its parameters' places written so: text("%s", "%s"), text("$1", "$2")."""
        return self.statement.format(*places)

    def pause(self):
        if self.pause_s:  # even a sleep of nothing takes the kernel's 50 us
            time.sleep(self.pause_s)

    async def pause_async(self):
        if self.pause_s:
            await asyncio.sleep(self.pause_s)


def say(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def describe(error):
    """What an application reads; of SQLAlchemy's wrapping, which adds the statement, what is inside."""
    error = getattr(error, "orig", None) or error
    text = str(error).rstrip("\n").encode(errors="replace").decode()  # a server may say what is no text
    cause, sqlstate = error, None
    while cause and not sqlstate:
        sqlstate = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
        cause = cause.__cause__
    return {"error": text.replace("\0", "?"), "kind": type(error).__name__, "sqlstate": sqlstate}


def refuse(error):
    say(**describe(error))
    sys.exit(1)


def say_ready(pool):
    say(ready=True, name=pool.name, version=pool.version, driver=pool.driver)


def answer(pool, line):
    request = json.loads(line)
    try:
        backend = pool.transact(Operation(request))
        say(id=request["id"], ok=True, backend=backend)
    except Exception as error:
        say(id=request.get("id"), **describe(error))


def main(Pool):
    """A Pool is made of (conninfo, size, strategy), with all its connections open; it has transact(operation), which
    returns the server process's id, close(), and name, version, driver."""
    settings = json.loads(sys.stdin.readline())["open"]
    try:
        pool = Pool(settings["conninfo"], settings["size"], settings["strategy"])
    except Exception as error:
        refuse(error)
    say_ready(pool)
    with ThreadPoolExecutor(settings["workers"]) as workers:
        for line in sys.stdin:
            workers.submit(answer, pool, line)
    pool.close()


async def answer_async(pool, line, workers):
    request = json.loads(line)
    try:
        backend = await pool.transact(Operation(request))
        say(id=request["id"], ok=True, backend=backend)
    except Exception as error:
        say(id=request.get("id"), **describe(error))
    finally:
        workers.release()


async def serve(Pool):
    loop, lines = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    settings = json.loads(await lines.readline())["open"]
    try:
        pool = Pool()
        await pool.open(settings["conninfo"], settings["size"], settings["strategy"])
    except Exception as error:
        refuse(error)
    say_ready(pool)
    workers, begun = asyncio.Semaphore(settings["workers"]), []
    async for line in lines:
        await workers.acquire()
        begun.append(asyncio.create_task(answer_async(pool, line, workers)))
    await asyncio.gather(*begun)
    await pool.close()


def main_async(Pool):
    """As main, with coroutines: open(conninfo, size, strategy), transact(operation), close()."""
    asyncio.run(serve(Pool))


def settings_of(conninfo):
    """libpq's keywords and values."""
    return dict(word.split("=", 1) for word in shlex.split(conninfo))


def asyncpg_settings(conninfo):
    """What asyncpg has of libpq's keywords. It has no keepalives_* and no tcp_user_timeout."""
    given = settings_of(conninfo)
    settings = {key: given[key] for key in ("host", "port", "user", "password")}
    settings["database"] = given["dbname"]
    settings["ssl"] = ssl.create_default_context(cafile=given["sslrootcert"])  # verify-full
    if "connect_timeout" in given:
        settings["timeout"] = int(given["connect_timeout"])
    return settings


def libpq_version(number):
    return f"libpq {number // 10000}.{number % 10000}"
