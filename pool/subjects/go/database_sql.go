// database/sql with lib/pq as their documentation shows them.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/lib/pq"
)

var packageVersion string // Debian's; the linker sets it: in a GOPATH the library does not know its own

type sqlPool struct{ *sql.DB }

func (p sqlPool) perform(statement string, arguments []interface{}, pauseMs int64) (uint32, error) {
	tx, err := p.Begin()
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if _, err = tx.Exec(statement, arguments...); err != nil {
		return 0, err
	}
	if pauseMs > 0 {
		time.Sleep(time.Duration(pauseMs) * time.Millisecond)
	}
	return 0, tx.Commit() // no interface tells the server process
}

func (p sqlPool) close() { p.Close() }

// lib/pq takes what it does not know for settings of the server. TCP's are none of them.
var foreign = regexp.MustCompile(`(tcp_|keepalives)\w*=\S*`)

func open(s settings) (pool, error) {
	for _, word := range foreign.FindAllString(s.Conninfo, -1) {
		fmt.Fprintln(os.Stderr, "lib/pq has no", word)
	}
	if s.Strategy == "tuned" && !strings.Contains(s.Conninfo, "connect_timeout=") {
		s.Conninfo += " connect_timeout=5"
	}
	db, err := sql.Open("postgres", foreign.ReplaceAllString(s.Conninfo, ""))
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
			return nil, err
		}
	}
	for _, connection := range connections {
		connection.Close()
	}
	return sqlPool{db}, nil
}

func describe(err error) (string, interface{}) {
	var server *pq.Error
	if errors.As(err, &server) {
		return "pq.Error", string(server.Code)
	}
	return fmt.Sprintf("%T", err), nil
}

func main() {
	run("database-sql", runtime.Version(), "lib/pq "+packageVersion, open, describe)
}
