// pgx 4: what pgxpool.go needs of it.
package main

import (
	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4/pgxpool"
)

type (
	nativePool  = pgxpool.Pool
	nativeConn  = pgxpool.Conn
	serverError = pgconn.PgError
)

var parseConfig, connectPool = pgxpool.ParseConfig, pgxpool.ConnectConfig

func configure(config *pgxpool.Config, strategy string) {} // it has no settings of a ping, and no ping
