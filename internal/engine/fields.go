package engine

import (
	"context"
	"strings"

	"tandem/internal/connector"
	"tandem/internal/mapping"
	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// companyRow is the mapping row whose key is a commonsku client; the engine reads and writes it itself, since a name has
// to be found or made.
const companyRow = "company"

// view is what the map reads of a linked contact.
func (p *Pair) view(s *linked) mapping.View {
	return mapping.View{
		GHL: s.ghl, Commonsku: s.commonsku, Bases: s.bases, Env: p.env(), PhoneSlot: s.link.Meta["phone_slot"],
		MadeUp: madeUpCountry(s.ghl, s.bases),
	}
}

// madeUpCountry reads GHL's country as invented where it is US and nothing else of an address is there: GHL puts it on
// every create that names none. A base that knows the country decides instead.
func madeUpCountry(ghl record.Record, bases store.Bases) map[mapping.MadeUp]record.Value {
	if _, known := bases["country"]; known {
		return nil
	}
	us := record.Text("US")
	if !ghl.Get("country").Equal(us) {
		return nil
	}
	for _, f := range []string{"address1", "city", "state", "postalCode"} {
		if !ghl.Get(f).IsEmpty() {
			return nil
		}
	}
	return map[mapping.MadeUp]record.Value{{Side: record.GHL, Field: "country"}: us}
}

// fields are the rows of a linked contact, ready to merge, with open conflicts and decisions of people.
func (e *Engine) fields(ctx context.Context, p *Pair, s *linked) ([]merge.Field, error) {
	v := p.view(s)
	v.GHL.Changed, v.Commonsku.Changed = e.stamp(s.ghl), e.stamp(s.commonsku)
	out, problems := p.Contacts.Fields(ctx, v)
	for _, pr := range problems {
		e.log.Warn("a mapping row cannot be read", "pair", p.Name, "row", pr.Row, "err", pr.Err)
	}
	if row, ok := p.Contacts.Row(companyRow); ok {
		f, err := e.companyField(ctx, p, s, row)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	sighted(out, s.sights, s.link.ID)
	for i := range out {
		hold(&out[i], s.parked)
		decided(&out[i], s.link)
	}
	return out, nil
}

// hold marks a field that waits for a person. A person's decision is in the parked row's resolution until it is carried out.
func hold(f *merge.Field, parked []store.Parked) {
	for _, pk := range parked {
		if pk.Field == f.Name && pk.Why == "conflict" {
			f.Held = true
		}
	}
}

// clientKey is the key of the company row: the client and how it is spelled, so that a renamed client is a change.
func clientKey(c store.Seen) record.Value {
	if c.Ref.ID == "" {
		return record.Value{}
	}
	return record.Text(c.Ref.ID + "\x1f" + record.Fold(c.Name))
}

// clientOfKey is the client id in a key of the company row, "" if it names one that is still to be found or made.
func clientOfKey(key record.Value) string {
	id, _, ok := strings.Cut(key.Text(), "\x1f")
	if !ok {
		return ""
	}
	return id
}

// newNamePrefix marks the key of a company name that no known client has.
const newNamePrefix = "name:"

// companyField reads the company row. In commonsku the key is the contact's client (empty for a stand-in); in GHL it is
// whatever client the name means: the present one if spelled alike, else by alias, else by name, else one to be made.
func (e *Engine) companyField(ctx context.Context, p *Pair, s *linked, row mapping.Row) (merge.Field, error) {
	f := merge.Field{Name: row.Name, Rule: row.Rule}
	if b, ok := s.bases[row.Name]; ok {
		f.Base = &b
	}
	name := s.ghl.Get("companyName")
	f.GHL = merge.Reading{Raw: name, ChangedAt: e.stamp(s.ghl), Writable: !row.GHLReadOnly}
	f.Commonsku = merge.Reading{
		Raw: clientKey(s.client), ChangedAt: e.stamp(s.commonsku), Writable: !row.CommonskuReadOnly,
	}
	if !isStandIn(s.link, s.client, s.commonsku) {
		f.Commonsku.Key = clientKey(s.client)
	}
	switch {
	case name.IsEmpty():
	case f.Base != nil && f.Base.GHL.Equal(name):
		f.GHL.Key = f.Base.Key
	case record.Fold(name.Text()) == record.Fold(s.client.Name):
		f.GHL.Key = f.Commonsku.Key
		if f.GHL.Key.IsEmpty() {
			f.GHL.Key = clientKey(s.client)
		}
	default:
		key, err := e.resolveName(ctx, p, name.Text())
		if err != nil {
			return f, err
		}
		f.GHL.Key = key
		if clientOfKey(key) == "" && !f.Commonsku.Key.IsEmpty() && similarName(name.Text(), s.client.Name) &&
			s.link.Meta["two_companies"] != record.Fold(name.Text()) {
			f.Held, s.askCompany = true, true // rename, alias or move: never silently
		}
	}
	return f, nil
}

// resolveName finds the client that a company name means, in what is known: by alias, then by name.
func (e *Engine) resolveName(ctx context.Context, p *Pair, name string) (record.Value, error) {
	key := record.Text(newNamePrefix + record.Fold(name))
	err := e.store.View(ctx, func(tx *store.Tx) error {
		id, ok, err := tx.Alias(p.Name, record.Fold(name))
		if err != nil {
			return err
		}
		if ok {
			c, known, err := tx.SeenOf(p.Name, record.Ref{Side: record.Commonsku, Kind: record.Company, ID: id})
			if known && c.GoneAt.IsZero() {
				key = clientKey(c)
			}
			return err
		}
		list, err := tx.SeenByNameKey(p.Name, record.Commonsku, record.Company, record.Fold(name))
		for _, c := range list {
			if c.GoneAt.IsZero() {
				key = clientKey(c)
				break
			}
		}
		return err
	})
	return key, err
}

// isStandIn says that a client only stands for a person without a company: the one that Tandem made for this contact, or
// one that is named just like the person, which is what commonsku itself advises for people.
func isStandIn(l store.Link, client store.Seen, contact record.Record) bool {
	if client.Ref.ID == "" {
		return false
	}
	if l.Meta["stand_in"] == client.Ref.ID {
		return true
	}
	person := contact.Text("first_name")
	if last := contact.Text("last_name"); last != "" && last != "-" {
		person += " " + last
	}
	return record.Fold(client.Name) == record.Fold(person)
}

// similarName says that two spellings probably mean one company, which only a person may decide.
func similarName(a, b string) bool {
	ka, kb := record.CompanyKey(a), record.CompanyKey(b)
	return ka != "" && ka == kb
}

// writable says whether a side takes writes of a kind at all (I11).
func (p *Pair) writable(s record.Side, k record.Kind) bool {
	can, ok := p.Driver(s).Can().Kinds[k]
	return ok && can.Ability == connector.Writable
}
