#!/bin/bash
# A guest whose root is an image (make image): PostgreSQL and Python run in it, nothing of the host is there, and one seed gives the
# same nanoseconds and bytes from any folder. Breaks with: a kernel without file-backed EROFS, an image that lacks what cells need.
. "$(dirname "$0")/tap.sh"

# skip WHY: the one test that is counted then.
skip() {
    printf 'ok 1 - a guest in an image # SKIP %s\n1..1\n' "$1"
    exit
}
image=$(scripts/build-image.sh --path "${IMAGE:-debian-13}") || skip 'no image: make image'
kernel=$(scripts/build-kernel.sh --path) || skip 'no guest kernel: make kernel'

# boot FOLDER: its output, without the console's carriage returns.
boot() {
    mkdir -p "$work/$1/root"
    ln "$image" "$work/$1/image.erofs" 2>/dev/null || cp "$image" "$work/$1/image.erofs"
    cp "$work/init" "$work/script" "$work/$1/"
    (cd "$work/$1" && env -i HOME=. TMPDIR=/dev/shm HANGUP_SEED=7 timeout 120 "$kernel" mem=768M root=/dev/root rootfstype=hostfs \
        hostfs="$work/$1" ro con=null con0=null,fd:1 quiet panic=-1 init=/init time-travel=inf-cpu \
        time-travel-start=1798761590000000000 seccomp=on </dev/null 2>&1) | tr -d '\r' | sed "s,$work/$1,FOLDER,"
}

cat >"$work/script" <<'END'
mkdir /run/data /run/socket; chown postgres /run/data /run/socket; chmod 700 /run/data
bin=$(echo /usr/lib/postgresql/*/bin)
$bin/postgres --version
as="setpriv --reuid=postgres --regid=postgres --clear-groups"
$as $bin/initdb -D /run/data -A trust -N >/run/initdb.log 2>&1 || cat /run/initdb.log
$as $bin/pg_ctl -D /run/data -w -l /run/socket/log -o "-c listen_addresses='' -c unix_socket_directories=/run/socket" start >/run/start.log || cat /run/start.log
python3 - <<P
import os, time, asyncpg, psycopg, psycopg2, psycopg_pool, sqlalchemy, django
from sqlalchemy import create_engine, text
engine = create_engine("postgresql+psycopg2://postgres@/postgres?host=/run/socket")
with engine.connect() as connection:
    print("server", connection.execute(text("show server_version")).scalar().split()[0])
    for _ in range(2000):
        connection.execute(text("select 1"))
print("versions", sqlalchemy.__version__, psycopg.__version__, psycopg_pool.__version__, asyncpg.__version__, django.__version__)
print("bytes", time.time_ns(), os.urandom(8).hex(), os.stat("/usr/lib").st_ino, len(os.listdir("/usr/lib")))
import django.conf.locale  # its __init__ lies between the translations that are left out
print("locale", len(django.conf.locale.LANG_INFO) > 0)
adapters = "/usr/lib/hangup/subjects"
print("adapters", sorted(name for name in os.listdir(adapters) if "." not in name) if os.path.isdir(adapters) else "none")
print("makes images", os.access("/usr/bin/mkfs.erofs", os.X_OK))  # the host's would lay the same files out in its own way
print("root", sorted(os.listdir("/")))
P
END
check 'PID 1 of the guest is built' "${CC:-cc}" -static -O1 -Wall -o "$work/init" harness/tests/cells/enter_image.c
boot first >"$work/first.out"
boot another-folder >"$work/second.out"
sed 's/^/# /' "$work/first.out"
check 'PostgreSQL answers SQLAlchemy' grep '^server 1' "$work/first.out"
check 'all drivers and pools are there' grep '^versions' "$work/first.out"
check 'translations are left out, but not what lists them' grep '^locale True' "$work/first.out"
check 'it holds what laid it out' grep '^makes images True' "$work/first.out"
case $image in
*-peers-*) check 'an image with the pools of other languages has their adapters' grep '^adapters .*database_sql_subject.*java.*node.*pgxpool' "$work/first.out" ;;
esac
check 'nothing of this folder is there' test -z "$(grep '^root.*script' "$work/first.out")"
check 'the same nanosecond and bytes from another folder' cmp "$work/first.out" "$work/second.out"
finish
