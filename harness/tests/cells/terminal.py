"""Runs a command on a terminal of its own and types: terminal.py OUTPUT WAIT KEYS [WAIT KEYS]... -- COMMAND...

Types KEYS (with \\n, \\x03 ...) when WAIT has been seen since the last keys. OUTPUT receives all that was seen. Exits as the
command does (128 and the signal), or with 124 when it takes too long. Its last line says whether the terminal is as it was.
"""
import os
import pty
import select
import signal
import sys
import termios
import time

LIMIT_S = 120


def decode(text):
    return text.encode().decode("unicode_escape").encode("latin-1")


split = sys.argv.index("--")
output, steps, command = sys.argv[1], [decode(word) for word in sys.argv[2:split]], sys.argv[split + 1:]
inside, outside = pty.openpty()
before = termios.tcgetattr(outside)
pid = os.fork()
if pid == 0:
    os.close(inside)
    os.login_tty(outside)
    os.execvp(command[0], command)
seen, since, until, status = b"", 0, time.monotonic() + LIMIT_S, None
while status is None and time.monotonic() < until:
    if select.select([inside], [], [], 0.1)[0]:
        seen += os.read(inside, 65536)
    elif os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if steps and steps[0] in seen[since:]:
        since = len(seen)
        os.write(inside, steps[1])
        steps = steps[2:]
if status is None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    status = 124
until = time.monotonic() + 20
while not (same := termios.tcgetattr(outside) == before) and time.monotonic() < until:
    time.sleep(0.1)  # a guardian may still be at work
with open(output, "wb") as file:
    file.write(seen + (b"\nterminal as it was\n" if same else b"\nterminal changed\n"))
sys.exit(status if status >= 0 else 128 - status)
