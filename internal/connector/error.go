package connector

import (
	"errors"
	"fmt"
	"time"

	"tandem/internal/record"
)

// Class says what the caller of a failed call can do next.
type Class string

// The classes.
const (
	Transient Class = "transient" // try again with backoff; nothing happened, or the call is safe to repeat
	Throttled Class = "throttled" // the burst quota is used up: wait After
	Quota     Class = "quota"     // the quota of the day is used up: wait After
	Auth      Class = "auth"      // the credential is not accepted: refresh once, then needs_auth
	Forbidden Class = "forbidden" // a missing scope or permission: a refresh will not help
	Invalid   Class = "invalid"   // the far side refuses this value: park the record
	Duplicate Class = "duplicate" // somebody has that e-mail, phone or name already: InWay
	Gone      Class = "gone"      // a direct read or write said that the record does not exist
	Ambiguous Class = "ambiguous" // a write whose answer was lost: it may have happened
	Absent    Class = "absent"    // the account has no such path or verb
)

// Error is what every connector call returns.
type Error struct {
	Class  Class
	Op     string        // "ghl contacts.update"
	Status int           // HTTP status, 0 if there was no answer
	After  time.Duration // earliest next try; 0: the class decides
	InWay  record.Ref    // Duplicate: the record that is already there, if the answer named it
	Field  string        // Invalid, Duplicate: the field, if the answer named it
	Maybe  bool          // Invalid on a create: it may exist all the same (vendor tracker, issue 64)
	Mend   string        // one sentence for the office manager; no secret, no personal data
	Err    error         // the cause, for logs; redacted
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s", e.Op, e.Class)
	if e.Status != 0 {
		s += fmt.Sprintf(" (%d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// ClassOf returns the class of err, "" if it is nil, Transient if it is not an *Error.
func ClassOf(err error) Class {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return Transient
}

// AsError finds the *Error in err.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
