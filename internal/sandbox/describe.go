package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"

	"tandem/internal/sandbox/wire"
)

// Description is the first line of `tandem sandbox --json`.
type Description struct {
	GHL struct {
		BaseURL          string `json:"base_url"`
		LocationID       string `json:"location_id"`
		Token            string `json:"token"`
		WebhookPublicKey string `json:"webhook_public_key"` // PEM
	} `json:"ghl"`
	Commonsku struct {
		BaseURL string `json:"base_url"` // with the stage
		Token   string `json:"token"`
	} `json:"commonsku"`
}

// Describe says how to reach a world.
func (w *World) Describe() Description {
	var d Description
	d.GHL.BaseURL, d.GHL.LocationID, d.GHL.Token, d.GHL.WebhookPublicKey = w.GHLBaseURL, w.LocationID, w.GHLToken, w.WebhookPublicKeyPEM
	d.Commonsku.BaseURL, d.Commonsku.Token = w.CommonskuBaseURL, w.CommonskuToken
	return d
}

// ParseFaults reads a fault file; a key that it does not know is a mistake, not a wish.
func ParseFaults(raw []byte) (wire.Faults, error) {
	var f wire.Faults
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return wire.Faults{}, fmt.Errorf("faults: %w", err)
	}
	_, err := wire.NewPlan(f, "ghl")
	return f, err
}
