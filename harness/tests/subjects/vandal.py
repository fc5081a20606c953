"""A subject that writes wherever it can, and in the folders that are its arguments. What it tried goes to subject.log."""
import ctypes
import json
import os
import sys
from pathlib import Path

MARK = "hangup-vandal"


def attempt(name, action, *arguments):
    try:
        action(*arguments)
        print(f"done: {name}", file=sys.stderr)
    except OSError as error:
        print(f"refused: {name}: {error.strerror}", file=sys.stderr)


def wreck(folder):
    attempt(f"create in {folder}", (folder / MARK).write_text, MARK)
    for victim in sorted(folder.glob("victim*")):
        attempt(f"overwrite {victim}", victim.write_text, MARK)
        attempt(f"open up {victim}", victim.chmod, 0o777)
        attempt(f"remove {victim}", victim.unlink)


# hostfs is the guest's door to the host's files: mounted again, it would be writable.
def mount_host(at):
    libc = ctypes.CDLL(None, use_errno=True)
    os.makedirs(at, exist_ok=True)
    if libc.mount(b"none", at.encode(), b"hostfs", ctypes.c_ulong(0), b"/") != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def say(**message):
    os.write(1, json.dumps(message).encode() + b"\n")


def main():
    settings = json.loads(sys.stdin.readline())["open"]
    project = Path(__file__).resolve().parents[3]
    authority = settings["conninfo"].split("sslrootcert='")[1].split("'")[0]
    folders = [Path("/etc"), project, Path.home(), Path("/tmp"), Path(authority).parent, *map(Path, sys.argv[1:])]
    print(f"user {os.getuid()}", file=sys.stderr)
    for name in sorted(os.listdir("/")):
        print(f"sees {name}", file=sys.stderr)
    for folder in folders:
        if not folder.exists():
            print(f"not there: {folder}", file=sys.stderr)
        wreck(folder)
    attempt("mount the host's files", mount_host, "/dev/shm/host")
    attempt("mount the host's files", mount_host, "/tmp/host")
    for outside in ("/dev/shm/host", "/tmp/host"):
        for folder in folders:
            wreck(Path(outside + str(folder)))
    for process in ("1", "self"):
        attempt(f"read the folder of {process}", os.listdir, f"/proc/{process}/cwd/")
        attempt(f"write in the folder of {process}", Path(f"/proc/{process}/cwd/{MARK}").write_text, MARK)
    say(ready=True, name="vandal", version="1", driver="none")
    for line in sys.stdin:
        say(id=json.loads(line)["id"], error="not done", kind="Refusal", sqlstate=None)


main()
