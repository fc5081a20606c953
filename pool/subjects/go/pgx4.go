// pgx 4: what pgxpool.go needs of it.
package main

import (
	"context"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

type (
	nativePool  = pgxpool.Pool
	nativeConn  = pgxpool.Conn
	serverError = pgconn.PgError
)

var parseConfig, connectPool, connectAlone = pgxpool.ParseConfig, pgxpool.ConnectConfig, pgx.ConnectConfig

// It has no settings of a ping, and no ping; but a hook that may ask before a connection is handed out.
func configure(config *pgxpool.Config, strategy string) {
	if strategy != "tuned" {
		return
	}
	config.MaxConnIdleTime = time.Minute
	config.BeforeAcquire = func(ctx context.Context, connection *pgx.Conn) bool {
		limited, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		return connection.Ping(limited) == nil
	}
}
