package ghl

import (
	"errors"
	"time"

	"tandem/internal/record"
)

// singleJSON is the shape of GET /contacts/{id} and of the answers to create and update: the only one that is merged.
type singleJSON struct {
	contactJSON
	CreatedBy struct {
		SourceID loose `json:"sourceId"`
	} `json:"createdBy"`
	Deleted loose `json:"deleted"`
}

type singleEnvelope struct {
	Contact *singleJSON `json:"contact"`
}

var errNoContact = errors.New("the answer names no contact")

func (d *Driver) decodeSingle(in singleEnvelope, now time.Time) (record.Record, error) {
	c := in.Contact
	if c == nil || c.ID == "" {
		return record.Record{}, errNoContact
	}
	r := d.record(&c.contactJSON)
	r.CreatedBy = string(c.CreatedBy.SourceID)
	if c.Deleted == "true" {
		if r.Deleted = r.Changed; r.Deleted.IsZero() {
			r.Deleted = now.UTC()
		}
	}
	return r, nil
}
