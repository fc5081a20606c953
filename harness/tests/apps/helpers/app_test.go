// An application's own tests in Go, with a fault at the line where they want it. Run by test_exec_helpers.sh.
package app

import (
	"io"
	"net"
	"os"
	"testing"
	"time"

	"app/hangup"
)

// Asks the server whether it speaks TLS, which it answers with a letter.
func question(t *testing.T) time.Duration {
	began := time.Now()
	server, err := net.Dial("tcp", os.Getenv("PGHOST")+":"+os.Getenv("PGPORT"))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	letter := make([]byte, 1)
	server.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47})
	if _, err := io.ReadFull(server, letter); err != nil || letter[0] != 'S' {
		t.Fatal(err, letter)
	}
	return time.Since(began)
}

func TestASilenceIsWaitedOut(t *testing.T) {
	silence := hangup.Fault(t, "silence", "both", "for", "30s")
	if waited := question(t); waited < 30*time.Second {
		t.Error("it waited for ", waited)
	}
	if silence.Clear() == 0 { // it was over by itself
		t.Error("the silence hit nothing")
	}
}

func TestAFaultEndsWithItsTest(t *testing.T) {
	t.Run("breaks", func(t *testing.T) { hangup.Fault(t, "silence", "") })
	if os.Getenv("HANGUP_SOCKET") != "" && question(t) > time.Second {
		t.Error("the fault of another test is in the way")
	}
}

func TestNothingOfTheLabIsNeededHere(t *testing.T) {}
