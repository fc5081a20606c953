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
	Seconds  float64
	PauseMs  int64 `json:"pause_ms"`
	Bytes    int
	Then     []string
	Once     bool
	WithinMs int64 `json:"within_ms"`
}

// A pool under test. An operation gives the process id of its server process, or 0 when the client does not know it.
// Its context ends at the operation's deadline.
type pool interface {
	transact(ctx context.Context, op operation) (backend uint32, err error)
	connect() (backend uint32, err error)
	close()
}

// A pool whose client has a LISTEN that it does not repair in silence. listen returns the payloads.
type listener interface {
	listen(seconds float64) ([]string, error)
}

// A setting that the driver cannot take.
type unsupported struct{ error }

const insert = "INSERT INTO blog_posts (key) VALUES ($1)"

func (op operation) suffix() string {
	if op.Once {
		return " ON CONFLICT (key) DO NOTHING" // the idempotency key is the row's own
	}
	return ""
}

func (op operation) statement() (string, []interface{}, error) {
	switch op.Do {
	case "insert", "transaction":
		return insert + op.suffix(), []interface{}{op.Key}, nil
	case "lock":
		return "LOCK TABLE blog_posts IN EXCLUSIVE MODE", nil, nil
	case "notify":
		return "WITH row AS (" + insert + " RETURNING key) SELECT pg_notify('hangup', key) FROM row", []interface{}{op.Key}, nil
	case "read":
		return "SELECT count(*) FROM blog_posts", nil, nil
	case "wait":
		return "SELECT pg_sleep($1)", []interface{}{op.Seconds}, nil
	case "bulk":
		title := strings.Repeat("x", op.Bytes)
		return "INSERT INTO blog_posts (key, title) VALUES ($1, $2)" + op.suffix(), []interface{}{op.Key, title}, nil
	case "fetch":
		return "SELECT repeat('x', $1)", []interface{}{op.Bytes}, nil
	}
	return "", nil, errors.New("unknown operation")
}

func pause(ctx context.Context, ms int64) error {
	if ms == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(ms) * time.Millisecond):
		return nil
	}
}

// The statement, the pause, and what comes behind it.
func (op operation) run(ctx context.Context, execute func(statement string, arguments ...interface{}) error) error {
	statement, arguments, err := op.statement()
	if err == nil {
		err = execute(statement, arguments...)
	}
	if err == nil {
		err = pause(ctx, op.PauseMs)
	}
	for i := 0; err == nil && i < len(op.Then); i++ {
		err = execute(insert+op.suffix(), op.Then[i])
	}
	return err
}

func (op operation) context() (context.Context, context.CancelFunc) {
	if op.WithinMs == 0 {
		return context.Background(), func() {}
	}
	return context.WithTimeout(context.Background(), time.Duration(op.WithinMs)*time.Millisecond)
}

var output sync.Mutex

func say(message map[string]interface{}) {
	output.Lock()
	defer output.Unlock()
	line, _ := json.Marshal(message)
	os.Stdout.Write(append(line, '\n'))
}

func perform(p pool, op operation, told map[string]interface{}) (err error) {
	var backend uint32
	switch op.Do {
	case "listen":
		if one, can := p.(listener); can {
			told["heard"], err = one.listen(op.Seconds)
		} else {
			err = errors.New("unknown operation")
		}
	case "connect":
		backend, err = p.connect()
	default:
		ctx, cancel := op.context()
		defer cancel()
		backend, err = p.transact(ctx, op)
	}
	if backend != 0 {
		told["backend"] = backend
	}
	return err
}

func answer(p pool, op operation, describe func(error) (kind string, sqlstate interface{})) {
	told := map[string]interface{}{"id": op.ID, "ok": true}
	if err := perform(p, op, told); err != nil {
		kind, sqlstate := describe(err)
		told = map[string]interface{}{"id": op.ID, "error": err.Error(), "kind": kind, "sqlstate": sqlstate}
	}
	say(told)
}

func refuse(err error) {
	var cannot unsupported
	if errors.As(err, &cannot) {
		say(map[string]interface{}{"unsupported": err.Error()})
	} else {
		say(map[string]interface{}{"error": err.Error()})
	}
	os.Exit(1)
}

// The words beyond the first ones.
func speaks(p pool) []string {
	words := []string{"connect", "lock", "notify", "once", "sslmode", "then", "within"}
	if _, can := p.(listener); can {
		words = append(words, "listen")
	}
	return words
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
		refuse(err)
	}
	say(map[string]interface{}{"ready": true, "name": name, "version": version, "driver": driver, "speaks": speaks(p)})
	serve(p, input, first.Open.Workers, describe)
}
