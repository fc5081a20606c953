#!/usr/bin/python3
"""A program that knows nothing of hangup: one row in one transaction. Where COMMIT failed it says that it does not know."""
import os
import sys

import psycopg2

connection = psycopg2.connect(os.environ["DATABASE_URL"], tcp_user_timeout=5000)
connection.cursor().execute("INSERT INTO blog_posts (key) VALUES ('post')")
try:
    connection.commit()
except psycopg2.Error as error:
    print("in doubt:", error, file=sys.stderr)
    sys.exit(3)
connection.close()
