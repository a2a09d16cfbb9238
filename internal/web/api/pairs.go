package api

import (
	"net/http"

	"tandem/internal/operate"
)

func (a *api) pairs(r *http.Request) (any, error) {
	pairs, err := a.Pairs(r.Context())
	return operate.Page[operate.Pair]{Items: pairs}, err
}

func (a *api) pair(r *http.Request) (any, error) { return a.Pair(r.Context(), r.PathValue("pair")) }

func (a *api) sweep(r *http.Request) (any, error) {
	var in struct {
		Full bool `json:"full"`
	}
	if err := body(r, &in, bodyBytesMax); err != nil {
		return nil, err
	}
	return accepted{true}, a.Sweep(r.Context(), r.PathValue("pair"), in.Full)
}

func (a *api) pause(r *http.Request) (any, error) {
	return accepted{true}, a.Pause(r.Context(), r.PathValue("pair"))
}

func (a *api) resume(r *http.Request) (any, error) {
	return accepted{true}, a.Resume(r.Context(), r.PathValue("pair"))
}

func (a *api) match(r *http.Request) (any, error) { return a.Match(r.Context(), r.PathValue("pair")) }

func (a *api) applyMatch(r *http.Request) (any, error) {
	var in struct {
		Rows []operate.MatchRow `json:"rows"`
	}
	if err := body(r, &in, matchBytesMax); err != nil {
		return nil, err
	}
	return a.ApplyMatch(r.Context(), r.PathValue("pair"), in.Rows)
}

func (a *api) plan(r *http.Request) (any, error) {
	only, err := kindOf(r.URL.Query().Get("only"))
	if err != nil {
		return nil, err
	}
	return a.Plan(r.Context(), r.PathValue("pair"), operate.SyncOptions{Only: only, Record: r.URL.Query().Get("record")})
}

func (a *api) sync(r *http.Request) (any, error) {
	var o operate.SyncOptions
	if err := body(r, &o, bodyBytesMax); err != nil {
		return nil, err
	}
	if _, err := kindOf(string(o.Only)); err != nil {
		return nil, err
	}
	return a.Sync(r.Context(), r.PathValue("pair"), o)
}

func (a *api) mapping(r *http.Request) (any, error) {
	rows, err := a.Mapping(r.Context(), r.PathValue("pair"))
	return operate.Page[operate.MappingRow]{Items: rows}, err
}

func (a *api) catalog(r *http.Request) (any, error) {
	items, err := a.Catalog(r.Context())
	return operate.Page[operate.CatalogItem]{Items: items}, err
}
