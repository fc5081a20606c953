// The subject protocol (../README.md): what the adapters of Go's pools share.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
)

type settings struct {
	Conninfo string
	Size     int
	Strategy string
	Workers  int
}

type operation struct {
	ID      json.RawMessage
	Do      string
	Key     string
	Seconds float64
	PauseMs int64 `json:"pause_ms"`
	Bytes   int
}

// A pool under test. An operation gives the process id of its server process, or 0 when the client does not know it.
type pool interface {
	perform(statement string, arguments []interface{}, pauseMs int64) (backend uint32, err error)
	close()
}

func (op operation) statement() (string, []interface{}, error) {
	switch op.Do {
	case "insert", "transaction":
		return "INSERT INTO blog_posts (key) VALUES ($1)", []interface{}{op.Key}, nil
	case "read":
		return "SELECT count(*) FROM blog_posts", nil, nil
	case "wait":
		return "SELECT pg_sleep($1)", []interface{}{op.Seconds}, nil
	case "bulk":
		title := strings.Repeat("x", op.Bytes)
		return "INSERT INTO blog_posts (key, title) VALUES ($1, $2)", []interface{}{op.Key, title}, nil
	case "fetch":
		return "SELECT repeat('x', $1)", []interface{}{op.Bytes}, nil
	}
	return "", nil, errors.New("unknown operation")
}

var output sync.Mutex

func say(message map[string]interface{}) {
	output.Lock()
	defer output.Unlock()
	line, _ := json.Marshal(message)
	os.Stdout.Write(append(line, '\n'))
}

func answer(p pool, op operation, describe func(error) (kind string, sqlstate interface{})) {
	statement, arguments, err := op.statement()
	var backend uint32
	if err == nil {
		backend, err = p.perform(statement, arguments, op.PauseMs)
	}
	if err != nil {
		kind, sqlstate := describe(err)
		say(map[string]interface{}{"id": op.ID, "error": err.Error(), "kind": kind, "sqlstate": sqlstate})
	} else if backend != 0 {
		say(map[string]interface{}{"id": op.ID, "ok": true, "backend": backend})
	} else {
		say(map[string]interface{}{"id": op.ID, "ok": true})
	}
}

// Lines go to the workers one by one, in the order in which they came.
func serve(p pool, input *bufio.Reader, workers int, describe func(error) (string, interface{})) {
	operations := make(chan operation)
	var working sync.WaitGroup
	for i := 0; i < workers; i++ {
		working.Add(1)
		go func() {
			defer working.Done()
			for op := range operations {
				answer(p, op, describe)
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

func run(name, version, driver string, open func(settings) (pool, error), describe func(error) (string, interface{})) {
	input := bufio.NewReader(os.Stdin)
	line, _ := input.ReadBytes('\n')
	var first struct{ Open settings }
	err := json.Unmarshal(line, &first)
	var p pool
	if err == nil {
		p, err = open(first.Open)
	}
	if err != nil {
		say(map[string]interface{}{"error": err.Error()})
		os.Exit(1)
	}
	say(map[string]interface{}{"ready": true, "name": name, "version": version, "driver": driver})
	serve(p, input, first.Open.Workers, describe)
}
