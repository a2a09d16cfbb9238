package operate

import "errors"

// Fault says what kind of refusal an Error is; web/api turns it into a status, cli into an exit code, each in one place.
type Fault string

// The faults.
const (
	NotFound    Fault = "not_found"   // no such pair, record or item
	Invalid     Fault = "invalid"     // the request does not make sense; nothing was done
	Moved       Fault = "moved"       // a side has changed since it was shown; nothing was done, look again
	Unavailable Fault = "unavailable" // the database or a far side does not answer now
	Refused     Fault = "refused"     // understood and not allowed: wrong state, missing permission
)

// Error is a refusal told to a person. Title and Detail hold no secret and no personal data beyond what was asked.
type Error struct {
	Fault  Fault
	Title  string // one short phrase, the same for each occurrence
	Detail string // this occurrence, and what to do
	// Current is what holds now, where Fault is Moved: the Conflict with the new values.
	Current *Conflict
	Err     error
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return e.Title
	}
	return e.Title + ": " + e.Detail
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, ErrNoPair) true for every refusal of that title.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Fault == e.Fault && t.Title == e.Title
}

// ErrNoPair says that no pair has that name.
var ErrNoPair error = &Error{Fault: NotFound, Title: "No such pair"}

// NoPair is ErrNoPair with the name asked for.
func NoPair(name string) error {
	return &Error{Fault: NotFound, Title: "No such pair", Detail: "no pair is called " + name + " in tandem.yaml"}
}

// FaultOf returns the fault of err, "" if it is not an *Error.
func FaultOf(err error) Fault {
	var e *Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return ""
}
