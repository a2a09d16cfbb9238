package mapping

import (
	"strings"

	"tandem/internal/merge"
	"tandem/internal/record"
)

// View is all that the map needs to know of one linked pair of records to read it.
type View struct {
	// GHL and Commonsku are the two records. Rows of the kind of Commonsku are read: the contact's, or the client's in a
	// client's job. A record without an id is one that is to be made; its Kind must be set all the same.
	GHL, Commonsku record.Record
	Bases          map[string]merge.Base
	Env            record.Env
	// PhoneSlot is the field of commonsku that the phone row is bound to, as the link remembers it; "": the row's own.
	PhoneSlot string
	// MadeUp holds what a side or Tandem invented, where no base tells it yet: it reads as empty as long as it stays.
	MadeUp map[MadeUp]record.Value
	// Key and Put read and write the special rows (company, rep); where either is nil or says false, the row is left out.
	Key func(row Row, side record.Side, raw record.Value) (key record.Value, ok bool)
	Put func(row Row, side record.Side, key record.Value) (raw record.Value, ok bool)
}

// MadeUp names a field of one side.
type MadeUp struct {
	Side  record.Side
	Field string
}

func (v View) record(s record.Side) record.Record {
	if s == record.GHL {
		return v.GHL
	}
	return v.Commonsku
}

// raw is what a side holds in a row.
func (v View) raw(r Row, s record.Side) record.Value {
	return v.record(s).Get(r.field(s, v.PhoneSlot))
}

// special says that a row's keys come from outside.
func (r Row) outside() bool { return r.Special == Company || r.Special == Rep }

// reader turns raw values into keys, with what the rows of one record need to know of each other.
type reader struct {
	v   View
	env record.Env
}

// newReader finds the country of the record first: regions and postal codes are read by it. It is one for both sides, also
// where they name two, so that one text reads the same on either; a record that names none is taken to be where the pair is.
func (t Table) newReader(v View) reader {
	rd := reader{v: v, env: v.Env}
	for _, row := range t.Rows {
		if row.Form != "country" || row.Transform != nil || row.Commonsku.Owner != v.Commonsku.Ref.Kind {
			continue
		}
		if rd.env.Country = rd.key(row, record.GHL).Text(); rd.env.Country == "" {
			rd.env.Country = rd.key(row, record.Commonsku).Text()
		}
		break
	}
	if rd.env.Country == "" {
		rd.env.Country = rd.env.Region
	}
	return rd
}

// key reads the value of an ordinary row without a transform.
func (rd reader) key(r Row, s record.Side) record.Value {
	raw := rd.v.raw(r, s)
	if raw.IsEmpty() || !r.Rule.Set && rd.madeUp(r, s, raw) {
		return record.Value{}
	}
	return rd.canonical(r, raw)
}

// canonical is the key of a raw value that somebody entered.
func (rd reader) canonical(r Row, raw record.Value) record.Value {
	key := r.Form.Key(raw, rd.env)
	if cuts(r.Form) {
		key = cut(key, r.Max)
	}
	return key
}

// madeUp says whether a value was invented by a system or by Tandem, so that it reads as empty: it never travels, and
// goes when a real value appears. Source: semantics, "Values, base, agreement".
func (rd reader) madeUp(r Row, s record.Side, raw record.Value) bool {
	if m, ok := rd.v.MadeUp[MadeUp{s, r.field(s, rd.v.PhoneSlot)}]; ok && m.Equal(raw) {
		return true
	}
	b, known := rd.v.Bases[r.Name]
	if known && b.Key.IsEmpty() && baseOf(b, s).Equal(raw) {
		return true // recorded: both sides agreed on nothing while this side held it
	}
	return rd.placeholder(r, s, raw, known)
}

func baseOf(b merge.Base, s record.Side) record.Value {
	if s == record.GHL {
		return b.GHL
	}
	return b.Commonsku
}

// missing stands for a name where commonsku demands one.
const missing = "-"

// placeholder says whether a name only stands for one. A dash is nobody's name on either side. A first name in commonsku
// that happens to be the e-mail's local part is a real one wherever something says so: a base, a last name, or a name in
// GHL.
func (rd reader) placeholder(r Row, s record.Side, raw record.Value, known bool) bool {
	text := strings.TrimSpace(raw.Text())
	switch {
	case !r.isName():
		return false
	case text == missing:
		return true
	case s == record.GHL || r.Commonsku.Field != "first_name" || known:
		return false
	}
	c, g := rd.v.Commonsku, rd.v.GHL
	if last := strings.TrimSpace(c.Text("last_name")); last != "" && last != missing || g.Text("firstName") != "" || g.Text("lastName") != "" {
		return false
	}
	return rd.standsIn(r)
}

// standsIn says whether commonsku holds in a name what Tandem would put there for want of one.
func (rd reader) standsIn(r Row) bool {
	if !r.isName() {
		return false
	}
	c := rd.v.Commonsku
	text := strings.TrimSpace(c.Text(r.Commonsku.Field))
	first, _ := PlaceholderNames("", "", c.Text("email"), c.Text("phone"))
	return text == missing || r.Commonsku.Field == "first_name" && text == first
}

// isName says that commonsku demands a value of the row.
func (r Row) isName() bool {
	return r.Commonsku == Path{record.Contact, "first_name"} || r.Commonsku == Path{record.Contact, "last_name"}
}

// PlaceholderNames are the names that commonsku gets where it demands some: a missing last name is `-`; where both are
// missing the first is the e-mail's local part, else the phone.
func PlaceholderNames(first, last, email, phone string) (string, string) {
	if first == "" {
		first = missing
		if local, _, _ := strings.Cut(email, "@"); last == "" && strings.TrimSpace(local) != "" {
			first = strings.TrimSpace(local)
		} else if last == "" && strings.TrimSpace(phone) != "" {
			first = strings.TrimSpace(phone)
		}
	}
	if last == "" {
		last = missing
	}
	return first, last
}

// PhoneSlot is the field of commonsku that a contact's phone is bound to at linking: its cell if GHL's number equals
// that and not the phone, else the phone.
func PhoneSlot(ghl, commonsku record.Record, env record.Env) string {
	key := func(v record.Value) record.Value { return record.Form("phone").Key(v, env) }
	number := key(ghl.Get("phone"))
	if number.IsEmpty() || number.Equal(key(commonsku.Get("phone"))) || !number.Equal(key(commonsku.Get("cell"))) {
		return "phone"
	}
	return "cell"
}
