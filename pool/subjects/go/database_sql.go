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
	"time"

	"github.com/lib/pq"
)

var packageVersion string // Debian's; the linker sets it: in a GOPATH the library does not know its own

type sqlPool struct {
	*sql.DB
	conninfo string
}

func (p sqlPool) perform(ctx context.Context, op operation) (uint32, error) {
	statement, arguments, err := op.statement()
	if err != nil {
		return 0, err
	}
	tx, err := p.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if _, err = tx.ExecContext(ctx, statement, arguments...); err != nil {
		return 0, err
	}
	op.pause()
	for _, key := range op.Then {
		if _, err = tx.ExecContext(ctx, insert, key); err != nil {
			return 0, err
		}
	}
	return 0, tx.Commit() // no interface tells the server process
}

func (p sqlPool) connect(ctx context.Context) error {
	db, err := sql.Open("postgres", p.conninfo)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "SELECT 1")
	return err
}

// As lib/pq's documentation shows its Listener, which connects anew by itself: a ping after 90 s without a word.
func (p sqlPool) listen(ctx context.Context, until time.Time) ([]string, error) {
	heard := []string{}
	listener := pq.NewListener(p.conninfo, 10*time.Second, time.Minute, func(event pq.ListenerEventType, err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "listener:", err)
		}
	})
	defer listener.Close()
	if err := listener.Listen(channel); err != nil {
		return heard, err
	}
	end := time.After(time.Until(until))
	for {
		select {
		case notification := <-listener.Notify:
			if notification != nil { // nil: it has connected anew
				heard = append(heard, notification.Extra)
			}
		case <-time.After(90 * time.Second):
			go listener.Ping()
		case <-ctx.Done():
			return heard, ctx.Err()
		case <-end:
			return heard, nil
		}
	}
}

func (p sqlPool) close() { p.Close() }

// lib/pq takes what it does not know for settings of the server. TCP's are none of them.
var foreign = regexp.MustCompile(`(tcp_|keepalives)\w*=\S*`)

var optional = regexp.MustCompile(`sslmode=(allow|prefer)`)

func open(s settings) (pool, error) {
	for _, word := range foreign.FindAllString(s.Conninfo, -1) {
		fmt.Fprintln(os.Stderr, "lib/pq has no", word)
	}
	if optional.MatchString(s.Conninfo) {
		return nil, fmt.Errorf("%w: lib/pq knows no sslmode that does without TLS where it must", errUnsupported)
	}
	conninfo := foreign.ReplaceAllString(s.Conninfo, "")
	db, err := sql.Open("postgres", conninfo)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(s.Size)
	connections := make([]*sql.Conn, s.Size)
	for i := range connections {
		if connections[i], err = db.Conn(context.Background()); err != nil {
			return nil, err
		}
	}
	for _, connection := range connections {
		connection.Close()
	}
	return sqlPool{db, conninfo}, nil
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
