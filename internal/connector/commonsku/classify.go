package commonsku

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
	"tandem/internal/record"
)

// quotaRetry is how long calls wait when a quota of unknown length (day, week or month) is used up: no header tells.
const quotaRetry = time.Hour

// classify tells refusals apart, by the profile's texts first and by status after that. Source: facts-commonsku.md, "The
// API": the gateway in front answers 403 both to a bad key and to a path that does not exist.
func classify(p *Profile, op operation.Operation, status int, body []byte) *connector.Error {
	message := messageOf(p, body)
	e := &connector.Error{Class: connector.Invalid}
	if message != "" {
		e.Err = errors.New(message) // transport shortens it and takes out addresses and numbers
	}
	folded := record.Fold(message)
	said := func(texts []Text) bool {
		return slices.ContainsFunc(texts, func(t Text) bool { return t.Status == status && strings.Contains(folded, t.Part) })
	}
	switch t := p.Errors; {
	case said(t.NoRoute), status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented,
		status == http.StatusNotFound && strings.HasSuffix(op.ID, ".list"):
		e.Class = connector.Absent
		e.Mend = fmt.Sprintf("The account has no %s %s: correct the profile, or live without it.", op.Method, op.Path)
	case said(t.BadKey), status == http.StatusUnauthorized:
		e.Class = connector.Auth
		e.Mend = "commonsku does not accept the key: make a new one in its settings and give it to Tandem with `tandem keys set`."
	case said(t.Quota):
		e.Class, e.After = connector.Quota, quotaRetry
		e.Mend = "The account's quota is used up; Tandem asks again every hour."
	case said(t.Throttled), status == http.StatusTooManyRequests:
		e.Class = connector.Throttled
	case said(t.Duplicate), status == http.StatusConflict:
		e.Class = connector.Duplicate
		e.InWay = inWay(p, op, body)
		e.Field = fieldOfAnswer(p, op, body)
	case said(t.Gone), status == http.StatusGone, status == http.StatusNotFound && strings.Contains(op.Path, "{id}"):
		e.Class = connector.Gone
	case said(t.Forbidden), status == http.StatusForbidden:
		e.Class = connector.Forbidden
		e.Mend = "The key may not do this: the user it belongs to needs the permission in commonsku."
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status >= 500:
		e.Class = connector.Transient // transport makes it Ambiguous where a create may have happened
	case status >= 300 && status < 400:
		e.Class = connector.Absent
		e.Mend = "The account answers with a redirect: correct base_url or the profile's paths."
	default:
		e.Field = fieldOfAnswer(p, op, body)
	}
	return e
}

func messageOf(p *Profile, body []byte) string {
	o, err := parseObject(body) // whatever is in front may send HTML
	if err != nil {
		return ""
	}
	if s := o.text(p.Answer.Message); s != "" {
		return s
	}
	return o.text("message")
}

// fieldOfAnswer is the first field that a refusal names, canonical where the profile knows it.
func fieldOfAnswer(p *Profile, op operation.Operation, body []byte) string {
	raw, ok := inside(body, p.Answer.Errors)
	var fields map[string]json.RawMessage
	if p.Answer.Errors == "" || !ok || json.Unmarshal(raw, &fields) != nil || len(fields) == 0 {
		return ""
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	name := slices.Min(names)
	if canonical, ok := p.Resolve(op.Kind, name); ok {
		return canonical
	}
	return name
}

// inWay is the record that a refused create names: at the place of the single record, or at the root.
func inWay(p *Profile, op operation.Operation, body []byte) record.Ref {
	k := p.Kinds[op.Kind]
	if k == nil || k.ID == "" {
		return record.Ref{}
	}
	for _, path := range []string{firstOf(k.Single, p.Answer.Single), ""} {
		raw, ok := inside(body, path)
		if !ok {
			continue
		}
		if o, err := parseObject(raw); err == nil && o.text(k.ID) != "" {
			return record.Ref{Side: record.Commonsku, Kind: op.Kind, ID: o.text(k.ID)}
		}
	}
	return record.Ref{}
}

func opName(k *Kind, v verb) string { return "commonsku " + resource(k.Kind) + "." + string(v) }

func absent(k *Kind, v verb, reason string) error {
	if reason == "" {
		reason = fmt.Sprintf("the profile has no %s of a %s", v, k.Kind)
	}
	return &connector.Error{Class: connector.Absent, Op: opName(k, v), Err: errors.New(reason), Mend: "Correct the connector profile if the account can do this after all."}
}

// invalid refuses a write before any call.
func invalid(k *Kind, v connector.Verb, field, reason string) error {
	return &connector.Error{Class: connector.Invalid, Op: opName(k, verb(v)), Field: field, Err: errors.New(reason)}
}

// garbled is an answer that says yes and cannot be read: a fault on the way, or a profile that does not fit.
func garbled(k *Kind, v verb, err error) error {
	return &connector.Error{Class: connector.Transient, Op: opName(k, v), Err: err,
		Mend: fmt.Sprintf("If this stays, kinds.%s of the connector profile does not fit the account.", k.Kind)}
}

// outOfSight is no evidence of a delete.
func outOfSight(k *Kind) error {
	return &connector.Error{Class: connector.Forbidden, Op: opName(k, get), Err: errors.New("the account does not show this record"),
		Mend: "The record was deleted, or the key no longer sees it. Nothing is deleted because of that."}
}
