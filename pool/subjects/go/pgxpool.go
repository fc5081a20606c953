// pgx's pool as its documentation shows it. pgx4.go or pgx5.go, whichever is there, says what its types are called.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

var packageVersion string // Debian's; the linker sets it: in a GOPATH the library does not know its own

type pgxPool struct{ *nativePool }

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
	if s.Strategy == "tuned" && !strings.Contains(s.Conninfo, "connect_timeout=") {
		s.Conninfo = strings.TrimSpace(s.Conninfo) + " connect_timeout=5"
	}
	config, err := parseConfig(strings.TrimSpace(s.Conninfo)) // it takes a space at the end for a mistake
	if err != nil {
		return nil, err
	}
	config.MaxConns = int32(s.Size)
	configure(config, s.Strategy)
	// It takes what it does not know for settings of the server. TCP's are none of them.
	for name := range config.ConnConfig.RuntimeParams {
		if strings.HasPrefix(name, "tcp_") || strings.HasPrefix(name, "keepalives") {
			fmt.Fprintln(os.Stderr, "pgx has no", name)
			delete(config.ConnConfig.RuntimeParams, name)
		}
	}
	p, err := connectPool(ctx, config)
	if err != nil {
		return nil, err
	}
	connections := make([]*nativeConn, s.Size)
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
	var server *serverError
	if errors.As(err, &server) {
		return "PgError", server.Code
	}
	return fmt.Sprintf("%T", err), nil
}

func main() {
	run("pgxpool", packageVersion, "pgx ("+runtime.Version()+")", open, describe)
}
