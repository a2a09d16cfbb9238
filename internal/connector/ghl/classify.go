package ghl

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
	"tandem/internal/record"
)

// answer is the body of a refusal. message is a text, or on 422 a list.
type answer struct {
	Message json.RawMessage `json:"message"`
	Error   string          `json:"error"`
	Meta    struct {
		ContactID     string `json:"contactId"`
		MatchingField string `json:"matchingField"`
	} `json:"meta"`
}

func (a answer) text() string {
	var s string
	if json.Unmarshal(a.Message, &s) == nil {
		return s
	}
	var list []string
	if json.Unmarshal(a.Message, &list) == nil {
		return strings.Join(list, "; ")
	}
	return ""
}

// classify tells refusals apart as facts-ghl.md, "Quotas & errors" has them: a missing scope is a 401 and not a dead
// token, and gone may be a 400 by its text.
func classify(op operation.Operation, status int, h http.Header, body []byte) *connector.Error {
	var a answer
	_ = json.Unmarshal(body, &a) // the CDN in front may send HTML
	msg := a.text()
	low := strings.ToLower(msg)
	e := &connector.Error{Class: connector.Invalid, Err: errors.New(safe(msg, status))}
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(low, p) {
				return true
			}
		}
		return false
	}
	switch {
	case status == http.StatusTooManyRequests:
		e.Class = connector.Throttled
		if h.Get("X-RateLimit-Daily-Remaining") == "0" {
			e.Class, e.After = connector.Quota, dailyReset(h)
			e.Mend = "The location's calls of the day are used up; it goes on by itself."
		}
	case status == http.StatusUnauthorized && has("not authorized for this scope", "user type mismatch", "authclass type is not allowed"):
		e.Class = connector.Forbidden
		e.Mend = "The credential lacks the scope " + strings.Join(op.Scopes, ", ") + ": add it in GHL, then connect again."
	case status == http.StatusUnauthorized:
		e.Class = connector.Auth
		e.Mend = "GHL does not accept the token: set a new one with `tandem keys set`, or connect the location again."
	case status == http.StatusForbidden:
		e.Class = connector.Forbidden
		e.Mend = "The token has no access to this location: was the app removed there?"
	case status == http.StatusBadRequest && has("duplicated contacts"):
		e.Class, e.Field = connector.Duplicate, a.Meta.MatchingField
		e.InWay = record.Ref{Side: record.GHL, Kind: record.Contact, ID: a.Meta.ContactID}
	case status == http.StatusNotFound,
		status == http.StatusBadRequest && has("not found", "doesn't exist", "does not exist", "is deleted", "event id is invalid"):
		e.Class = connector.Gone
	case status == http.StatusRequestTimeout, status >= 500:
		e.Class = connector.Transient
		if !op.Repeatable {
			e.Class = connector.Ambiguous
		}
	case status == http.StatusUnprocessableEntity, status == http.StatusBadRequest:
		e.Field = fieldIn(msg)
	}
	return e
}

// dailyReset is when the daily window ends: the header has milliseconds.
func dailyReset(h http.Header) time.Duration {
	d, err := time.ParseDuration(h.Get("X-RateLimit-Daily-Reset") + "ms")
	if err != nil || d <= 0 || d > 24*time.Hour {
		return time.Hour
	}
	return d
}

// fieldIn is the field that a validation message begins with: "email must be an email", "property gender should not exist".
func fieldIn(msg string) string {
	words := strings.Fields(msg)
	if len(words) > 1 && words[0] == "property" {
		words = words[1:]
	}
	if len(words) > 1 && (words[1] == "must" || words[1] == "should") {
		return words[0]
	}
	return ""
}

// safe is the far side's own message, cut, without what may be a person's e-mail or number.
func safe(msg string, status int) string {
	if msg == "" {
		return http.StatusText(status)
	}
	words := strings.Fields(msg)
	for i, w := range words {
		if strings.Contains(w, "@") || strings.Count(w, "0123456789") > 4 {
			words[i] = "…"
		}
	}
	msg = strings.Join(words, " ")
	if len(msg) > 200 {
		msg = msg[:200] + "…"
	}
	return msg
}

func invalid(field string) error {
	return &connector.Error{Class: connector.Invalid, Op: "ghl contacts", Field: field, Err: errors.New("GHL's contacts have no such field that can be written")}
}
