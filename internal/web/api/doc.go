// Package api is the JSON API of `tandem serve`: it parses, calls operate, and renders. It holds no SQL, makes no call
// to either system, and decides nothing; what a status means is decided in one place (refuse.go). All of /api needs the
// admin token, /healthz, /readyz and /metrics need none: they tell nothing about a customer.
package api

import (
	"context"
	_ "embed" // the OpenAPI document is a file, so that it can be read and checked as one
	"log/slog"
	"net/http"
)

//go:embed openapi.json
var document []byte

// Options of a Handler.
type Options struct {
	Operator Operator
	// Token is the bearer of the whole API. "" refuses everyone.
	Token string
	// Ready says whether the process can serve: database migrated and writable. It never speaks of a pair.
	Ready   func(context.Context) error
	Metrics http.Handler // nil: none are served
	Logger  *slog.Logger // nil: discards
}

type api struct {
	Operator
	log *slog.Logger
}

// New serves /api/, /healthz, /readyz and /metrics.
func New(o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	a := &api{Operator: o.Operator, log: o.Logger}
	mux := http.NewServeMux()
	mux.Handle("/api/", authorized(o.Token, a.mux()))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, ok) })
	mux.HandleFunc("GET /readyz", ready(o.Ready))
	if o.Metrics != nil {
		mux.Handle("GET /metrics", o.Metrics)
	}
	return mux
}
