package ghl

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"tandem/internal/operation"
	"tandem/internal/record"
)

const customPrefix = "customFields."

// contactFields are the fields of a contact that an update takes, with their types. Source: facts-ghl.md, "Contacts":
// the vendor's file lacks companyName and type, which work.
var contactFields = map[string]string{
	"firstName": "text", "lastName": "text", "email": "text", "phone": "text", "companyName": "text", "address1": "text", "city": "text",
	"state": "text", "postalCode": "text", "country": "text", "website": "text", "timezone": "text", "type": "options", "dateOfBirth": "date",
	"source": "text", "assignedTo": "text", "tags": "set", "dnd": "bool",
}

// contact is one contact as JSON, in any of its shapes; the decoders below differ in which names they trust.
type contact map[string]json.RawMessage

func (c contact) text(name string) string {
	raw, ok := c[name]
	if !ok || string(raw) == "null" {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var a any
	if json.Unmarshal(raw, &a) == nil {
		switch t := a.(type) {
		case float64:
			return strconv.FormatFloat(t, 'f', -1, 64)
		case bool:
			return strconv.FormatBool(t)
		}
	}
	return ""
}

func (c contact) instant(name string) time.Time {
	t, _ := record.Instant(c.text(name), time.UTC)
	return t
}

func (c contact) list(name, key string) record.Value {
	var items []json.RawMessage
	if json.Unmarshal(c[name], &items) != nil {
		return record.Value{}
	}
	var out []string
	for _, it := range items {
		var s string
		if json.Unmarshal(it, &s) == nil {
			out = append(out, s)
			continue
		}
		var m contact
		if json.Unmarshal(it, &m) == nil {
			out = append(out, m.text(key))
		}
	}
	return record.Set(out...)
}

// single decodes an envelope with the single read's shape: GET /contacts/{id}, and the answers of create.
func (d *Driver) single(op operation.Operation, body []byte) (record.Record, error) {
	var in struct {
		Contact json.RawMessage `json:"contact"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return record.Record{}, garbled(op, err)
	}
	r, err := d.decodeSingle(in.Contact)
	if err != nil {
		return r, garbled(op, err)
	}
	return r, nil
}

// decodeSingle reads the shape of the single read, the only one whose values are merged.
func (d *Driver) decodeSingle(raw []byte) (record.Record, error) {
	var c contact
	if err := json.Unmarshal(raw, &c); err != nil {
		return record.Record{}, err
	}
	r := d.common(c)
	if r.Ref.ID == "" {
		return r, fmt.Errorf("a contact without an id")
	}
	var by struct {
		SourceID string `json:"sourceId"`
	}
	if json.Unmarshal(c["createdBy"], &by) == nil {
		r.CreatedBy = by.SourceID
	}
	if c.text("deleted") == "true" {
		r.Deleted = r.Changed
		if r.Deleted.IsZero() {
			r.Deleted = d.o.Now().UTC()
		}
	}
	return r, nil
}

// decodeSearchRow reads a row of POST /contacts/search: the street is called address, a date of birth is epoch ms.
func (d *Driver) decodeSearchRow(raw []byte) (record.Record, error) {
	var c contact
	if err := json.Unmarshal(raw, &c); err != nil {
		return record.Record{}, err
	}
	if _, ok := c["address1"]; !ok {
		c["address1"] = c["address"]
	}
	r := d.common(c)
	if r.Ref.ID == "" {
		return r, fmt.Errorf("a search row without an id")
	}
	if day, ok := record.Date(r.Text("dateOfBirth")); ok {
		r.Fields["dateOfBirth"] = record.Text(day)
	}
	return r, nil
}

// common reads what all shapes name alike.
func (d *Driver) common(c contact) record.Record {
	r := record.Record{
		Ref:     record.Ref{Side: record.GHL, Kind: record.Contact, ID: c.text("id")},
		Fields:  make(map[string]record.Value, len(contactFields)),
		Created: c.instant("dateAdded"), Changed: c.instant("dateUpdated"),
	}
	for name, typ := range contactFields {
		if typ == "set" {
			r.Fields[name] = c.list(name, "")
			continue
		}
		if s := c.text(name); s != "" {
			r.Fields[name] = record.Text(s)
		}
	}
	r.Fields["additionalEmails"] = c.list("additionalEmails", "email")
	r.Fields["additionalPhones"] = c.list("additionalPhones", "phone")
	if s := c.text("businessId"); s != "" {
		r.Fields["businessId"] = record.Text(s)
	}
	d.custom(c, r.Fields)
	return r
}

// custom reads custom fields, which come as id and value, never by name.
func (d *Driver) custom(c contact, into map[string]record.Value) {
	raw, ok := c["customFields"]
	if !ok {
		return
	}
	var list []struct {
		ID    string          `json:"id"`
		Value json.RawMessage `json:"value"`
		Field json.RawMessage `json:"field_value"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, f := range list {
		key, ok := d.keyOf[f.ID]
		if !ok {
			continue
		}
		if f.Value == nil {
			f.Value = f.Field
		}
		if v := customValue(f.Value); !v.IsEmpty() {
			into[customPrefix+key] = v
		}
	}
}

// customValue reads the shapes of custom fields: text, number, list, or an object (TEXTBOX_LIST, files), which is listed
// by its texts.
func customValue(raw json.RawMessage) record.Value {
	var a any
	if json.Unmarshal(raw, &a) != nil {
		return record.Value{}
	}
	switch t := a.(type) {
	case string:
		return record.Text(t)
	case float64:
		return record.Text(strconv.FormatFloat(t, 'f', -1, 64))
	case bool:
		return record.Text(strconv.FormatBool(t))
	case []any:
		var items []string
		for _, e := range t {
			if s, ok := e.(string); ok {
				items = append(items, s)
			}
		}
		return record.Set(items...)
	case map[string]any:
		var items []string
		for _, e := range t {
			if s, ok := e.(string); ok {
				items = append(items, s)
			}
		}
		sort.Strings(items)
		return record.Set(items...)
	}
	return record.Value{}
}

// body is what a create or an update sends: only known fields, since one unknown key refuses the whole.
func (d *Driver) body(fields map[string]record.Value, create bool) (map[string]any, error) {
	out := map[string]any{}
	var custom []map[string]any
	for name, v := range fields {
		if key, ok := strings.CutPrefix(name, customPrefix); ok {
			d.mu.RLock()
			id := d.idOf[key]
			d.mu.RUnlock()
			entry := map[string]any{"field_value": plain(v)}
			if id != "" {
				entry["id"] = id
			} else {
				entry["key"] = key
			}
			custom = append(custom, entry)
			continue
		}
		typ, known := contactFields[name]
		switch {
		case !known:
			return nil, invalid(name)
		case create && v.IsEmpty():
		case typ == "set":
			items := v.Items()
			if items == nil {
				items = []string{}
			}
			out[name] = items
		case typ == "bool":
			out[name] = v.Text() == "true"
		default:
			out[name] = v.Text()
		}
	}
	if len(custom) > 0 {
		sort.Slice(custom, func(i, j int) bool { return fmt.Sprint(custom[i]) < fmt.Sprint(custom[j]) })
		out["customFields"] = custom
	}
	return out, nil
}

func plain(v record.Value) any {
	if v.IsSet() {
		return v.Items()
	}
	return v.Text()
}

// business decodes GET /businesses/{id}. Its envelope is spelled in two ways.
func business(body []byte) (record.Record, error) {
	var in struct {
		Business  contact `json:"business"`
		Buiseness contact `json:"buiseness"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return record.Record{}, garbled(op(operation.BusinessGet), err)
	}
	c := in.Business
	if c == nil {
		c = in.Buiseness
	}
	return businessRow(c), nil
}

func businessRow(c contact) record.Record {
	r := record.Record{Ref: record.Ref{Side: record.GHL, Kind: record.Company, ID: c.text("id")}, Fields: map[string]record.Value{},
		Created: c.instant("createdAt"), Changed: c.instant("updatedAt")}
	for _, f := range []string{"name", "phone", "email", "website", "address", "city", "state", "postalCode", "country", "description"} {
		if s := c.text(f); s != "" {
			r.Fields[f] = record.Text(s)
		}
	}
	return r
}
