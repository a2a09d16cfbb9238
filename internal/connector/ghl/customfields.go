package ghl

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

const (
	customPrefix = "customFields."
	// learnEvery is how often the list of custom fields is read again: it has no change time to ask for.
	learnEvery = 6 * time.Hour
	// learnAgain is how soon, where a contact showed a field that is not in the list.
	learnAgain = time.Minute
)

// customField is one custom field of the location, for contacts. Source: facts-ghl.md "Custom fields".
type customField struct {
	id, key, label, dataType string // key: as GHL shows it, without the leading "contact."
	options                  []string
	anyOption                bool // people may type further options
}

func (f customField) writable() bool {
	switch f.dataType {
	case "FILE_UPLOAD", "SIGNATURE", "TEXTBOX_LIST":
		return false
	}
	return true
}

func (f customField) many() bool { return f.dataType == "CHECKBOX" || f.dataType == "MULTIPLE_OPTIONS" }

func (f customField) valueType() string {
	switch f.dataType {
	case "CHECKBOX", "MULTIPLE_OPTIONS", "TEXTBOX_LIST", "FILE_UPLOAD":
		return "set"
	case "NUMERICAL", "MONETORY":
		return "number"
	case "DATE":
		return "date"
	case "SINGLE_OPTIONS", "RADIO":
		return "options"
	}
	return "text"
}

// customFields translates between the ids that contacts carry and the keys that people know. The key survives a rename.
type customFields struct {
	learning chan struct{} // held by the one call that learns

	missing atomic.Bool // a contact showed an id that is not known

	mu    sync.RWMutex // guards all below
	byID  map[string]customField
	byKey map[string]customField
	at    time.Time // when learned; zero: not yet
}

type customFieldJSON struct {
	ID    loose           `json:"id"`
	Value json.RawMessage `json:"value"`
	// Other spellings of the value. Source: facts-ghl.md "Custom fields".
	FieldValue      json.RawMessage `json:"field_value"`
	FieldValueCamel json.RawMessage `json:"fieldValue"`
}

// read puts the values that are known by key into f.
func (c *customFields) read(list []customFieldJSON, f map[string]record.Value) {
	if len(list) == 0 {
		return
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.at.IsZero() {
		return // nothing uses custom fields
	}
	for _, in := range list {
		field, ok := c.byID[string(in.ID)]
		if !ok {
			c.missing.Store(true)
			continue
		}
		raw := in.Value
		if raw == nil {
			raw = in.FieldValue
		}
		if raw == nil {
			raw = in.FieldValueCamel
		}
		if v := field.decode(raw); !v.IsEmpty() {
			f[customPrefix+field.key] = v
		}
	}
}

// decode reads the shapes of a value: text, number, list, or an object whose texts are listed.
func (f customField) decode(raw json.RawMessage) record.Value {
	if len(raw) == 0 {
		return record.Value{}
	}
	switch raw[0] {
	case '[':
		var items labels
		if json.Unmarshal(raw, &items) != nil {
			return record.Value{}
		}
		return record.Set(items...)
	case '{':
		var m map[string]loose
		if json.Unmarshal(raw, &m) != nil {
			return record.Value{}
		}
		items := make([]string, 0, len(m))
		for key, v := range m {
			if f.dataType == "FILE_UPLOAD" {
				v = loose(key) // {uuid: {meta, url, …}}
			}
			items = append(items, string(v))
		}
		return record.Set(items...)
	}
	var s loose
	if json.Unmarshal(raw, &s) != nil {
		return record.Value{}
	}
	if f.dataType == "DATE" {
		s = day(s)
	}
	if f.many() && s != "" {
		return record.Set(string(s))
	}
	return record.Text(string(s))
}

// write is the entry of one custom field in a body. What the account would refuse or drop is refused here.
func (c *customFields) write(o operation.Operation, key string, v record.Value) (map[string]any, error) {
	c.mu.RLock()
	f, ok := c.byKey[key]
	c.mu.RUnlock()
	name := customPrefix + key
	switch {
	case !ok:
		return nil, refuse(o, name, "the location has no such custom field", "Make the field in GHL again, or take its row out of the mapping.")
	case !f.writable():
		return nil, refuse(o, name, "custom fields of type "+f.dataType+" are read only here", "Make the row one-way to commonsku.")
	}
	if len(f.options) > 0 && !f.anyOption {
		for _, item := range v.Items() {
			if !slices.Contains(f.options, item) {
				return nil, refuse(o, name, "the value is none of the field's options", "Add the option to the field in GHL, or map the value to one that it has.")
			}
		}
	}
	entry := map[string]any{"id": f.id}
	switch {
	case f.many():
		items := v.Items()
		if items == nil {
			items = []string{}
		}
		entry["field_value"] = items
	case f.valueType() == "number" && !v.IsEmpty():
		n := record.Number(v.Text())
		if !json.Valid([]byte(n)) {
			return nil, refuse(o, name, "the value is no number", "")
		}
		entry["field_value"] = json.Number(n)
	case v.IsSet():
		entry["field_value"] = strings.Join(v.Items(), ", ")
	default:
		entry["field_value"] = v.Text()
	}
	return entry, nil
}

// learnIfUsed learns before a read where some row uses custom fields: a value that cannot be named would read as cleared.
func (d *Driver) learnIfUsed(ctx context.Context) error {
	if !d.o.CustomFields {
		return nil
	}
	return d.learn(ctx)
}

func (c *customFields) fresh(now time.Time) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	age := now.Sub(c.at)
	return !c.at.IsZero() && age < learnEvery && !(c.missing.Load() && age >= learnAgain)
}

