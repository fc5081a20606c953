// database/sql with lib/pq as their documentation shows them.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"
)

var packageVersion string // Debian's; the linker sets it: in a GOPATH the library does not know its own

type sqlPool struct {
	*sql.DB
	conninfo string
}

func (p sqlPool) transact(ctx context.Context, op operation) (uint32, error) {
	tx, err := p.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	err = op.run(ctx, func(statement string, arguments ...interface{}) error {
		_, err := tx.ExecContext(ctx, statement, arguments...)
		return err
	})
	if err != nil {
		return 0, err
	}
	return 0, tx.Commit() // no interface tells the server process
}

func (p sqlPool) connect() (uint32, error) {
	db, err := sql.Open("postgres", p.conninfo)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	_, err = db.Exec("SELECT now()")
	return 0, err
}

func (p sqlPool) close() { p.Close() }

// lib/pq takes what it does not know for settings of the server. TCP's are none of them.
var foreign = regexp.MustCompile(`(tcp_|keepalives)\w*=\S*`)

// Which modes there are differs between its versions, and it tells when it connects.
func refusal(err error) error {
	if strings.Contains(err.Error(), "unsupported sslmode") {
		return unsupported{err}
	}
	return err
}

func open(s settings) (pool, error) {
	for _, word := range foreign.FindAllString(s.Conninfo, -1) {
		fmt.Fprintln(os.Stderr, "lib/pq has no", word)
	}
	if s.Strategy == "tuned" && !strings.Contains(s.Conninfo, "connect_timeout=") {
		s.Conninfo += " connect_timeout=5"
	}
	s.Conninfo = foreign.ReplaceAllString(s.Conninfo, "")
	db, err := sql.Open("postgres", s.Conninfo)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(s.Size)
	if s.Strategy == "tuned" {
		db.SetMaxIdleConns(s.Size)
		db.SetConnMaxIdleTime(time.Minute)
	}
	connections := make([]*sql.Conn, s.Size)
	for i := range connections {
		if connections[i], err = db.Conn(context.Background()); err != nil {
			return nil, refusal(err)
		}
	}
	for _, connection := range connections {
		connection.Close()
	}
	return sqlPool{db, s.Conninfo}, nil
}

func main() {
	run("database-sql", runtime.Version(), "lib/pq "+packageVersion, open, describe)
}
