// The subject protocol (../../subjects/README.md) for clients without a pool: what the probes share. Each operation has
// a connection of its own, and those that come when each has had its turn have the last. Statements, and how a line is said, are those of ../../subjects/go/subject.go.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"sync"
	"time"
)

var packageVersion string // Debian's; the linker sets it: in a GOPATH the library does not know its own

// A connection is left as it is after its operation: nothing it might say then hides the first error.
type connection interface {
	transact(statement string, arguments []interface{}, pause time.Duration) error
	state() string // what the client says of it, asking nobody
}

// It is one operation's at a time.
type place struct {
	sync.Mutex
	connection connection // nil: to be opened first
}

type client struct {
	name, version, driver string
	connect               func(conninfo string) (connection, error)
	describe              func(error) (kind string, sqlstate interface{})
}

func (op operation) performOn(c connection) error {
	if op.Do == "connect" {
		return c.transact("SELECT 1", nil, 0)
	}
	statement, arguments, err := op.statement()
	if err != nil {
		return err
	}
	return c.transact(statement, arguments, time.Duration(op.PauseMs)*time.Millisecond)
}

func (client client) sayError(message map[string]interface{}, err error) {
	message["error"] = err.Error()
	message["kind"], message["sqlstate"] = client.describe(err)
	say(message)
}

func (client client) serve(op operation, p *place, conninfo string) {
	p.Lock()
	defer p.Unlock()
	message := map[string]interface{}{"id": op.ID}
	c := p.connection
	var err error
	if c == nil {
		c, err = client.connect(conninfo)
	}
	if err == nil {
		err = op.performOn(c)
		message["state"] = c.state()
	}
	if err != nil {
		client.sayError(message, err)
		return
	}
	message["ok"] = true
	say(message)
}

func (client client) open(s settings) []place {
	places := make([]place, s.Size)
	for i := range places {
		var err error
		if places[i].connection, err = client.connect(s.Conninfo); err != nil {
			client.sayError(map[string]interface{}{}, err)
			os.Exit(1)
		}
	}
	say(map[string]interface{}{"ready": true, "name": client.name, "version": client.version, "driver": client.driver,
		"speaks": []string{"connect"}})
	return places
}

// The end of the input ends the process, whoever still waits.
func (client client) main() {
	input := bufio.NewReader(os.Stdin)
	line, _ := input.ReadBytes('\n')
	var first struct{ Open settings }
	if err := json.Unmarshal(line, &first); err != nil {
		client.sayError(map[string]interface{}{}, err)
		os.Exit(1)
	}
	if first.Open.Strategy == "plain" {
		first.Open.Conninfo += " sslmode=disable"
	}
	places := client.open(first.Open)
	for line, err := input.ReadBytes('\n'); err == nil; line, err = input.ReadBytes('\n') {
		var op operation
		json.Unmarshal(line, &op)
		own := &place{}
		// The first operation gets the first connection, and so on: the packets are told apart by that.
		if op.Do != "connect" {
			own = &places[0]
			if len(places) > 1 {
				places = places[1:]
			}
		}
		go client.serve(op, own, first.Open.Conninfo)
	}
}
