package ghl

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
	"tandem/internal/record"
)

// refusal is the body of an answer that is not 2xx.
type refusal struct {
	messages []string
	inWay    loose // duplicate: the contact that is there already, and the field in which
	matching loose
}

// readRefusal reads a body; ok is false for what is no JSON object. Its message is a text, or on 422 a list of texts.
func readRefusal(body []byte) (r refusal, ok bool) {
	var in struct {
		Message, Meta json.RawMessage
		Error         loose
	}
	if b := bytes.TrimSpace(body); len(b) == 0 || b[0] != '{' || json.Unmarshal(b, &in) != nil {
		return r, false
	}
	var one loose
	var many labels
	if json.Unmarshal(in.Message, &many) == nil && len(many) > 0 {
		r.messages = many
	} else if json.Unmarshal(in.Message, &one) == nil && one != "" {
		r.messages = []string{string(one)}
	} else if in.Error != "" {
		r.messages = []string{string(in.Error)}
	}
	var meta struct{ ContactID, MatchingField loose }
	if json.Unmarshal(in.Meta, &meta) == nil {
		r.inWay, r.matching = meta.ContactID, meta.MatchingField
	}
	return r, true
}

// classify tells refusals apart as facts-ghl.md, "Quotas & errors", has them: a missing scope is a 401 and no dead token,
// gone can be a 400 by its text, and what does not speak JSON is the CDN in front, which knows nothing of tokens.
func classify(o operation.Operation, status int, h http.Header, body []byte) *connector.Error {
	r, isJSON := readRefusal(body)
	text := strings.Join(r.messages, "; ")
	low := strings.ToLower(text)
	says := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(low, p) {
				return true
			}
		}
		return false
	}
	e := &connector.Error{}
	if text != "" {
		e.Err = errors.New(text)
	}
	switch {
	case status == http.StatusTooManyRequests:
		e.Class = connector.Throttled
		if h.Get("X-RateLimit-Daily-Remaining") == "0" {
			e.Class, e.After = connector.Quota, dailyReset(h)
			e.Mend = "The location's calls of the day are used up. It goes on by itself."
		}
	case !isJSON && status < 500:
		e.Class, e.Err = connector.Transient, errors.New("a gateway refused the call: "+strings.ToLower(http.StatusText(status)))
	case status == http.StatusUnauthorized && says("not authorized for this scope", "user type mismatch", "authclass type is not allowed"):
		e.Class = connector.Forbidden
		e.Mend = "The credential may not do this. Add the scope " + strings.Join(o.Scopes, " or ") + " in GHL, then connect again."
	case status == http.StatusUnauthorized:
		e.Class = connector.Auth
		e.Mend = "GHL does not accept the token. Set a new one, or connect the location again."
	case status == http.StatusForbidden:
		e.Class = connector.Forbidden
		e.Mend = "The credential has no access to this location. Check the location's id, and whether the app is still installed there."
	case status == http.StatusBadRequest && says("duplicated contacts"):
		e.Class, e.Field = connector.Duplicate, string(r.matching)
		e.InWay = refTo(record.Contact, r.inWay)
		e.Mend = "Another contact of the location has this value already."
	case status == http.StatusNotFound && (strings.HasPrefix(low, "cannot ") || !strings.Contains(o.Path, "{")):
		e.Class = connector.Absent
		e.Mend = "The address has no such operation. Check base_url."
	case status == http.StatusNotFound,
		status == http.StatusBadRequest && says("not found", "doesn't exist", "does not exist", "is deleted", "event id is invalid"):
		e.Class = connector.Gone
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		e.Class, e.Field = connector.Invalid, fieldIn(r.messages)
		e.Mend = "GHL refuses this value. Correct it in the other system, or leave the field out of the mapping."
	default:
		return nil // the status says all
	}
	return e
}

// dailyReset is the time to the end of the daily window: the header has milliseconds.
func dailyReset(h http.Header) time.Duration {
	d, err := time.ParseDuration(h.Get("X-RateLimit-Daily-Reset") + "ms")
	if err != nil || d <= 0 || d > 24*time.Hour {
		return time.Hour
	}
	return d
}

// fieldIn is the field that a validation message begins with: "email must be an email", "property gender should not exist".
func fieldIn(messages []string) string {
	for _, m := range messages {
		words := strings.Fields(strings.TrimPrefix(m, "property "))
		if len(words) > 1 && (words[1] == "must" || words[1] == "should") {
			return words[0]
		}
	}
	return ""
}
