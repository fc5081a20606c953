// What lib/pq says of an error: of the pool's adapter, and of the probe without one.
package main

import (
	"errors"
	"fmt"

	"github.com/lib/pq"
)

func describe(err error) (string, interface{}) {
	var server *pq.Error
	if errors.As(err, &server) {
		return "pq.Error", string(server.Code)
	}
	return fmt.Sprintf("%T", err), nil
}
