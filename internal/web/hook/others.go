package hook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"tandem/internal/record"
	"tandem/internal/store"
)

// HintType is the Type of a delivery that came as a hint. Its body is {"type":"Hint","locationId":…,"id":…}, written
// here: what the sender wrote is never kept, as it is unsigned.
const HintType = "Hint"

// hint takes a request of a workflow's own Webhook action: unsigned, of free form, behind a secret address. It says
// which contact to look at, and nothing else of it is used.
func (h *Handler) hint(r *http.Request, body []byte) *refusal {
	p := h.byName[r.PathValue("pair")]
	if p == nil || !same(r.PathValue("secret"), p.HintSecret) {
		return &refusal{http.StatusNotFound, "no_hint", "No such address", ""}
	}
	if !p.hints.AllowN(h.now(), 1) {
		return later("over_rate", "more hints than this service takes")
	}
	id := contactOf(body)
	if id == "" {
		return &refusal{http.StatusBadRequest, "no_contact", "The hint names no contact", "send contact_id, as workflows do by themselves"}
	}
	// Each hint is a new one: the same contact may have changed again.
	body, err := json.Marshal(map[string]string{"type": HintType, "locationId": p.LocationID, "id": id})
	if err != nil {
		return later("not_stored", "it could not be stored now")
	}
	return h.store(r.Context(), p, store.Delivery{Source: record.GHL, DeliveryID: "hint:" + rand.Text(), Type: HintType, Body: body})
}

// contactOf finds the contact's id in what workflows send: JSON with contact_id, contactId or contact.id, or a form.
func contactOf(body []byte) string {
	var doc struct {
		Snake   any `json:"contact_id"`
		Camel   any `json:"contactId"`
		Contact struct {
			ID any `json:"id"`
		} `json:"contact"`
	}
	var candidates []any
	if json.Unmarshal(body, &doc) == nil {
		candidates = []any{doc.Snake, doc.Camel, doc.Contact.ID}
	} else if form, err := url.ParseQuery(string(body)); err == nil {
		candidates = []any{form.Get("contact_id"), form.Get("contactId")}
	}
	for _, c := range candidates {
		if id, ok := c.(string); ok && isID(id) {
			return id
		}
	}
	return ""
}

// isID says that s could be an id of the vendor's: opaque, of letters and digits.
func isID(s string) bool {
	return s != "" && len(s) <= 64 && strings.IndexFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}) < 0
}

// commonsku takes a webhook of a profile that has them: X-Signature is the HMAC-SHA256 of the raw body under the pair's
// shared secret, in hex.
func (h *Handler) commonsku(r *http.Request, body []byte) *refusal {
	p := h.byName[r.PathValue("pair")]
	if p == nil || p.CommonskuSecret == "" {
		return &refusal{http.StatusNotFound, "no_pair", "No such address", ""}
	}
	mac := hmac.New(sha256.New, []byte(p.CommonskuSecret))
	mac.Write(body)
	sent, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get("X-Signature"), "sha256="))
	if err != nil || !hmac.Equal(sent, mac.Sum(nil)) {
		return &refusal{http.StatusUnauthorized, "bad_signature", "The signature is missing or wrong", ""}
	}
	if !json.Valid(body) {
		return &refusal{http.StatusBadRequest, "not_json", "The body is not JSON", ""}
	}
	e := scan(body)
	return h.store(r.Context(), p, store.Delivery{
		Source: record.Commonsku, DeliveryID: deliveryID(e.webhookID, body), Type: known(e.eventType), Body: body,
	})
}

// same compares a secret without telling by its time how much of it was right. An unset secret equals nothing.
func same(given, secret string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return secret != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
