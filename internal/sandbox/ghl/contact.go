package ghl

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// contact is one version of a contact. It is never changed: a write makes the next version.
type contact struct {
	id             string
	text           map[string]string // every plain text column, under the name that PUT uses
	tags           []string
	custom         map[string]any // by field id
	dnd            bool
	dndSettings    any
	inboundDnd     any
	businessID     string
	createdBy      map[string]any
	emails, phones []string // further ones; not writable by API
	added, updated time.Time
	deleted        bool
}

func (c *contact) next() *contact {
	n := *c
	n.text, n.custom, n.tags = maps.Clone(c.text), maps.Clone(c.custom), slices.Clone(c.tags)
	return &n
}

func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (c *contact) name() string {
	return strings.TrimSpace(c.text["firstName"] + " " + c.text["lastName"])
}

func (c *contact) customList() []map[string]any {
	out := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(c.custom)) {
		out = append(out, map[string]any{"id": id, "value": c.custom[id]})
	}
	return out
}

// single is the answer of GET, POST and PUT: true names, lower-case twins, no key for an empty field.
func (c *contact) single(location string) map[string]any {
	m := map[string]any{
		"id": c.id, "locationId": location, "tags": tagsOf(c), "customFields": c.customList(), "dnd": c.dnd,
		"dateAdded": iso(c.added), "dateUpdated": iso(c.updated), "createdBy": c.createdBy,
		"additionalEmails": pairs("email", c.emails), "additionalPhones": pairs("phone", c.phones),
	}
	for k, v := range c.text {
		if v != "" {
			m[k] = v
		}
	}
	lower(m, "firstNameLowerCase", c.text["firstName"])
	lower(m, "lastNameLowerCase", c.text["lastName"])
	lower(m, "fullNameLowerCase", c.name())
	lower(m, "emailLowerCase", c.text["email"])
	if c.dndSettings != nil {
		m["dndSettings"] = c.dndSettings
	}
	if c.inboundDnd != nil {
		m["inboundDndSettings"] = c.inboundDnd
	}
	if c.businessID != "" {
		m["businessId"] = c.businessID
	}
	return m
}

func lower(m map[string]any, key, v string) {
	if v != "" {
		m[key] = strings.ToLower(v)
	}
}

func tagsOf(c *contact) []string {
	if c.tags == nil {
		return []string{}
	}
	return c.tags
}

func pairs(key string, of []string) []map[string]any {
	out := []map[string]any{}
	for _, v := range of {
		out = append(out, map[string]any{key: v})
	}
	return out
}

func orNull(v string) any {
	if v == "" {
		return nil
	}
	return v
}

// row is the shape of POST /contacts/search: `address`, dateOfBirth in ms, nulls for what is empty, contactName lower.
func (c *contact) row(location, business string) map[string]any {
	m := map[string]any{
		"id": c.id, "locationId": location, "tags": tagsOf(c), "customFields": c.customList(), "dnd": c.dnd,
		"dndSettings": c.dndSettings, "dateAdded": iso(c.added), "dateUpdated": iso(c.updated),
		"businessId": orNull(c.businessID), "businessName": orNull(business), "contactName": strings.ToLower(c.name()),
		"firstNameLowerCase": orNull(strings.ToLower(c.text["firstName"])),
		"lastNameLowerCase":  orNull(strings.ToLower(c.text["lastName"])),
		"additionalEmails":   pairs("email", c.emails), "additionalPhones": pairs("phone", c.phones),
		"dateOfBirth": nil, "address": orNull(c.text["address1"]), "opportunities": []any{},
		"searchAfter": []any{c.updated.UnixMilli(), c.id},
	}
	for _, k := range []string{"firstName", "lastName", "email", "phone", "city", "state", "postalCode", "country",
		"website", "timezone", "companyName", "type", "source", "assignedTo"} {
		m[k] = orNull(c.text[k])
	}
	if t, ok := birth(c.text["dateOfBirth"]); ok {
		m["dateOfBirth"] = t.UnixMilli()
	}
	return m
}

func birth(s string) (time.Time, bool) {
	if len(s) < 10 {
		return time.Time{}, false
	}
	t, err := time.Parse("2006-01-02", s[:10])
	return t, err == nil
}

// listed is the shape of the deprecated GET /contacts/: names lower-cased, the true ones in *Raw, nulls for what is empty.
func (c *contact) listed(location, business string) map[string]any {
	m := map[string]any{
		"id": c.id, "locationId": location, "tags": tagsOf(c), "customFields": c.customList(), "dnd": c.dnd,
		"dateAdded": iso(c.added), "dateUpdated": iso(c.updated), "businessId": orNull(c.businessID),
		"firstName": orNull(strings.ToLower(c.text["firstName"])), "lastName": orNull(strings.ToLower(c.text["lastName"])),
		"firstNameRaw": orNull(c.text["firstName"]), "lastNameRaw": orNull(c.text["lastName"]),
		"contactName": orNull(strings.ToLower(c.name())), "dateOfBirth": nil,
	}
	for _, k := range []string{"email", "phone", "address1", "city", "state", "postalCode", "country", "website",
		"timezone", "companyName", "type", "source", "assignedTo"} {
		m[k] = orNull(c.text[k])
	}
	if t, ok := birth(c.text["dateOfBirth"]); ok {
		m["dateOfBirth"] = iso(t)
	}
	return m
}

// event is the shape of a webhook: no dateUpdated, no type of contact, no time zone, no business.
func (c *contact) event() map[string]any {
	m := map[string]any{"id": c.id, "tags": tagsOf(c), "customFields": c.customList(), "dnd": c.dnd,
		"dateAdded": iso(c.added), "attachments": []any{}, "name": c.name()}
	for _, k := range []string{"firstName", "lastName", "email", "phone", "address1", "city", "state", "postalCode",
		"country", "website", "companyName", "source", "assignedTo"} {
		if c.text[k] != "" {
			m[k] = c.text[k]
		}
	}
	if t, ok := birth(c.text["dateOfBirth"]); ok {
		m["dateOfBirth"] = iso(t)
	}
	return m
}
