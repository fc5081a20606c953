// pgx 4: what pgx_probe.go needs of it.
package main

import (
	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
)

type (
	nativeConn  = pgx.Conn
	serverError = pgconn.PgError
)

var connectPgx = pgx.Connect
