// pgx 5: what pgx_probe.go needs of it.
package main

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

type (
	nativeConn  = pgx.Conn
	serverError = pgconn.PgError
)

var connectPgx = pgx.Connect
