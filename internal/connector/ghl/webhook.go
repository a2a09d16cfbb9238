package ghl

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"tandem/internal/record"
)

// Event is a webhook, decoded: a hint to look at a record. Fields is what was visible of a contact, nil for other kinds.
type Event struct {
	Type       string // "ContactUpdate", "INSTALL", …
	LocationID string
	CompanyID  string
	WebhookID  string
	At         time.Time // the sender's stamp; zero if none. Old on a repeated delivery
	Ref        record.Ref
	Parent     record.Ref // the contact of a task, note or appointment, if it said
	Fields     map[string]record.Value
	Deleted    bool
}

// eventJSON is the envelope of every webhook. An appointment is nested, everything else is flat beside the envelope.
// Source: the vendor's webhook files; facts-ghl.md "Webhooks".
type eventJSON struct {
	Type        loose `json:"type"`
	ID          loose `json:"id"`
	LocationID  loose `json:"locationId"`
	CompanyID   loose `json:"companyId"`
	WebhookID   loose `json:"webhookId"`
	Timestamp   loose `json:"timestamp"`
	ContactID   loose `json:"contactId"`
	Appointment struct {
		ID        loose `json:"id"`
		ContactID loose `json:"contactId"`
	} `json:"appointment"`
}

var errNoType = errors.New("a webhook without a type")

// DecodeEvent reads a webhook. It names no record for events that concern none that Tandem syncs.
func (d *Driver) DecodeEvent(body []byte) (Event, error) {
	var in eventJSON
	if err := json.Unmarshal(body, &in); err != nil {
		return Event{}, err
	}
	if in.Type == "" {
		return Event{}, errNoType
	}
	e := Event{
		Type: string(in.Type), LocationID: string(in.LocationID), CompanyID: string(in.CompanyID), WebhookID: string(in.WebhookID),
		At: in.Timestamp.instant(), Deleted: strings.HasSuffix(string(in.Type), "Delete"),
	}
	switch {
	case strings.HasPrefix(e.Type, "Contact"):
		e.Ref = refTo(record.Contact, in.ID)
		if !e.Deleted {
			fields, err := d.decodeWebhookContact(body)
			if err != nil {
				return Event{}, err
			}
			e.Fields = fields
		}
	case e.Type == "Hint": // from a workflow's own Webhook action: look at this contact, nothing more
		e.Ref = refTo(record.Contact, in.ID)
	case strings.HasPrefix(e.Type, "Task"):
		e.Ref, e.Parent = refTo(record.Task, in.ID), refTo(record.Contact, in.ContactID)
	case strings.HasPrefix(e.Type, "Note"):
		e.Ref, e.Parent = refTo(record.Note, in.ID), refTo(record.Contact, in.ContactID)
	case strings.HasPrefix(e.Type, "Appointment"):
		e.Ref, e.Parent = refTo(record.Appointment, in.Appointment.ID), refTo(record.Contact, in.Appointment.ContactID)
	case strings.HasPrefix(e.Type, "Record"): // a business, or a custom object: reading it tells
		e.Ref = refTo(record.Company, in.ID)
	case strings.HasPrefix(e.Type, "User"):
		e.Ref = refTo(record.User, in.ID)
	case e.Type == "LocationUpdate" && e.LocationID == "":
		e.LocationID = string(in.ID)
	}
	return e, nil
}

func refTo(k record.Kind, id loose) record.Ref {
	if id == "" {
		return record.Ref{}
	}
	return record.Ref{Side: record.GHL, Kind: k, ID: string(id)}
}
