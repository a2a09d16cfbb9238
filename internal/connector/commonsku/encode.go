package commonsku

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

// body is what a create or an update sends: the given fields only, under the account's names.
func (d *Driver) body(k *Kind, w connector.Write) (object, error) {
	out := object{}
	creating := w.Verb == connector.Create
	if err := putParent(k, w, out); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(w.Fields)) {
		f, known := k.Field(name)
		moves := k.Parent.Kind != "" && len(f.Path) == 1 && f.Path[0] == k.Parent.ID
		switch v := w.Fields[name]; {
		case !known:
			return nil, invalid(k, w.Verb, name, "the profile has no such field")
		case !f.Writable:
			return nil, invalid(k, w.Verb, name, "the field can only be read")
		case moves && !creating && !k.Parent.Moves:
			return nil, invalid(k, w.Verb, name, "the account cannot move records to another parent")
		case v.IsEmpty() && (creating || f.Clear == ClearOmit && k.WholeUpdates):
		case v.IsEmpty() && f.Clear == ClearOmit:
			return nil, invalid(k, w.Verb, name, "the account cannot empty this field")
		default:
			wire, err := d.wire(&f, v)
			if err != nil {
				return nil, invalid(k, w.Verb, name, err.Error())
			}
			out.put(f.Path, wire)
		}
	}
	if creating {
		return out, d.complete(k, out)
	}
	return out, nil
}

// complete fills the defaults of a create, and refuses before the call what the account would refuse.
func (d *Driver) complete(k *Kind, out object) error {
	for i := range k.Fields {
		f := &k.Fields[i]
		if v, present := out.at(f.Path); present && v != nil {
			continue
		}
		switch {
		case f.Default != "":
			wire, err := d.wire(f, record.Text(f.Default))
			if err != nil {
				return invalid(k, connector.Create, f.Name, "the profile's default: "+err.Error())
			}
			out.put(f.Path, wire)
		case f.Required:
			return invalid(k, connector.Create, f.Name, "commonsku demands a value here")
		}
	}
	return nil
}

// put sets the value at a path, making the objects on the way.
func (o object) put(path []string, v any) {
	m := map[string]any(o)
	for _, part := range path[:len(path)-1] {
		next, ok := m[part].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[part] = next
		}
		m = next
	}
	m[path[len(path)-1]] = v
}

func putParent(k *Kind, w connector.Write, out object) error {
	switch {
	case w.Parent.IsZero():
		return nil
	case k.Parent.ID == "":
		return invalid(k, w.Verb, "", "such records hang on nothing")
	case w.Verb != connector.Create && !k.Parent.Moves:
		return invalid(k, w.Verb, k.Parent.ID, "the account cannot move records to another parent")
	case k.Parent.Kind != "" && w.Parent.Kind != k.Parent.Kind:
		return invalid(k, w.Verb, k.Parent.ID, fmt.Sprintf("its parent is a %s, not a %s", k.Parent.Kind, w.Parent.Kind))
	case k.Parent.Type != "":
		wire, ok := k.Parent.Types[w.Parent.Kind]
		if !ok {
			return invalid(k, w.Verb, k.Parent.Type, fmt.Sprintf("the account takes none on a %s", w.Parent.Kind))
		}
		out[k.Parent.Type] = wire
	}
	out[k.Parent.ID] = w.Parent.ID
	return nil
}

// wire is a value as the account takes it.
func (d *Driver) wire(f *Field, v record.Value) (any, error) {
	if f.Type == TypeSet {
		items := make([]any, 0, len(v.Items()))
		for _, s := range v.Items() {
			if f.Item != "" {
				items = append(items, map[string]any{f.Item: s})
				continue
			}
			items = append(items, s)
		}
		return items, nil
	}
	s := v.String()
	if v.IsEmpty() {
		switch {
		case f.Type == TypeBool:
			return false, nil
		case f.Clear == ClearEmpty:
			return "", nil
		}
		return nil, nil
	}
	switch f.Type {
	case TypeBool:
		return s == "true", nil
	case TypeNumber:
		if !json.Valid([]byte(s)) {
			return nil, fmt.Errorf("is no number")
		}
		return json.Number(s), nil
	case TypeDate:
		day, ok := record.DateIn(s, d.profile.Time.Zone)
		if !ok {
			return nil, fmt.Errorf("is no date")
		}
		return day, nil
	case TypeInstant:
		t, ok := record.Instant(s, d.profile.Time.Zone)
		if !ok {
			return nil, fmt.Errorf("is no instant")
		}
		return d.written(t), nil
	}
	return s, nil
}

// written is an instant as the account writes it.
func (d *Driver) written(t time.Time) string {
	return t.In(d.profile.Time.Zone).Format(d.profile.Time.Format)
}
