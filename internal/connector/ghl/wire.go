package ghl

import (
	"encoding/json"
	"time"

	"tandem/internal/record"
)

// loose is a scalar of which the shapes and the vendor's own files disagree whether it is a text, a number or a truth.
// Anything else reads as empty.
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(l))
	case 'n', '{', '[':
		*l = ""
	default:
		*l = loose(b)
	}
	return nil
}

func (l loose) instant() time.Time {
	if l == "" {
		return time.Time{}
	}
	t, _ := record.Instant(string(l), time.UTC)
	return t
}

// labels is a list of texts, or of objects that hold one in email, phone or name.
type labels []string

func (l *labels) UnmarshalJSON(b []byte) error {
	*l = nil
	if b[0] != '[' {
		return nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(b, &items); err != nil {
		return err
	}
	for _, it := range items {
		if it[0] != '{' {
			var s loose
			if err := s.UnmarshalJSON(it); err != nil {
				return err
			}
			*l = append(*l, string(s))
			continue
		}
		var o struct{ Email, Phone, Name loose }
		if err := json.Unmarshal(it, &o); err != nil {
			return err
		}
		*l = append(*l, string(o.Email+o.Phone+o.Name))
	}
	return nil
}

// contactJSON holds the fields that all shapes of a contact name alike. What a shape names otherwise is in its decoder.
type contactJSON struct {
	ID               loose             `json:"id"`
	LocationID       loose             `json:"locationId"`
	FirstName        loose             `json:"firstName"`
	LastName         loose             `json:"lastName"`
	Email            loose             `json:"email"`
	Phone            loose             `json:"phone"`
	CompanyName      loose             `json:"companyName"`
	Address1         loose             `json:"address1"`
	City             loose             `json:"city"`
	State            loose             `json:"state"`
	PostalCode       loose             `json:"postalCode"`
	Country          loose             `json:"country"`
	Website          loose             `json:"website"`
	Timezone         loose             `json:"timezone"`
	Type             loose             `json:"type"`
	DateOfBirth      loose             `json:"dateOfBirth"`
	Source           loose             `json:"source"`
	AssignedTo       loose             `json:"assignedTo"`
	DND              loose             `json:"dnd"`
	Keyword          loose             `json:"keyword"`
	SSN              loose             `json:"ssn"`
	BusinessID       loose             `json:"businessId"`
	Tags             labels            `json:"tags"`
	AdditionalEmails labels            `json:"additionalEmails"`
	AdditionalPhones labels            `json:"additionalPhones"`
	DateAdded        loose             `json:"dateAdded"`
	DateUpdated      loose             `json:"dateUpdated"`
	CustomFields     []customFieldJSON `json:"customFields"`
}

// record flattens c. A field that is empty is left out; absent and empty are the same.
func (d *Driver) record(c *contactJSON) record.Record {
	f := make(map[string]record.Value, 20)
	put := func(name string, v loose) {
		if v != "" {
			f[name] = record.Text(string(v))
		}
	}
	put("firstName", c.FirstName)
	put("lastName", c.LastName)
	put("email", c.Email)
	put("phone", c.Phone)
	put("companyName", c.CompanyName)
	put("address1", c.Address1)
	put("city", c.City)
	put("state", c.State)
	put("postalCode", c.PostalCode)
	put("country", c.Country)
	put("website", c.Website)
	put("timezone", c.Timezone)
	put("type", c.Type)
	put("dateOfBirth", day(c.DateOfBirth))
	put("source", c.Source)
	put("assignedTo", c.AssignedTo)
	put("dnd", c.DND)
	put("keyword", c.Keyword)
	put("ssn", c.SSN)
	put("businessId", c.BusinessID)
	for name, list := range map[string]labels{"tags": c.Tags, "additionalEmails": c.AdditionalEmails, "additionalPhones": c.AdditionalPhones} {
		if len(list) > 0 {
			f[name] = record.Set(list...)
		}
	}
	d.custom.read(c.CustomFields, f)
	return record.Record{
		Ref: record.Ref{Side: record.GHL, Kind: record.Contact, ID: string(c.ID)}, Fields: f,
		Created: c.DateAdded.instant(), Changed: c.DateUpdated.instant(),
	}
}

// day is a date of birth as YYYY-MM-DD: the single read shows a date or an ISO midnight, a search row milliseconds
// (vendor tracker, 314), a webhook an ISO midnight. What is no date stays as it is.
func day(v loose) loose {
	if v == "" {
		return ""
	}
	if s, ok := record.Date(string(v)); ok {
		return loose(s)
	}
	return v
}
