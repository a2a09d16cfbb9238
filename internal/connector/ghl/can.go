package ghl

import (
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

// contactField is a standard field of a contact that an update takes.
type contactField struct {
	name, kind string
	label      string
}

// contactFields lists them. Source: facts-ghl.md "Contacts"; the vendor's file for updates lacks companyName and type,
// which work (vendor tracker, 314). One key that is not here would refuse the whole body.
var contactFields = [...]contactField{
	{"firstName", "text", "First name"}, {"lastName", "text", "Last name"}, {"name", "text", "Full name"},
	{"email", "text", "Email"}, {"phone", "text", "Phone"}, {"companyName", "text", "Business name"},
	{"address1", "text", "Street address"}, {"city", "text", "City"}, {"state", "text", "State"},
	{"postalCode", "text", "Postal code"}, {"country", "text", "Country"}, {"website", "text", "Website"},
	{"timezone", "text", "Time zone"}, {"type", "options", "Contact type"}, {"dateOfBirth", "date", "Date of birth"},
	{"source", "text", "Contact source"}, {"assignedTo", "text", "Owner"}, {"tags", "set", "Tags"}, {"dnd", "bool", "Do not disturb"},
	{"keyword", "text", "Keyword"}, {"ssn", "text", "SSN"},
}

// readOnlyContactFields are shown and never taken. Source: facts-ghl.md "Contacts" (refused keys, tracker 331).
var readOnlyContactFields = [...]contactField{
	{"additionalEmails", "set", "Further emails"}, {"additionalPhones", "set", "Further phones"},
	{"businessId", "text", "Business"}, {"dateAdded", "date", "Created"}, {"dateUpdated", "date", "Updated"},
}

func kindOfField(name string) (kind string, ok bool) {
	for _, f := range contactFields {
		if f.name == name {
			return f.kind, true
		}
	}
	return "", false
}

// Can is what the location offers, with the custom fields that are known by now. Do not modify it.
func (d *Driver) Can() connector.Capabilities { return *d.can.Load() }

// describeFields builds the capabilities anew from the custom fields of the account.
func (d *Driver) describeFields(custom []customField) {
	contact := make(map[string]connector.Field, len(contactFields)+len(readOnlyContactFields)+len(custom))
	for _, f := range contactFields {
		contact[f.name] = connector.Field{Writable: true, Type: f.kind, Label: f.label}
	}
	for _, f := range readOnlyContactFields {
		contact[f.name] = connector.Field{Type: f.kind, Label: f.label}
	}
	for _, f := range custom {
		contact[customPrefix+f.key] = connector.Field{Writable: f.writable(), Type: f.valueType(), Options: f.options, Label: f.label}
	}
	company := map[string]connector.Field{}
	for _, name := range businessFields {
		company[name] = connector.Field{Writable: true, Type: "text"}
	}
	d.can.Store(&connector.Capabilities{
		Kinds: map[record.Kind]connector.KindCan{
			record.Contact: {Ability: connector.Writable, Fields: contact},
			record.Company: {Ability: connector.Writable, Fields: company},
			record.User:    {Ability: connector.ReadOnly, Reason: "people are managed in GHL itself"},
		},
		Webhooks: d.o.Webhooks, ChangedSince: true, PrecisionOfChanged: time.Millisecond, TagVerbs: true,
	})
}