// learn reads the location's custom fields, if they were not read lately. One call learns for all that wait.
func (d *Driver) learn(ctx context.Context) error {
	c := &d.custom
	if c.fresh(d.o.Now()) {
		return nil
	}
	select {
	case c.learning <- struct{}{}:
		defer func() { <-c.learning }()
	case <-ctx.Done():
		return garbled(op(operation.LocationCustomFields), connector.Transient, ctx.Err())
	}
	if c.fresh(d.o.Now()) {
		return nil
	}
	list, err := d.listCustomFields(ctx)
	if err != nil {
		return err
	}
	byID, byKey := make(map[string]customField, len(list)), make(map[string]customField, len(list))
	for _, f := range list {
		byID[f.id], byKey[f.key] = f, f
	}
	c.mu.Lock()
	c.byID, c.byKey, c.at = byID, byKey, d.o.Now()
	c.missing.Store(false)
	c.mu.Unlock()
	d.describeFields(list)
	return nil
}

func (d *Driver) listCustomFields(ctx context.Context) ([]customField, error) {
	var in struct {
		CustomFields *[]struct {
			ID              loose  `json:"id"`
			Name            loose  `json:"name"`
			FieldKey        loose  `json:"fieldKey"`
			DataType        loose  `json:"dataType"`
			DocumentType    loose  `json:"documentType"`
			PicklistOptions labels `json:"picklistOptions"`
			AnyOption       loose  `json:"isAllowedCustomOption"`
		} `json:"customFields"`
	}
	o := op(operation.LocationCustomFields)
	_, err := d.call(ctx, o, transport.Request{
		PathParams: map[string]string{"locationId": d.o.LocationID}, Query: url.Values{"model": {"contact"}},
	}, &in)
	if err != nil {
		return nil, err
	}
	if in.CustomFields == nil {
		return nil, garbled(o, connector.Transient, errNoRows)
	}
	var out []customField
	for _, f := range *in.CustomFields {
		key := strings.TrimPrefix(string(f.FieldKey), "contact.")
		if f.ID == "" || key == "" || f.DocumentType == "folder" {
			continue // folders are rows too
		}
		out = append(out, customField{
			id: string(f.ID), key: key, label: string(f.Name), dataType: string(f.DataType), options: f.PicklistOptions, anyOption: f.AnyOption == "true",
		})
	}
	return out, nil
}
