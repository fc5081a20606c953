// What pgx says of an error: of the pool's adapter, and of the probe without one.
package main

import (
	"errors"
	"fmt"
)

func describe(err error) (string, interface{}) {
	var server *serverError
	if errors.As(err, &server) {
		return "PgError", server.Code
	}
	return fmt.Sprintf("%T", err), nil
}
