package ghl

import (
	"encoding/json"

	"tandem/internal/record"
)

// searchJSON is a row of POST /contacts/search: the street is called address, and each row carries the cursor behind it.
// Source: facts-ghl.md "Contacts"; the vendor's file has next to nothing for it.
type searchJSON struct {
	contactJSON
	Address     loose           `json:"address"`
	SearchAfter json.RawMessage `json:"searchAfter"`
}

// decodeSearchRow reads one row, and where the next page begins after it. ok is false for what is no contact.
func (d *Driver) decodeSearchRow(raw []byte) (r record.Record, after json.RawMessage, ok bool) {
	var c searchJSON
	if json.Unmarshal(raw, &c) != nil || c.ID == "" {
		return r, nil, false
	}
	if c.Address1 == "" {
		c.Address1 = c.Address
	}
	return d.record(&c.contactJSON), c.SearchAfter, true
}
