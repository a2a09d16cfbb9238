package ghl_test

import (
	"testing"

	"tandem/internal/connector/ghl"
	"tandem/internal/record"
)

// A hint names a contact and shows nothing of it, so it can blank nothing.
func TestHintNamesAContact(t *testing.T) {
	d := &ghl.Driver{}
	e, err := d.DecodeEvent([]byte(`{"type":"Hint","locationId":"L1","id":"c1"}`))
	if err != nil {
		t.Fatal(err)
	}
	if want := (record.Ref{Side: record.GHL, Kind: record.Contact, ID: "c1"}); e.Ref != want || e.Fields != nil || e.Deleted {
		t.Errorf("read as %+v, want a look at %v", e, want)
	}
}
