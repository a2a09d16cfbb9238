package api

import (
	"net/http"

	"tandem/internal/operate"
)

// This file is what waits for a person: conflicts, errors and asks.

func (a *api) conflicts(r *http.Request) (any, error) {
	q, err := listQuery(r)
	if err != nil {
		return nil, err
	}
	return a.Conflicts(r.Context(), q)
}

func (a *api) resolveConflict(r *http.Request) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	var in operate.Resolution
	if err := body(r, &in, bodyBytesMax); err != nil {
		return nil, err
	}
	if in.Value == nil && !in.Winner.Valid() {
		return nil, invalid("winner must be ghl or commonsku")
	}
	return ok, a.ResolveConflict(r.Context(), id, in)
}

func (a *api) errors(r *http.Request) (any, error) {
	q, err := listQuery(r)
	if err != nil {
		return nil, err
	}
	return a.Errors(r.Context(), q)
}

func (a *api) replay(r *http.Request) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	return accepted{true}, a.Replay(r.Context(), id)
}

func (a *api) discard(r *http.Request) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Reason string `json:"reason"`
	}
	if err := body(r, &in, bodyBytesMax); err != nil {
		return nil, err
	}
	return ok, a.Discard(r.Context(), id, in.Reason)
}

func (a *api) asks(r *http.Request) (any, error) {
	q, err := listQuery(r)
	if err != nil {
		return nil, err
	}
	return a.Asks(r.Context(), q)
}

func (a *api) decide(r *http.Request) (any, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	var in operate.Decision
	if err := body(r, &in, bodyBytesMax); err != nil {
		return nil, err
	}
	switch {
	case in.Decision == "link" && in.With == "":
		return nil, invalid("with must be the id of the record to link to")
	case in.Decision != "link" && in.Decision != "create" && in.Decision != "apart":
		return nil, invalid("decision must be link, create or apart, not %q", in.Decision)
	}
	return ok, a.Decide(r.Context(), id, in)
}
