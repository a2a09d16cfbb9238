package ghl

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tandem/internal/record"
)

// Event is a webhook, decoded. Fields is what is visible of a contact; other kinds name only ids.
type Event struct {
	Type       string
	LocationID string
	CompanyID  string
	WebhookID  string
	At         time.Time // the sender's stamp; zero if none
	Ref        record.Ref
	Parent     record.Ref
	Fields     map[string]record.Value
	Deleted    bool
}

// DecodeEvent reads a webhook. It names no record for events that concern none that is synced.
func (d *Driver) DecodeEvent(body []byte) (Event, error) {
	var c contact
	if err := json.Unmarshal(body, &c); err != nil {
		return Event{}, err
	}
	e := Event{Type: c.text("type"), LocationID: c.text("locationId"), CompanyID: c.text("companyId"), WebhookID: c.text("webhookId"), At: c.instant("timestamp")}
	if e.Type == "" {
		return e, errors.New("a webhook without a type")
	}
	e.Deleted = strings.HasSuffix(e.Type, "Delete")
	ref := func(k record.Kind, id string) {
		if id != "" {
			e.Ref = record.Ref{Side: record.GHL, Kind: k, ID: id}
		}
	}
	switch {
	case strings.HasPrefix(e.Type, "Contact"):
		ref(record.Contact, c.text("id"))
		if !e.Deleted {
			e.Fields = d.common(c).Fields
			delete(e.Fields, "additionalEmails")
			delete(e.Fields, "additionalPhones")
		}
	case strings.HasPrefix(e.Type, "Task"):
		ref(record.Task, c.text("id"))
		e.Parent = contactRef(c.text("contactId"))
	case strings.HasPrefix(e.Type, "Note"):
		ref(record.Note, c.text("id"))
		e.Parent = contactRef(c.text("contactId"))
	case strings.HasPrefix(e.Type, "Appointment"):
		var in contact
		if json.Unmarshal(c["appointment"], &in) == nil {
			ref(record.Appointment, in.text("id"))
			e.Parent = contactRef(in.text("contactId"))
		}
	}
	return e, nil
}

func contactRef(id string) record.Ref {
	if id == "" {
		return record.Ref{}
	}
	return record.Ref{Side: record.GHL, Kind: record.Contact, ID: id}
}
