package hook

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"tandem/internal/record"
	"tandem/internal/store"
)

// ghl takes a webhook of the vendor's. The order of the checks is part of the contract: whoever cannot sign learns
// nothing about which locations exist.
func (h *Handler) ghl(r *http.Request, body []byte) *refusal {
	by := h.signedBy(r.Header, body)
	if by == nil {
		return &refusal{http.StatusUnauthorized, "bad_signature", "The signature is missing or wrong", ""}
	}
	if !json.Valid(body) {
		return &refusal{http.StatusBadRequest, "not_json", "The body is not JSON", ""}
	}
	e := scan(body)
	p := h.byLocation[e.locationID]
	if p == nil || e.locationID == "" {
		return &refusal{http.StatusNotFound, "no_location", "No pair has this location", ""}
	}
	if !by.is(p) {
		return &refusal{http.StatusUnauthorized, "foreign_key", "The signature is missing or wrong", ""}
	}
	return h.store(r.Context(), p, store.Delivery{
		Source: record.GHL, DeliveryID: deliveryID(e.webhookID, body), Type: known(e.eventType), Body: body,
	})
}

// deliveryID is the sender's, or what tells two bodies apart.
func deliveryID(id string, body []byte) string {
	if id != "" && len(id) <= 200 {
		return id
	}
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// known bounds what becomes a label of a metric: the vendor's event types are short words.
func known(eventType string) string {
	if len(eventType) > 60 {
		return "other"
	}
	for _, c := range eventType {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-') {
			return "other"
		}
	}
	return eventType
}
