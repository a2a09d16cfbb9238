// Package problem writes RFC 9457 problem documents, the one form in which every refusal over HTTP is told. It decides
// no status by itself.
package problem

import (
	"encoding/json"
	"net/http"
)

// Document is a problem as `application/problem+json`.
type Document struct {
	Title  string `json:"title"`            // one short phrase, the same for each occurrence
	Status int    `json:"status"`           // of HTTP
	Detail string `json:"detail,omitempty"` // this occurrence, and what to do; no secret
	// Fault is the kind of refusal, for programs: see operate.Fault. "" where the request did not get that far.
	Fault string `json:"fault,omitempty"`
	// Current is what holds now, where a request was overtaken by a change.
	Current any `json:"current,omitempty"`
}

// Write answers with d.
func Write(w http.ResponseWriter, d Document) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(d.Status)
	// A client that went away is nobody to tell.
	_ = json.NewEncoder(w).Encode(d)
}
