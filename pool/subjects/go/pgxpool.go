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

func (p pgxPool) perform(ctx context.Context, op operation) (uint32, error) {
	statement, arguments, err := op.statement()
	if err != nil {
		return 0, err
	}
	tx, err := p.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(context.Background())
	backend := tx.Conn().PgConn().PID()
	if _, err = tx.Exec(ctx, statement, arguments...); err != nil {
		return 0, err
	}
	op.pause()
	for _, key := range op.Then {
		if _, err = tx.Exec(ctx, insert, key); err != nil {
			return 0, err
		}
	}
	return backend, tx.Commit(ctx)
}

func (p pgxPool) connect(ctx context.Context) error {
	connection, err := connectOne(ctx, p.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer connection.Close(context.Background())
	_, err = connection.Exec(ctx, "SELECT 1")
	return err
}

func (p pgxPool) listen(ctx context.Context, until time.Time) ([]string, error) {
	heard := []string{}
	connection, err := connectOne(ctx, p.Config().ConnConfig)
	if err != nil {
		return heard, err
	}
	defer connection.Close(context.Background())
	if _, err = connection.Exec(ctx, "LISTEN "+channel); err != nil {
		return heard, err
	}
	end, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	for {
		notification, err := connection.WaitForNotification(end)
		if err != nil && end.Err() != nil && ctx.Err() == nil {
			return heard, nil
		}
		if err != nil {
			return heard, err
		}
		heard = append(heard, notification.Payload)
	}
}

func (p pgxPool) close() { p.Close() }

func open(s settings) (pool, error) {
	ctx := context.Background()
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
