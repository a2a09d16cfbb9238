package cli

import (
	"context"
	"errors"

	"tandem/internal/config"
	"tandem/internal/operate"
)

// The exit codes, which scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitPerson = 3
)

// exitOf is the one place where an error becomes an exit code.
func exitOf(err error) int {
	var mistakes config.Mistakes
	var wrong *usageError
	var needs *needsPerson
	switch {
	case err == nil, errors.Is(err, errStopped):
		return exitDone
	case errors.As(err, &needs):
		return exitPerson
	case errors.As(err, &wrong), errors.As(err, &mistakes), operate.FaultOf(err) == operate.Invalid:
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitFailed
	}
	return exitFailed
}

// usageError is a command line that makes no sense; nothing was done.
type usageError struct{ what string }

func (e *usageError) Error() string { return e.what }

// needsPerson is a verb that did what it could: some records wait for a person.
type needsPerson struct{ what string }

func (e *needsPerson) Error() string { return e.what }

// errStopped is a service that was asked to stop and did.
var errStopped = errors.New("stopped") //nolint:gochecknoglobals // a sentinel
