// Package hangup lets a Go test break the network, or the server, at the very line where it wants it. Copy the folder
// into your module; `hangup exec -- go test ./...` runs the tests in the lab, elsewhere they are skipped.
//
//	silence := hangup.Fault(t, "silence", "both", "for", "30s")
//	db.QueryRow("SELECT 1")
//	if silence.Clear() == 0 { // what it hit
//		t.Error("the silence hit nothing")
//	}
package hangup

import (
	"encoding/json"
	"net"
	"os"
	"testing"
)

// Handle is one fault, in place since it was made.
type Handle struct {
	t      testing.TB
	number int
}

type reply struct {
	OK      bool
	Error   string
	Fault   int
	Cleared []struct{ Hits int }
}

func ask(t testing.TB, request map[string]interface{}) (answer reply) {
	t.Helper()
	lab, err := net.Dial("unix", os.Getenv("HANGUP_SOCKET"))
	if err == nil {
		defer lab.Close()
		if err = json.NewEncoder(lab).Encode(request); err == nil { // one line of JSON to the lab, one back
			err = json.NewDecoder(lab).Decode(&answer)
		}
	}
	if err != nil || !answer.OK {
		t.Fatal("hangup: ", err, answer.Error)
	}
	return answer
}

// Fault makes a fault happen now, as `hangup list faults` has them; options are pairs, such as "for", "30s". An empty
// argument is both directions, or the only one there is. It ends with Clear, with the test, or after "for".
func Fault(t testing.TB, kind, argument string, options ...string) *Handle {
	t.Helper()
	if os.Getenv("HANGUP_SOCKET") == "" {
		t.Skip("not in hangup's lab: `hangup exec -- go test` runs it there")
	}
	texts := map[string]string{}
	for i := 0; i+1 < len(options); i += 2 {
		texts[options[i]] = options[i+1]
	}
	request := map[string]interface{}{"kind": kind, "argument": nil, "options": texts}
	if argument != "" {
		request["argument"] = argument
	}
	made := &Handle{t, ask(t, request).Fault}
	t.Cleanup(func() { made.Clear() }) // no fault of one test reaches the next
	return made
}

// Clear ends it, where it has not ended by itself, and says what it hit.
func (made *Handle) Clear() int {
	for _, cleared := range ask(made.t, map[string]interface{}{"clear": made.number}).Cleared {
		return cleared.Hits
	}
	return 0
}
