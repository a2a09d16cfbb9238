package config

import (
	"tandem/internal/expr"
	"tandem/internal/merge"
	"tandem/internal/record"
)

// newKind has the defaults of a kind.
func newKind(k record.Kind) Kind {
	kind := Kind{
		Direction: merge.Both, CreateInGHL: true, CreateInCommonsku: true, OnConflict: merge.Newest, Tie: record.GHL,
		DeleteInGHL: DeleteDelete, DeleteInCommonsku: DeleteDelete, Drift: merge.Report, ClientChildren: "ignore",
	}
	switch k {
	case record.Contact:
		kind.DeleteInGHL, kind.DeleteInCommonsku = DeleteArchive, DeleteArchive
	case record.Company:
		kind.DeleteInGHL, kind.DeleteInCommonsku = DeleteIgnore, DeleteIgnore
	case record.Appointment:
		kind.Direction = merge.GHLToCommonsku
		kind.CreateInGHL = false
		kind.As = "event"
	}
	return kind
}

func (v value) sync(p *Pair) {
	v.mapping(
		field{"contacts", func(v value) { v.kind(&p.Contacts, record.Contact) }},
		field{"companies", func(v value) { v.kind(&p.Companies, record.Company) }},
		field{"tasks", func(v value) { v.kind(&p.Tasks, record.Task) }},
		field{"notes", func(v value) { v.kind(&p.Notes, record.Note) }},
		field{"appointments", func(v value) { v.kind(&p.Appointments, record.Appointment) }},
	)
}

func (v value) kind(k *Kind, of record.Kind) {
	var direction, conflict, tie, drift, first, create string
	fields := []field{
		{"direction", func(v value) { v.choice(&direction, "both", "ghl_to_commonsku", "commonsku_to_ghl") }},
		{"create", func(v value) { v.choice(&create, "both", "in_ghl", "in_commonsku", "none") }},
		{"filter", func(v value) { v.expression(&k.Filter, expr.Filter, of) }},
		{"on_conflict", func(v value) { v.choice(&conflict, "newest", "ghl", "commonsku", "manual") }},
		{"tie", func(v value) { v.choice(&tie, "ghl", "commonsku") }},
		{"on_delete", func(v value) { v.onDelete(k, of) }},
		{"drift", func(v value) { v.choice(&drift, "report", "overwrite") }},
		{"first_match", func(v value) { v.choice(&first, "ask", "auto") }},
		{"client_children", func(v value) { v.choice(&k.ClientChildren, "ignore", "primary_contact") }},
	}
	if of == record.Contact {
		fields = append(fields, field{"when", func(v value) { v.expression(&k.When, expr.When, of) }})
	}
	if of == record.Appointment {
		fields = append(fields, field{"as", func(v value) { v.choice(&k.As, "event", "note") }})
	}
	v.mapping(fields...)
	if direction != "" {
		k.Direction = merge.Direction(direction)
	}
	if conflict != "" {
		k.OnConflict = merge.Policy(conflict)
	}
	if tie != "" {
		k.Tie = record.Side(tie)
	}
	if drift != "" {
		k.Drift = merge.Drift(drift)
	}
	k.FirstMatchAuto = first == "auto"
	if create != "" {
		k.CreateInGHL = create == "both" || create == "in_ghl"
		k.CreateInCommonsku = create == "both" || create == "in_commonsku"
	}
	// Nothing is created against the direction.
	k.CreateInGHL = k.CreateInGHL && k.Direction.Allows(record.GHL)
	k.CreateInCommonsku = k.CreateInCommonsku && k.Direction.Allows(record.Commonsku)
}

// onDelete reads one policy for both sides, or one for each.
func (v value) onDelete(k *Kind, of record.Kind) {
	choices := []string{"ignore", "archive", "delete"}
	switch of {
	case record.Company:
		// Deleting a client takes its contacts, orders and history along: never, whatever the wish.
		choices = []string{"ignore", "archive"}
	case record.Task, record.Note, record.Appointment:
		choices = []string{"ignore", "delete"}
	}
	read := func(v value, to *DeletePolicy) {
		var s string
		if v.choice(&s, choices...); s != "" {
			*to = DeletePolicy(s)
		}
	}
	if v.what() == "a mapping" {
		v.mapping(
			field{"in_ghl", func(v value) { read(v, &k.DeleteInGHL) }},
			field{"in_commonsku", func(v value) { read(v, &k.DeleteInCommonsku) }},
		)
		return
	}
	both := k.DeleteInGHL // the defaults of a kind are the same on both sides
	read(v, &both)
	k.DeleteInGHL, k.DeleteInCommonsku = both, both
}
