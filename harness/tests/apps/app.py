#!/usr/bin/python3
"""An ordinary script on SQLAlchemy that knows nothing of hangup: writes a post, does something else, writes another."""
import os
import sys
import time

import sqlalchemy

engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"], pool_pre_ping="--pre-ping" in sys.argv)


def write(key):
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("INSERT INTO blog_posts (key) VALUES (:key)"), {"key": key})
    print("wrote", key, flush=True)


write("before lunch")
time.sleep(120)
write("after lunch")
