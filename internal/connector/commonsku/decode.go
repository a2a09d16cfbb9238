package commonsku

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tandem/internal/record"
)

// object is one JSON object; numbers are kept as they are written.
type object map[string]any

func parseObject(raw []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var o object
	if err := dec.Decode(&o); err != nil {
		return nil, err
	}
	if o == nil {
		return nil, errors.New("null where a record was expected")
	}
	return o, nil
}

// at follows a path. present is true where the path ends in a value or in a null, of the last part or of one before it.
func (o object) at(path []string) (v any, present bool) {
	v = map[string]any(o)
	for _, part := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, v == nil
		}
		if v, ok = m[part]; !ok {
			return nil, false
		}
	}
	return v, true
}

// text is the text at a dotted path, "" if there is none.
func (o object) text(path string) string {
	if path == "" {
		return ""
	}
	var v any = map[string]any(o)
	for rest, more := path, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		m, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		v = m[part]
	}
	s, _ := plain(v)
	return s
}

// plain is a scalar as text.
func plain(v any) (string, error) {
	switch t := v.(type) {
	case nil:
		return "", nil
	case string:
		return t, nil
	case json.Number:
		return t.String(), nil
	case bool:
		return strconv.FormatBool(t), nil
	}
	return "", errors.New("a list or an object where a single value was expected")
}

// row decodes one record of a kind. shown keeps fields that the answer holds as empty, which an answer to a write needs:
// absent there means "not told", empty means "empty now".
func (d *Driver) row(k *Kind, raw []byte, shown bool) (record.Record, error) {
	o, err := parseObject(raw)
	if err != nil {
		return record.Record{}, err
	}
	r := record.Record{
		Ref:     record.Ref{Side: record.Commonsku, Kind: k.Kind, ID: o.text(k.ID)},
		Fields:  make(map[string]record.Value, len(k.Fields)),
		Created: d.stamp(o.text(k.Created)), Changed: d.stamp(o.text(k.Changed)),
	}
	if r.Ref.ID == "" {
		return r, fmt.Errorf("a row without %s", k.ID)
	}
	r.Deleted = d.deleted(o.text(k.Deleted), r)
	r.Parent = parentOf(k, o)
	for i := range k.Fields {
		f := &k.Fields[i]
		v, present := o.at(f.Path)
		if !present {
			continue
		}
		val, err := d.value(f, v)
		if err != nil {
			return r, fmt.Errorf("%s: %w", strings.Join(f.Path, "."), err)
		}
		if shown || !val.IsEmpty() {
			r.Fields[f.Name] = val
		}
		if f.Learned && !val.IsEmpty() {
			d.learn(fieldOf{k.Kind, f.Name}, val.Text())
		}
	}
	return r, nil
}

func parentOf(k *Kind, o object) record.Ref {
	id := o.text(k.Parent.ID)
	if id == "" {
		return record.Ref{}
	}
	if k.Parent.Kind != "" {
		return record.Ref{Side: record.Commonsku, Kind: k.Parent.Kind, ID: id}
	}
	wire := o.text(k.Parent.Type)
	for kind, name := range k.Parent.Types {
		if strings.EqualFold(name, wire) {
			return record.Ref{Side: record.Commonsku, Kind: kind, ID: id}
		}
	}
	return record.Ref{} // on a project or something else that is not synced
}

// value reads one field. An instant becomes RFC 3339 in UTC; everything else stays as it is written.
func (d *Driver) value(f *Field, v any) (record.Value, error) {
	if f.Type == TypeSet {
		return set(f, v)
	}
	s, err := plain(v)
	if err != nil || s == "" {
		return record.Value{}, err
	}
	switch f.Type {
	case TypeBool:
		switch strings.ToLower(s) {
		case "true", "1", "yes":
			s = "true"
		case "false", "0", "no":
			s = "false"
		}
	case TypeInstant:
		if t := d.stamp(s); !t.IsZero() {
			s = t.Format(time.RFC3339)
		} else if nothing(s) {
			s = ""
		}
	case TypeDate:
		if nothing(s) {
			s = ""
		}
	}
	return record.Text(s), nil
}

// set reads a list of texts, a list of objects with a text each, or texts joined by commas.
func set(f *Field, v any) (record.Value, error) {
	switch t := v.(type) {
	case nil:
		return record.Value{}, nil
	case string:
		items := strings.Split(t, ",")
		for i := range items {
			items[i] = strings.TrimSpace(items[i])
		}
		return record.Set(items...), nil
	case []any:
		items := make([]string, 0, len(t))
		for _, e := range t {
			if m, ok := e.(map[string]any); ok && f.Item != "" {
				e = m[f.Item]
			}
			s, err := plain(e)
			if err != nil {
				return record.Value{}, err
			}
			items = append(items, s)
		}
		return record.Set(items...), nil
	}
	return record.Value{}, errors.New("no list where a list was expected")
}

// stamp reads an instant as the account writes it; zero if it is none. In the hour that a zone repeats in autumn it may
// be an hour off, so nothing is ordered by it inside that hour.
func (d *Driver) stamp(s string) time.Time {
	if s == "" || nothing(s) {
		return time.Time{}
	}
	if t, err := time.ParseInLocation(d.profile.Time.Format, s, d.profile.Time.Zone); err == nil {
		return t.UTC()
	}
	t, _ := record.Instant(s, d.profile.Time.Zone)
	return t
}

// deleted reads the mark of a deleted row: its time, or anything else that is not a no.
func (d *Driver) deleted(s string, r record.Record) time.Time {
	switch strings.ToLower(s) {
	case "", "0", "false", "no":
		return time.Time{}
	}
	if nothing(s) {
		return time.Time{}
	}
	if t := d.stamp(s); !t.IsZero() {
		return t
	}
	if !r.Changed.IsZero() {
		return r.Changed
	}
	return d.o.Now().UTC()
}

// nothing says that s is a date of zeros, which databases write for "none".
func nothing(s string) bool {
	return strings.Trim(s, "0-:. TZ") == ""
}
