package api

import (
	"net/http"
	"slices"
	"strings"

	"tandem/internal/web/problem"
)

// route is one method of one path. openapi.json documents the same ones, which a test checks.
type route struct {
	method, path string
	// call parses, calls operate and says what to answer; an error is told by refuse.
	call func(r *http.Request) (any, error)
}

func (a *api) routes() []route {
	const get, post, v1 = http.MethodGet, http.MethodPost, "/api/v1"
	return []route{
		{get, v1 + "/pairs", a.pairs},
		{get, v1 + "/pairs/{pair}", a.pair},
		{post, v1 + "/pairs/{pair}/sweep", a.sweep},
		{post, v1 + "/pairs/{pair}/pause", a.pause},
		{post, v1 + "/pairs/{pair}/resume", a.resume},
		{get, v1 + "/pairs/{pair}/links", a.links},
		{get, v1 + "/pairs/{pair}/held", a.held},
		{post, v1 + "/pairs/{pair}/held/approve", a.approveHeld},
		{post, v1 + "/pairs/{pair}/held/discard", a.discardHeld},
		{get, v1 + "/pairs/{pair}/match", a.match},
		{post, v1 + "/pairs/{pair}/match/apply", a.applyMatch},
		{get, v1 + "/pairs/{pair}/plan", a.plan},
		{post, v1 + "/pairs/{pair}/sync", a.sync},
		{get, v1 + "/pairs/{pair}/mapping", a.mapping},
		{get, v1 + "/records/{kind}/{side}/{id}/history", a.history},
		{get, v1 + "/explain", a.explain},
		{get, v1 + "/conflicts", a.conflicts},
		{post, v1 + "/conflicts/{id}/resolve", a.resolveConflict},
		{get, v1 + "/errors", a.errors},
		{post, v1 + "/errors/{id}/replay", a.replay},
		{post, v1 + "/errors/{id}/discard", a.discard},
		{get, v1 + "/asks", a.asks},
		{post, v1 + "/asks/{id}", a.decide},
		{get, v1 + "/catalog", a.catalog},
	}
}

// mux serves the routes. Unknown paths and methods are told as problems too, which the standard one would not.
func (a *api) mux() http.Handler {
	byPath := map[string]map[string]http.HandlerFunc{}
	for _, rt := range a.routes() {
		if byPath[rt.path] == nil {
			byPath[rt.path] = map[string]http.HandlerFunc{}
		}
		byPath[rt.path][rt.method] = a.answer(rt.call)
	}
	byPath["/api/openapi.json"] = map[string]http.HandlerFunc{http.MethodGet: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document) // a client that went away is nobody to tell
	}}
	mux := http.NewServeMux()
	for path, methods := range byPath {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if h, ok := methods[r.Method]; ok {
				h(w, r)
				return
			}
			allowed := make([]string, 0, len(methods))
			for m := range methods {
				allowed = append(allowed, m)
			}
			slices.Sort(allowed)
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			problem.Write(w, problem.Document{Title: "This address does not take that method", Status: http.StatusMethodNotAllowed, Detail: "it takes " + strings.Join(allowed, ", ")})
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		problem.Write(w, problem.Document{Title: "No such address", Status: http.StatusNotFound, Detail: "what there is stands in /api/openapi.json"})
	})
	return mux
}
