#!/usr/bin/python3
"""The adapter of proxies that pool: PgBouncer, pgpool-II and Odyssey in host app, with an application that connects for each
operation, as a script or PHP does. That connection costs no round trip on the path; the pool is the proxy's."""
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import psycopg2
import subject

PORT = 6432


def write(path, lines):
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


class PgBouncer:
    name, program = "pgbouncer", "/usr/sbin/pgbouncer"
    # libpq's keywords as PgBouncer calls them.
    settings = {"connect_timeout": "server_connect_timeout", "tcp_user_timeout": "tcp_user_timeout", "keepalives": "tcp_keepalive",
                "keepalives_idle": "tcp_keepidle", "keepalives_interval": "tcp_keepintvl", "keepalives_count": "tcp_keepcnt"}

    tuned = ["server_check_delay = 5", "server_idle_timeout = 60", "query_wait_timeout = 15", "server_login_retry = 1",
             "server_connect_timeout = 5", "tcp_keepalive = 1", "tcp_keepidle = 30", "tcp_keepintvl = 10", "tcp_keepcnt = 3",
             "tcp_user_timeout = 5000"]

    @classmethod
    def command(cls, folder, given, size, strategy):
        return [cls.program, write(f"{folder}/pgbouncer.ini", [
            "[databases]",
            "app = host={host} port={port} dbname={dbname} user={user} password={password}".format(**given),
            "[pgbouncer]",
            f"listen_addr = 127.0.0.1\nlisten_port = {PORT}\nunix_socket_dir =\nauth_type = any",
            f"default_pool_size = {size}\npool_mode = {'transaction' if strategy == 'tuned' else strategy}",
            *(cls.tuned if strategy == "tuned" else []),
            f"server_tls_sslmode = {given['sslmode']}\nserver_tls_ca_file = {given['sslrootcert']}",
            *(f"{own} = {given[libpq]}" for libpq, own in cls.settings.items() if libpq in given)])]


class Pgpool:
    name, program = "pgpool", "/usr/sbin/pgpool"

    @classmethod
    def command(cls, folder, given, size, strategy):
        # It wants a certificate of its own before it speaks TLS to anybody.
        subprocess.run(["/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-subj", "/CN=pgpool", "-keyout", f"{folder}/server.key", "-out", f"{folder}/server.crt"],
                       stdout=sys.stderr, stderr=sys.stderr, check=True)
        write(f"{folder}/pool_passwd", ["{user}:TEXT{password}".format(**given)])
        hba = write(f"{folder}/pool_hba.conf", ["host all all 127.0.0.1/32 trust"])
        pcp = write(f"{folder}/pcp.conf", [])
        flag = {"default": "ALLOW_TO_FAILOVER", "no-failover": "DISALLOW_TO_FAILOVER", "tuned": "DISALLOW_TO_FAILOVER"}[strategy]
        limits = ["connect_timeout = 5000", "connection_life_time = 60"] if strategy == "tuned" else []
        return [cls.program, "-n", "-a", hba, "-F", pcp, "-f", write(f"{folder}/pgpool.conf", [
            "backend_clustering_mode = 'raw'",
            f"listen_addresses = '127.0.0.1'\nport = {PORT}\nsocket_dir = '{folder}'\npid_file_name = '{folder}/pid'\nlogdir = '{folder}'",
            f"pcp_listen_addresses = ''\npcp_socket_dir = '{folder}'\nwd_ipc_socket_dir = '{folder}'",
            f"backend_hostname0 = '{given['host']}'\nbackend_port0 = {given['port']}\nbackend_flag0 = '{flag}'",
            f"num_init_children = {size}", *limits,
            "enable_pool_hba = on\npool_passwd = 'pool_passwd'",
            f"ssl = on\nssl_key = 'server.key'\nssl_cert = 'server.crt'\nssl_ca_cert = '{given['sslrootcert']}'"])]


class Odyssey:
    name, program = "odyssey", "/usr/bin/odyssey"
    # libpq's keywords as Odyssey calls them. It has no limit for connecting.
    settings = {"keepalives_idle": "keepalive", "keepalives_interval": "keepalive_keep_interval",
                "keepalives_count": "keepalive_probes", "tcp_user_timeout": "keepalive_usr_timeout"}
    TUNED = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 5000}

    @classmethod
    def command(cls, folder, given, size, strategy):
        rules = f"pool \"{strategy}\" pool_size {size}"
        if strategy == "tuned":
            given = {**cls.TUNED, **given}
            rules = f"pool \"transaction\" pool_size {size} pool_timeout 10000 pool_ttl 60"
        return [cls.program, write(f"{folder}/odyssey.conf", [
            "daemonize no\nlog_to_stdout yes\nlog_format \"%l (%c) %m\\n\"",
            f"unix_socket_dir \"{folder}\"\nunix_socket_mode \"0600\"\nlocks_dir \"{folder}\"\npid_file \"{folder}/pid\"",
            *(f"{own} {given[libpq]}" for libpq, own in cls.settings.items() if libpq in given),
            f"listen {{ host \"127.0.0.1\" port {PORT} }}",
            "storage \"server\" {{ type \"remote\" host \"{host}\" port {port} tls \"{tls}\" tls_ca_file \"{sslrootcert}\" }}".format(
                tls=given["sslmode"].replace("-", "_"), **given),
            "database \"app\" {{ user \"app\" {{ authentication \"none\" storage \"server\" storage_db \"{dbname}\"".format(**given),
            "storage_user \"{user}\" storage_password \"{password}\"".format(**given), rules, "} }"])]


PROXY = {proxy.name: proxy for proxy in (PgBouncer, Pgpool, Odyssey)}[sys.argv[1]]


class Pool:
    speaks = ("sslmode", "within") if PROXY is PgBouncer else ("within",)  # pgpool-II says ssl = on
    name = PROXY.name
    version = re.search(r"[\d.]+", subprocess.getoutput(f"{PROXY.program} --version"))[0]
    driver = "psycopg2 " + psycopg2.__version__.split()[0]

    def __init__(self, conninfo, size, strategy):
        given = subject.settings_of(conninfo)
        self.folder = tempfile.TemporaryDirectory()
        self.proxy = subprocess.Popen(PROXY.command(self.folder.name, given, size, strategy), stdout=sys.stderr)
        self.wait()
        sessions = [self.connect() for _ in range(size)]
        for session in sessions:  # a proxy opens its own when a transaction needs one
            session.cursor().execute("SELECT now()")
        for session in sessions:
            session.commit()
            session.close()

    def wait(self):
        while self.proxy.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", PORT)).close()
            except ConnectionRefusedError:
                time.sleep(0.01)
        raise RuntimeError(f"{self.name} ended with {self.proxy.returncode}")

    def connect(self):
        return psycopg2.connect(host="127.0.0.1", port=PORT, dbname="app", user="app")

    def transact(self, operation):
        session = self.connect()
        try:
            operation.run(session.cursor().execute, "%s", "%s", cancel=session.cancel)
            session.commit()
        finally:
            session.close()  # the server process's id is the proxy's secret: None

    def close(self):
        self.proxy.terminate()
        self.proxy.wait()


os.umask(0o077)
subject.main(Pool)
