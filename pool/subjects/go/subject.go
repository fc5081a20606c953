// The subject protocol (../README.md): what the adapters of Go's pools share.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"time"
)

type settings struct {
	Conninfo string
	Size     int
	Strategy string
	Workers  int
}

type operation struct {
	ID       json.RawMessage
	Do       string
	Key      string
	Then     []string // keys of the inserts after the pause
	Seconds  float64
	PauseMs  int64 `json:"pause_ms"`
	WithinMs int64 `json:"within_ms"`
	Bytes    int
}

// The words beyond the first ones that these adapters know.
var speaks = []string{"connect", "listen", "lock", "notify", "sslmode", "then", "within"}

// Returned by open for what the driver cannot be told.
var errUnsupported = errors.New("unsupported")

const (
	insert  = "INSERT INTO blog_posts (key) VALUES ($1)"
	channel = "hangup"
)

// A pool under test. An operation gives the process id of its server process, or 0 when the client does not know it.
type pool interface {
	perform(ctx context.Context, op operation) (backend uint32, err error)
	connect(ctx context.Context) error                                          // a connection of its own, with one query
	listen(ctx context.Context, until time.Time) (payloads []string, err error) // the same, with LISTEN
	close()
}

func (op operation) statement() (string, []interface{}, error) {
	switch op.Do {
	case "insert", "transaction":
		return insert, []interface{}{op.Key}, nil
	case "lock":
		return "LOCK TABLE blog_posts IN EXCLUSIVE MODE", nil, nil
	case "notify":
		return "WITH row AS (" + insert + " RETURNING key) SELECT pg_notify('" + channel + "', key) FROM row", []interface{}{op.Key}, nil
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

func (op operation) pause() {
	if op.PauseMs > 0 {
		time.Sleep(time.Duration(op.PauseMs) * time.Millisecond)
	}
}

func perform(ctx context.Context, p pool, op operation, message map[string]interface{}) error {
	switch op.Do {
	case "connect":
		return p.connect(ctx)
	case "listen":
		payloads, err := p.listen(ctx, time.Now().Add(time.Duration(op.Seconds*float64(time.Second))))
		message["heard"] = payloads
		return err
	}
	backend, err := p.perform(ctx, op)
	if backend != 0 {
		message["backend"] = backend
	}
	return err
}

func answer(p pool, op operation, describe func(error) (kind string, sqlstate interface{})) {
	ctx := context.Background()
	if op.WithinMs > 0 {
		limited, cancel := context.WithTimeout(ctx, time.Duration(op.WithinMs)*time.Millisecond)
		defer cancel()
		ctx = limited
	}
	message := map[string]interface{}{"id": op.ID, "ok": true}
	if err := perform(ctx, p, op, message); err != nil {
		kind, sqlstate := describe(err)
		message = map[string]interface{}{"id": op.ID, "error": err.Error(), "kind": kind, "sqlstate": sqlstate}
	}
	say(message)
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
		word := "error"
		if errors.Is(err, errUnsupported) {
			word = "unsupported"
		}
		say(map[string]interface{}{word: err.Error()})
		os.Exit(1)
	}
	say(map[string]interface{}{"ready": true, "name": name, "version": version, "driver": driver, "speaks": speaks})
	serve(p, input, first.Open.Workers, describe)
}
