// pgx without a pool, as its documentation shows it. pgx4.go or pgx5.go, whichever is there, says what its types are
// called.
package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"
)

type pgxConnection struct{ *nativeConn }

func connect(conninfo string) (connection, error) {
	// It takes a space at the end for a mistake.
	native, err := connectPgx(context.Background(), strings.TrimSpace(conninfo))
	return pgxConnection{native}, err
}

func (c pgxConnection) transact(statement string, arguments []interface{}, pause time.Duration) error {
	ctx := context.Background()
	tx, err := c.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, statement, arguments...); err != nil {
		return err
	}
	time.Sleep(pause)
	return tx.Commit(ctx)
}

func (c pgxConnection) state() string {
	return fmt.Sprintf("IsClosed() = %t", c.IsClosed())
}

func main() {
	client{"pgx", packageVersion, runtime.Version(), connect, describe}.main()
}
