// pgx's pool as its documentation shows it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4/pgxpool"
)

var packageVersion string // Debian's; the linker sets it: in a GOPATH the library does not know its own

type pgxPool struct{ *pgxpool.Pool }

func (p pgxPool) perform(statement string, arguments []interface{}, pauseMs int64) (uint32, error) {
	ctx := context.Background()
	tx, err := p.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(ctx)
	backend := tx.Conn().PgConn().PID()
	if _, err = tx.Exec(ctx, statement, arguments...); err != nil {
		return 0, err
	}
	if pauseMs > 0 {
		time.Sleep(time.Duration(pauseMs) * time.Millisecond)
	}
	return backend, tx.Commit(ctx)
}

func (p pgxPool) close() { p.Close() }

func open(s settings) (pool, error) {
	ctx := context.Background()
	config, err := pgxpool.ParseConfig(strings.TrimSpace(s.Conninfo)) // it takes a space at the end for a mistake
	if err != nil {
		return nil, err
	}
	config.MaxConns = int32(s.Size)
	// It takes what it does not know for settings of the server. TCP's are none of them.
	for name := range config.ConnConfig.RuntimeParams {
		if strings.HasPrefix(name, "tcp_") || strings.HasPrefix(name, "keepalives") {
			fmt.Fprintln(os.Stderr, "pgx has no", name)
			delete(config.ConnConfig.RuntimeParams, name)
		}
	}
	p, err := pgxpool.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	connections := make([]*pgxpool.Conn, s.Size)
	for i := range connections {
		if connections[i], err = p.Acquire(ctx); err != nil {
			return nil, err
		}
	}
	for _, connection := range connections {
		connection.Release()
	}
	return pgxPool{p}, nil
}

func describe(err error) (string, interface{}) {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return "PgError", server.Code
	}
	return fmt.Sprintf("%T", err), nil
}

func main() {
	run("pgxpool", packageVersion, "pgx ("+runtime.Version()+")", open, describe)
}
