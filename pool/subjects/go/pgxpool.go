// pgx's pool as its documentation shows it. pgx4.go or pgx5.go, whichever is there, says what its types are called.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

var packageVersion string // Debian's; the linker sets it: in a GOPATH the library does not know its own

type pgxPool struct{ *nativePool }

func (p pgxPool) transact(ctx context.Context, op operation) (uint32, error) {
	tx, err := p.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback(context.Background()) // as its documentation has it: the deadline does not end the undoing
	backend := tx.Conn().PgConn().PID()
	err = op.run(ctx, func(statement string, arguments ...interface{}) error {
		_, err := tx.Exec(ctx, statement, arguments...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return backend, tx.Commit(ctx)
}

func (p pgxPool) connect() (uint32, error) {
	ctx := context.Background()
	connection, err := connectAlone(ctx, p.Config().ConnConfig)
	if err != nil {
		return 0, err
	}
	defer connection.Close(ctx)
	_, err = connection.Exec(ctx, "SELECT now()")
	return connection.PgConn().PID(), err
}

func (p pgxPool) listen(seconds float64) ([]string, error) {
	heard := []string{}
	connection, err := connectAlone(context.Background(), p.Config().ConnConfig)
	if err != nil {
		return heard, err
	}
	defer connection.Close(context.Background())
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds*float64(time.Second)))
	defer cancel()
	if _, err = connection.Exec(ctx, "LISTEN hangup"); err != nil {
		return heard, err
	}
	for {
		notification, err := connection.WaitForNotification(ctx)
		if ctx.Err() != nil {
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

func main() {
	run("pgxpool", packageVersion, "pgx ("+runtime.Version()+")", open, describe)
}
