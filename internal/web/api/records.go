package api

import (
	"net/http"

	"tandem/internal/operate"
)

func (a *api) links(r *http.Request) (any, error) {
	q := r.URL.Query()
	kind, err := kindOf(q.Get("kind"))
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(r)
	if err != nil {
		return nil, err
	}
	return a.Links(r.Context(), r.PathValue("pair"), operate.LinkQuery{
		Kind: kind, GHL: q.Get("ghl_id"), Commonsku: q.Get("commonsku_id"), Cursor: q.Get("cursor"), Limit: limit,
	})
}

func (a *api) history(r *http.Request) (any, error) {
	ref, err := refOf(r)
	if err != nil {
		return nil, err
	}
	q, err := listQuery(r)
	if err != nil {
		return nil, err
	}
	return a.History(r.Context(), ref, q)
}

func (a *api) explain(r *http.Request) (any, error) {
	q := r.URL.Query().Get("q")
	if q == "" {
		return nil, invalid("q must be an e-mail address, a phone number or an id")
	}
	return a.Explain(r.Context(), q)
}

func (a *api) held(r *http.Request) (any, error) {
	q, err := listQuery(r)
	if err != nil {
		return nil, err
	}
	return a.Held(r.Context(), r.PathValue("pair"), q)
}

func (a *api) approveHeld(r *http.Request) (any, error) {
	return a.ApproveHeld(r.Context(), r.PathValue("pair"))
}

func (a *api) discardHeld(r *http.Request) (any, error) {
	return a.DiscardHeld(r.Context(), r.PathValue("pair"))
}
