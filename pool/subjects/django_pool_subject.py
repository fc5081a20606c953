#!/usr/bin/python3
"""The adapter of Django's own pool: OPTIONS["pool"], with psycopg 3 and its psycopg_pool."""
import django
import psycopg
import psycopg_pool
import subject
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection, transaction

TUNED = {"connect_timeout": 5, "tcp_user_timeout": 5000, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
TUNED_POOL = {"timeout": 10, "max_idle": 300, "max_lifetime": 1800}


class Pool:
    speaks = ("sslmode", "within")
    name, version = "django-pool", django.get_version()
    driver = f"psycopg {psycopg.__version__}, psycopg_pool {psycopg_pool.__version__}"

    def __init__(self, conninfo, size, strategy):
        options = subject.settings_of(conninfo)
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        database = {name: options.pop(keyword) for name, keyword in names.items()}
        pool = {"min_size": size, "max_size": size}
        if strategy == "tuned":
            options, pool = {**TUNED, **options}, {**TUNED_POOL, **pool}
        settings.configure(DATABASES={"default": {
            "ENGINE": "django.db.backends.postgresql", "OPTIONS": {**options, "pool": pool},
            "CONN_HEALTH_CHECKS": strategy != "default", **database}})
        django.setup()
        connection.pool.open(wait=True)

    def transact(self, operation):
        request_started.send(sender=Pool)  # as around each web request: its connection goes back into the pool
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                backend = connection.connection.info.backend_pid
                operation.run(cursor.execute, "%s", "%s", cancel=connection.connection.cancel)
            return backend
        finally:
            request_finished.send(sender=Pool)

    def close(self):
        connection.close_pool()


subject.main(Pool)
