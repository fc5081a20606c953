#!/usr/bin/python3
"""The adapter of Django's persistent connections: one for each thread of the application, here `size` threads."""
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import django
import subject
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection, transaction

MAX_AGE_S = {"persistent": None, "max-age-300": 300, "health-checks": None, "tuned": 300}
CHECKED = ("health-checks", "tuned")


def driver():
    if django.VERSION >= (4, 2):  # it takes psycopg 3 where that is there
        import psycopg
        return f"psycopg {psycopg.__version__} ({psycopg.pq.__impl__}, {subject.libpq_version(psycopg.pq.version())})"
    import psycopg2
    return f"psycopg2 {psycopg2.__version__.split()[0]} ({subject.libpq_version(psycopg2.extensions.libpq_version())})"


class Pool:
    speaks = ("sslmode", "within")
    name, version = "django", django.get_version()
    driver = driver()

    def __init__(self, conninfo, size, strategy):
        if strategy in CHECKED and django.VERSION < (4, 1):
            raise RuntimeError("CONN_HEALTH_CHECKS came with Django 4.1")
        options = subject.settings_of(subject.tuned(conninfo, strategy))
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        database = {name: options.pop(keyword) for name, keyword in names.items()}
        settings.configure(DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "OPTIONS": options,
            "CONN_MAX_AGE": MAX_AGE_S[strategy], "CONN_HEALTH_CHECKS": strategy in CHECKED, **database}})
        django.setup()
        self.threads, together = ThreadPoolExecutor(size), Barrier(size)
        for opened in [self.threads.submit(self.open, together) for _ in range(size)]:
            opened.result()

    def open(self, together):
        together.wait()
        connection.ensure_connection()

    def transact(self, operation):
        return self.threads.submit(self.request, operation).result()

    def request(self, operation):
        request_started.send(sender=Pool)  # as around each web request: closes what is too old, or broke in the last one
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                backend = connection.connection.info.backend_pid
                operation.run(cursor.execute, "%s", "%s", cancel=connection.connection.cancel)
            return backend
        finally:
            request_finished.send(sender=Pool)

    def close(self):
        self.threads.shutdown()


subject.main(Pool)
