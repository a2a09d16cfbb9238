package mapping

import (
	"tandem/internal/merge"
	"tandem/internal/record"
)

// Changes are the raw values that one side gets.
type Changes struct {
	// Fields are under the side's own names; an empty value clears. Whoever writes a part of a field group (an address)
	// adds the rest of the group from what the side holds.
	Fields map[string]record.Value
	// Sets are changed element by element where the side can, else as a whole.
	Sets map[string]SetChange
	// Rows are the names of the mapping rows in it.
	Rows []string
}

// SetChange is what becomes of a set: as a whole, and the elements by which it differs, in the side's own spelling.
type SetChange struct {
	Whole       record.Value
	Add, Remove []string
}

// Empty says that nothing is to be written.
func (c Changes) Empty() bool { return len(c.Fields) == 0 && len(c.Sets) == 0 }

// Writes turns outcomes of Fields(v) into raw values for each side. A value that the side holds byte for byte is left
// out (I4), and so is a special row that v.Put leaves to the caller.
func (t Table) Writes(outcomes []merge.Outcome, v View) map[record.Side]Changes {
	rd := t.newReader(v)
	out := map[record.Side]Changes{}
	for _, s := range record.Sides {
		c := Changes{Fields: map[string]record.Value{}, Sets: map[string]SetChange{}}
		for _, o := range outcomes {
			row, ok := t.Row(o.Name)
			key := o.To(s)
			if !ok || key == nil {
				continue
			}
			if rd.change(&c, row, s, o, *key) {
				c.Rows = append(c.Rows, row.Name)
			}
		}
		if s == record.Commonsku && v.Commonsku.Ref.Kind == record.Contact {
			nameContact(c.Fields, v.Commonsku)
		}
		out[s] = c
	}
	return out
}

// change adds one row to c; false where nothing is to be written after all.
func (rd reader) change(c *Changes, row Row, s record.Side, o merge.Outcome, key record.Value) bool {
	field, current := row.field(s, rd.v.PhoneSlot), rd.v.raw(row, s)
	if row.Rule.Set {
		had, touched := c.Sets[field]
		if !touched {
			had.Whole = current
		}
		next := rd.changeSet(had, row, s, o)
		if next.Whole.Equal(had.Whole) {
			return false
		}
		c.Sets[field] = next
		return true
	}
	var raw record.Value
	if row.outside() {
		ok := false
		if rd.v.Put != nil {
			raw, ok = rd.v.Put(row, s, key)
		}
		if !ok {
			return false
		}
	} else {
		raw = rd.put(row, s, key, current)
	}
	if raw.Equal(current) {
		return false
	}
	c.Fields[field] = raw
	return true
}

// put writes a key into the current raw value of a side.
func (rd reader) put(row Row, s record.Side, key, current record.Value) record.Value {
	if key.IsEmpty() {
		return key
	}
	if cuts(row.Form) && row.Max > 0 {
		key = uncut(key, current, row.Max, func(raw record.Value) record.Value { return rd.canonical(row, raw) })
	}
	return row.Form.Put(key, current, rd.env, s)
}

// changeSet adds and removes elements by key, and leaves the spelling of the others alone.
func (rd reader) changeSet(had SetChange, row Row, s record.Side, o merge.Outcome) SetChange {
	add, remove := o.Elements(s)
	drop, present := map[string]bool{}, map[string]bool{}
	for _, e := range remove {
		drop[e] = true
	}
	next := SetChange{Add: had.Add, Remove: had.Remove}
	var items []string
	for _, raw := range had.Whole.Items() {
		key := rd.canonical(row, record.Set(raw)).Items()
		if len(key) == 1 && drop[key[0]] {
			next.Remove = append(next.Remove, raw)
			continue
		}
		for _, k := range key {
			present[k] = true
		}
		items = append(items, raw)
	}
	for _, e := range add {
		if !present[e] {
			next.Add = append(next.Add, e)
			items = append(items, e)
		}
	}
	next.Whole = record.Set(items...)
	return next
}

// nameContact sees to it that a contact of commonsku has the names that commonsku demands, on a create and where a name
// is cleared.
func nameContact(fields map[string]record.Value, current record.Record) {
	_, first := fields["first_name"]
	_, last := fields["last_name"]
	if creating := current.Ref.IsZero(); !creating && !first && !last {
		return
	}
	will := func(name string) string {
		if v, ok := fields[name]; ok {
			return v.Text()
		}
		return current.Text(name)
	}
	f, l := PlaceholderNames(will("first_name"), will("last_name"), will("email"), will("phone"))
	for name, text := range map[string]string{"first_name": f, "last_name": l} {
		if will(name) != text {
			fields[name] = record.Text(text)
		}
	}
}
