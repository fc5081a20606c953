// The adapter of mypool: speaks hangup's subject protocol (pool/subjects/README.md) on stdin and stdout.
package main

import (
	"bufio"
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
)

// YOUR POOL GOES HERE. What stands here is none: connections in a channel, and a new one for each that broke.
const poolName, poolVersion = "mypool", "0"

type pool struct {
	connector driver.Connector
	idle      chan driver.Conn
}

// Opens all `size` connections. `strategy` is one of those that mypool.yaml names.
func openPool(conninfo string, size int, strategy string) (*pool, error) {
	connector, err := pq.NewConnector(strings.TrimSpace(conninfo))
	if err != nil {
		return nil, err
	}
	p := &pool{connector, make(chan driver.Conn, size)}
	for i := 0; i < size; i++ {
		connection, err := connector.Connect(context.Background())
		if err != nil {
			return nil, err
		}
		p.idle <- connection
	}
	return p, nil
}

// One transaction on a connection of the pool. An error is returned, never repaired.
func (p *pool) transact(statement string, arguments []driver.NamedValue, pause time.Duration) (err error) {
	connection := <-p.idle
	defer func() {
		if err != nil && connection != nil {
			connection.Close()
			connection = nil
		}
		p.idle <- connection
	}()
	if connection == nil {
		if connection, err = p.connector.Connect(context.Background()); err != nil {
			return err
		}
	}
	tx, err := connection.Begin()
	if err != nil {
		return err
	}
	if _, err = connection.(driver.ExecerContext).ExecContext(context.Background(), statement, arguments); err != nil {
		return err
	}
	if pause > 0 {
		time.Sleep(pause)
	}
	return tx.Commit()
}

func (p *pool) close() {
	for len(p.idle) > 0 {
		if connection := <-p.idle; connection != nil {
			connection.Close()
		}
	}
}

// --- The protocol, the same for every pool. ---

type operation struct {
	ID      json.RawMessage
	Do      string
	Key     string
	Seconds float64
	PauseMs int64 `json:"pause_ms"`
	Bytes   int64
}

func (op operation) statement() (string, []driver.NamedValue, error) {
	switch op.Do {
	case "insert", "transaction":
		return "INSERT INTO blog_posts (key) VALUES ($1)", values(op.Key), nil
	case "read":
		return "SELECT count(*) FROM blog_posts", nil, nil
	case "wait":
		return "SELECT pg_sleep($1)", values(op.Seconds), nil
	case "bulk":
		return "INSERT INTO blog_posts (key, title) VALUES ($1, $2)", values(op.Key, strings.Repeat("x", int(op.Bytes))), nil
	case "fetch":
		return "SELECT repeat('x', $1)", values(op.Bytes), nil
	}
	return "", nil, errors.New("unknown operation")
}

func values(all ...driver.Value) []driver.NamedValue {
	named := make([]driver.NamedValue, len(all))
	for i, value := range all {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: value}
	}
	return named
}

var output sync.Mutex

func say(message map[string]interface{}) {
	output.Lock()
	defer output.Unlock()
	line, _ := json.Marshal(message)
	os.Stdout.Write(append(line, '\n'))
}

func answer(p *pool, op operation) {
	statement, arguments, err := op.statement()
	if err == nil {
		err = p.transact(statement, arguments, time.Duration(op.PauseMs)*time.Millisecond)
	}
	if err == nil {
		say(map[string]interface{}{"id": op.ID, "ok": true})
		return
	}
	var server *pq.Error
	var sqlstate interface{}
	if errors.As(err, &server) {
		sqlstate = string(server.Code)
	}
	say(map[string]interface{}{"id": op.ID, "error": err.Error(), "kind": fmt.Sprintf("%T", err), "sqlstate": sqlstate})
}

func serve(p *pool, input *bufio.Reader, workers int) {
	operations := make(chan operation)
	var working sync.WaitGroup
	for i := 0; i < workers; i++ {
		working.Add(1)
		go func() {
			defer working.Done()
			for op := range operations {
				answer(p, op)
			}
		}()
	}
	for line, err := input.ReadBytes('\n'); err == nil; line, err = input.ReadBytes('\n') {
		var op operation
		json.Unmarshal(line, &op)
		operations <- op
	}
	close(operations)
	working.Wait()
	p.close()
}

func main() {
	var first struct {
		Open struct {
			Conninfo, Strategy string
			Size, Workers      int
		}
	}
	input := bufio.NewReader(os.Stdin)
	line, _ := input.ReadBytes('\n')
	err := json.Unmarshal(line, &first)
	var p *pool
	if err == nil {
		p, err = openPool(first.Open.Conninfo, first.Open.Size, first.Open.Strategy)
	}
	if err != nil {
		say(map[string]interface{}{"error": err.Error()})
		os.Exit(1)
	}
	say(map[string]interface{}{"ready": true, "name": poolName, "version": poolVersion, "driver": "lib/pq, " + runtime.Version()})
	serve(p, input, first.Open.Workers)
}
