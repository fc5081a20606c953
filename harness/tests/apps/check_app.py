"""An application's own tests, with faults at the lines where they want them. Run by test_exec.sh inside the lab, and outside."""
import time

import psycopg2
import pytest


def test_nothing_of_the_lab_is_needed_here():
    assert 6 * 7 == 42


def test_a_silence_is_waited_out(hangup):
    connection = psycopg2.connect("")
    with hangup.fault("silence", for_s=30) as silence:
        started = time.monotonic()
        connection.cursor().execute("SELECT 1")
        waited = time.monotonic() - started
    assert 30 < waited < 60
    assert silence.hits > 0  # though it was over by itself


def test_a_silence_is_ended_by_the_test(hangup):
    connection = psycopg2.connect("dbname=app tcp_user_timeout=5000")
    with hangup.fault("silence", "to-db") as silence:
        with pytest.raises(psycopg2.OperationalError, match="timed out"):
            connection.cursor().execute("SELECT 1")
    assert silence.hits > 0
    psycopg2.connect("").close()  # the path works again


def test_the_server_hangs_up(hangup):
    connection = psycopg2.connect("")
    hangup.fault("server", "kill-backend")
    time.sleep(1)
    with pytest.raises(psycopg2.OperationalError, match="EOF detected"):
        connection.cursor().execute("SELECT 1")


def test_it_says_what_is_wrong(hangup):
    with pytest.raises(ValueError, match="did you mean 'silence'"):
        hangup.fault("silense")
