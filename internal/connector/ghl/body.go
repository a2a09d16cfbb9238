package ghl

import (
	"context"
	"slices"
	"strings"

	"tandem/internal/connector"
	"tandem/internal/operation"
	"tandem/internal/record"
)

// contactBody is what a create or an update sends: the given fields and nothing else, each of them known to be taken. An
// empty value clears by "" (the read-back decides whether it did); a create leaves it out.
func (d *Driver) contactBody(ctx context.Context, o operation.Operation, w connector.Write) (map[string]any, error) {
	out := make(map[string]any, len(w.Fields)+1)
	create := w.Verb == connector.Create
	var custom []string
	for name, v := range w.Fields {
		if strings.HasPrefix(name, customPrefix) {
			custom = append(custom, name)
			continue
		}
		kind, known := kindOfField(name)
		switch {
		case !known:
			return nil, refuse(o, name, "GHL takes no such field of a contact", "Take this field out of the mapping, or make its row one-way to commonsku.")
		case create && v.IsEmpty():
		case name == "tags" && !create:
			return nil, refuse(o, name, "an update would replace every tag: tags are added and removed one by one", "")
		case kind == "set":
			out[name] = v.Items()
		case kind == "bool":
			if v.Text() != "true" {
				return nil, refuse(o, name, "do-not-disturb is never lifted", "Lift it by hand in GHL, if the person agreed.")
			}
			out[name] = true
		default:
			out[name] = v.Text()
		}
	}
	if len(custom) == 0 {
		return out, nil
	}
	if err := d.learn(ctx); err != nil {
		return nil, err
	}
	slices.Sort(custom)
	list := make([]map[string]any, 0, len(custom))
	for _, name := range custom {
		if create && w.Fields[name].IsEmpty() {
			continue
		}
		entry, err := d.custom.write(o, strings.TrimPrefix(name, customPrefix), w.Fields[name])
		if err != nil {
			return nil, err
		}
		list = append(list, entry)
	}
	if len(list) > 0 {
		out["customFields"] = list
	}
	return out, nil
}

// EventTypesOf are the webhooks that one write of ours can cause: one allowance each, so that its echo costs nothing.
// Source: facts-ghl.md "Webhooks" (a tag event may come without an update event, or beside it).
func (d *Driver) EventTypesOf(w connector.Write) []string {
	if w.Ref.Kind != record.Contact {
		return nil
	}
	_, tags := w.Fields["tags"]
	_, dnd := w.Fields["dnd"]
	var out []string
	switch w.Verb {
	case connector.Create:
		out = []string{"ContactCreate", "ContactUpdate"}
	case connector.Update:
		out = []string{"ContactUpdate"}
	case connector.AddTags, connector.RemoveTags:
		out, tags = []string{"ContactUpdate"}, true
	case connector.Delete:
		return []string{"ContactDelete"}
	}
	if tags {
		out = append(out, "ContactTagUpdate")
	}
	if dnd {
		out = append(out, "ContactDndUpdate")
	}
	return out
}
