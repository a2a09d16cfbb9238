package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"tandem/internal/operate"
	"tandem/internal/web/problem"
)

// accepted is an answer that came before its work is done.
type accepted struct {
	OK bool `json:"ok"`
}

// ok is the answer to what has nothing else to tell.
var ok = json.RawMessage(`{"ok":true}`) //nolint:gochecknoglobals // a constant

// answer runs a route's call and renders what comes of it.
func (a *api) answer(call func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// Match, plan and sync take as long as the accounts are large; the server's own deadline is for pages.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		v, err := call(r)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		status := http.StatusOK
		if _, early := v.(accepted); early {
			status = http.StatusAccepted
		}
		write(w, status, v)
	}
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that went away is nobody to tell
}

// refuse is the one place where a refusal becomes a status.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *operate.Error
	if !errors.As(err, &e) {
		if !errors.Is(err, context.Canceled) {
			a.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "err", err)
		}
		problem.Write(w, problem.Document{Title: "Something went wrong", Status: http.StatusInternalServerError, Detail: "the log of the service says what"})
		return
	}
	d := problem.Document{Title: e.Title, Detail: e.Detail, Fault: string(e.Fault), Status: statusOf(e.Fault)}
	if e.Current != nil {
		d.Current = e.Current
	}
	if d.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	problem.Write(w, d)
}

func statusOf(f operate.Fault) int {
	switch f {
	case operate.NotFound:
		return http.StatusNotFound
	case operate.Invalid:
		return http.StatusBadRequest
	case operate.Moved:
		return http.StatusConflict
	case operate.Refused:
		return http.StatusUnprocessableEntity
	case operate.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
