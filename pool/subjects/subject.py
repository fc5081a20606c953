"""What the Python subjects share: the subject protocol (README.md) on stdin and stdout, for pools of threads and of asyncio."""
import asyncio
import json
import select
import shlex
import ssl
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

INSERT = ("INSERT INTO blog_posts (key) VALUES ({})", ("key",))
# With the parameters of each. A driver writes their places in its own way.
STATEMENTS = {
    "insert": INSERT,
    "read": ("SELECT count(*) FROM blog_posts", ()),
    "wait": ("SELECT pg_sleep({})", ("seconds",)),
    "transaction": INSERT,
    "bulk": ("INSERT INTO blog_posts (key, title) VALUES ({}, {})", ("key", "title")),
    "fetch": ("SELECT repeat('x', {})", ("bytes",)),
    "lock": ("LOCK TABLE blog_posts IN EXCLUSIVE MODE", ()),
    "notify": ("WITH row AS (INSERT INTO blog_posts (key) VALUES ({}) RETURNING key) SELECT pg_notify('hangup', key) FROM row",
               ("key",)),
}
# The words beyond the first ones that every adapter here knows. A Pool's `speaks` has what it knows besides.
SPEAKS = ("lock", "notify", "once", "then")
ONCE = " ON CONFLICT (key) DO NOTHING"  # the idempotency key is the row's own


class Operation:
    def __init__(self, request):
        if request["do"] not in STATEMENTS:
            raise ValueError("unknown operation")
        self.statement, self.names = STATEMENTS[request["do"]]
        request = {"title": "x" * request.get("bytes", 0), **request}
        self.values = [request[name] for name in self.names]
        self.pause_s = request.get("pause_ms", 0) / 1000
        self.then = request.get("then", ())
        self.suffix = ONCE if request.get("once") else ""
        self.within_s = request.get("within_ms", 0) / 1000 or None

    def text(self, *places):
        """The statement with its parameters' places written so: text("%s", "%s"), text("$1", "$2")."""
        return self.statement.format(*places) + self.suffix

    def run(self, execute, *places, cancel=None):
        """The statement, the pause, and what comes behind it: execute(text, values) for each. When there is a deadline,
        cancel() is called then, by another thread."""
        alarm = threading.Timer(self.within_s, cancel) if self.within_s and cancel else None
        if alarm:
            alarm.daemon = True
            alarm.start()
        try:
            execute(self.text(*places), self.values)
            if self.pause_s:  # even a sleep of nothing takes the kernel's 50 us
                time.sleep(self.pause_s)
            for key in self.then:
                execute(INSERT[0].format(*places) + self.suffix, [key])
        finally:
            if alarm:
                alarm.cancel()

    async def run_async(self, execute, *places):
        await execute(self.text(*places), self.values)
        if self.pause_s:
            await asyncio.sleep(self.pause_s)
        for key in self.then:
            await execute(INSERT[0].format(*places) + self.suffix, [key])


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
    say(ready=True, name=pool.name, version=pool.version, driver=pool.driver, speaks=[*SPEAKS, *getattr(pool, "speaks", ())])


def answer(pool, line):
    request = json.loads(line)
    try:
        if request["do"] == "connect":
            result = {"backend": pool.connect()}
        elif request["do"] == "listen":
            result = {"heard": pool.listen(request["seconds"])}
        else:
            result = {"backend": pool.transact(Operation(request))}
        say(id=request["id"], ok=True, **result)
    except Exception as error:
        say(id=request.get("id"), **describe(error))


def main(Pool):
    """A Pool is made of (conninfo, size, strategy), with all its connections open; it has transact(operation), which
    returns the server process's id, close(), and name, version, driver. `speaks`: "connect" where it has connect(), "listen"
    where it has listen(seconds), which returns what it has heard, "within" where it passes `cancel` to operation.run, "sslmode"
    where it does as conninfo says."""
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


async def perform_async(pool, request):
    if request["do"] == "connect":
        return {"backend": await pool.connect()}
    if request["do"] == "listen":
        return {"heard": await pool.listen(request["seconds"])}
    operation = Operation(request)
    return {"backend": await asyncio.wait_for(pool.transact(operation), operation.within_s)}


async def answer_async(pool, line, workers):
    request = json.loads(line)
    try:
        say(id=request["id"], ok=True, **await perform_async(pool, request))
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
    """As main, with coroutines: open(conninfo, size, strategy), transact(operation), close(). A deadline cancels them."""
    asyncio.run(serve(Pool))


def settings_of(conninfo):
    """libpq's keywords and values."""
    return dict(word.split("=", 1) for word in shlex.split(conninfo))


def asyncpg_settings(conninfo):
    """What asyncpg has of libpq's keywords. It has no keepalives_* and no tcp_user_timeout."""
    given = settings_of(conninfo)
    settings = {key: given[key] for key in ("host", "port", "user", "password")}
    settings["database"] = given["dbname"]
    settings["ssl"] = given["sslmode"]
    if given["sslmode"].startswith("verify-"):
        settings["ssl"] = ssl.create_default_context(cafile=given["sslrootcert"])
        settings["ssl"].check_hostname = given["sslmode"] == "verify-full"
    if "connect_timeout" in given:
        settings["timeout"] = int(given["connect_timeout"])
    return settings


def listen_psycopg2(connection, seconds):
    """As psycopg2's documentation shows it, on a connection of its own."""
    heard, end = [], time.monotonic() + seconds
    connection.autocommit = True
    connection.cursor().execute("LISTEN hangup")
    while (left := end - time.monotonic()) > 0:
        if select.select([connection], [], [], left)[0]:
            connection.poll()
            heard += [notify.payload for notify in connection.notifies]
            connection.notifies.clear()
    connection.close()
    return heard


def connect_psycopg2(connection):
    connection.cursor().execute("SELECT now()")
    connection.close()
    return connection.info.backend_pid


# What libpq's manual offers against dead connections, for the strategy `tuned`. What a run asks for comes last, and counts.
TUNED_LIBPQ = "connect_timeout=5 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 tcp_user_timeout=5000"


def tuned(conninfo, strategy):
    return f"{TUNED_LIBPQ} {conninfo}" if strategy == "tuned" else conninfo


def libpq_version(number):
    return f"libpq {number // 10000}.{number % 10000}"
