package ghl

import (
	"encoding/json"

	"tandem/internal/record"
)

// decodeWebhookContact reads what a contact event shows. In it "type" is the event's, and time zone, contact type,
// business, further addresses and the change time are never there. Source: the vendor's webhook files.
func (d *Driver) decodeWebhookContact(body []byte) (map[string]record.Value, error) {
	var c contactJSON
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, err
	}
	c.Type, c.Timezone, c.BusinessID, c.AdditionalEmails, c.AdditionalPhones = "", "", "", nil, nil
	return d.record(&c).Fields, nil
}
