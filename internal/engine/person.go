package engine

import (
	"tandem/internal/mapping"
	"tandem/internal/match"
	"tandem/internal/record"
	"tandem/internal/store"
)

// person is a contact as the matcher sees it, in canonical values.
func person(r record.Record, env record.Env) match.Person {
	p := match.Person{Ref: r.Ref, Changed: r.Changed}
	get := r.Text
	if r.Ref.Side == record.GHL {
		p.First, p.Last = get("firstName"), get("lastName")
		p.Company, p.Street, p.City, p.State = get("companyName"), get("address1"), get("city"), get("state")
		p.Postal, p.Country, p.BirthDate = get("postalCode"), get("country"), get("dateOfBirth")
		p.OtherEmails, p.OtherPhones = r.Get("additionalEmails").Items(), r.Get("additionalPhones").Items()
	} else {
		p.First, p.Last = get("first_name"), get("last_name")
		if p.Last == "-" {
			p.Last = ""
		}
		p.Company, p.CompanyID, p.Street, p.City, p.State = get("client_name"), r.Parent.ID, get("street"), get("city"), get("state")
		p.Postal, p.Country = get("postal_code"), get("country")
		if cell := record.Phone(get("cell"), env.Region); cell != "" {
			p.OtherPhones = []string{cell}
		}
	}
	if p.First != "" && p.Last == "" {
		p.First, p.Last = record.SplitName(p.First)
	}
	p.Email = record.Email(get("email"))
	p.Phone = record.Phone(get("phone"), env.Region)
	p.Country = record.Country(p.Country)
	p.State = record.Region(p.State, p.Country)
	return p
}

// seenPerson is what is remembered of a contact, enough to judge likeness by identity values and name.
func seenPerson(s store.Seen) match.Person {
	p := match.Person{Ref: s.Ref, Email: s.Email, Phone: s.Phone, Company: s.CompanyKey, CompanyID: s.ParentID, Changed: s.ChangedAt}
	p.First, p.Last = record.SplitName(s.Name)
	return p
}

// facts are what `when` and `filter` see of a contact: the canonical fields.
func facts(p *Pair, r record.Record) map[string]any {
	m := person(r, p.env())
	tags := make([]string, 0, 8)
	for _, t := range r.Get("tags").Items() {
		tags = append(tags, record.Tag(t))
	}
	custom := map[string]any{}
	for name, v := range r.Fields {
		if key, ok := cutPrefix(name, "customFields."); ok {
			if v.IsSet() {
				custom[key] = v.Items()
			} else {
				custom[key] = v.Text()
			}
		}
	}
	return map[string]any{
		"first_name": m.First, "last_name": m.Last, "email": m.Email, "phone": m.Phone, "company": m.Company, "street": m.Street,
		"city": m.City, "state": m.State, "postal_code": m.Postal, "country": m.Country, "website": r.Text("website"),
		"type": r.Text("type"), "source": r.Text("source"), "tags": tags, "custom": custom, "opportunities": []any{}, "side": string(r.Ref.Side),
	}
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) > len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

// phoneSlot binds the phone row of a new link to the field of commonsku that equals GHL's number.
func phoneSlot(p *Pair, ghl, commonsku record.Record) map[string]string {
	if slot := mapping.PhoneSlot(ghl, commonsku, p.env()); slot != "phone" {
		return map[string]string{"phone_slot": slot}
	}
	return nil
}

// markClient has the client's own job look at what its contacts can fill in.
func markClient(tx *store.Tx, p *Pair, id string, lane int) error {
	return tx.Mark(store.Mark{Pair: p.Name, Ref: record.Ref{Side: record.Commonsku, Kind: record.Company, ID: id}, Lane: lane, Cause: "a contact of it changed"})
}

// rememberClientRows keeps on the link what a contact's GHL record says about its client, for the client's own job.
func rememberClientRows(l *store.Link, p *Pair, ghl record.Record) (changed bool) {
	for _, row := range p.Contacts.Rows {
		if row.Commonsku.Owner != record.Company {
			continue
		}
		if v := ghl.Text(row.GHL); v != l.Meta["ghl:"+row.Name] {
			l.Meta = withMeta(l.Meta, "ghl:"+row.Name, v)
			changed = true
		}
	}
	return changed
}
