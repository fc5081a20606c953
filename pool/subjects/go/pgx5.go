// pgx 5: what pgxpool.go needs of it.
package main

import (
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

type (
	nativePool  = pgxpool.Pool
	nativeConn  = pgxpool.Conn
	serverError = pgconn.PgError
)

var parseConfig, connectPool, connectAlone = pgxpool.ParseConfig, pgxpool.NewWithConfig, pgx.ConnectConfig

// PingTimeout limits the ping of a connection that was idle; without it, it waits for as long as TCP does.
func configure(config *pgxpool.Config, strategy string) {
	if strategy == "ping-timeout" || strategy == "tuned" {
		config.PingTimeout = time.Second
	}
	if strategy == "tuned" {
		config.MaxConnIdleTime = time.Minute
	}
}
