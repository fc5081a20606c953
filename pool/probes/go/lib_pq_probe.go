// lib/pq through database/sql, without its pool: each connection is taken out for good. On such a sql.Conn nothing is
// sent again on another one, as a sql.DB does.
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime"
	"time"
)

type pqConnection struct{ *sql.Conn }

// A sql.DB for each: what one of them has given up never comes back for another.
func connect(conninfo string) (connection, error) {
	db, err := sql.Open("postgres", conninfo)
	if err != nil {
		return nil, err
	}
	pinned, err := db.Conn(context.Background())
	return pqConnection{pinned}, err
}

func (c pqConnection) transact(statement string, arguments []interface{}, pause time.Duration) error {
	tx, err := c.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(statement, arguments...); err != nil {
		return err
	}
	time.Sleep(pause)
	return tx.Commit()
}

// What database/sql asks lib/pq before it would use the connection again; or that it has closed it already.
func (c pqConnection) state() string {
	var valid bool
	err := c.Raw(func(native interface{}) error {
		valid = native.(driver.Validator).IsValid()
		return nil
	})
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("IsValid() = %t", valid)
}

func main() {
	client{"lib-pq", packageVersion, "database/sql, " + runtime.Version(), connect, describe}.main()
}
