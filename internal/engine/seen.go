package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"tandem/internal/record"
	"tandem/internal/store"
)

// names of the identity fields on each side.
type identityNames struct{ first, last, email, phone, company string }

var identityOf = map[record.Side]identityNames{
	record.GHL:       {"firstName", "lastName", "email", "phone", "companyName"},
	record.Commonsku: {"first_name", "last_name", "email", "phone", "client_name"},
}

// seenOf is what a record shows, over what was known of it before (an event shows less than a read).
func seenOf(pair string, r record.Record, env record.Env, before store.Seen) store.Seen {
	s := before
	s.Pair, s.Ref = pair, r.Ref
	if r.Ref.Kind == record.Company {
		s.Name = record.Name(r.Text("name"))
		s.NameKey = record.Fold(s.Name)
		s.CompanyKey = record.CompanyKey(s.Name)
	} else {
		n := identityOf[r.Ref.Side]
		s.Email = record.Email(r.Text(n.email))
		s.Phone = record.Phone(r.Text(n.phone), env.Region)
		s.Name = record.Name(strings.TrimSpace(r.Text(n.first) + " " + r.Text(n.last)))
		s.NameKey = record.FoldLoose(s.Name)
		s.CompanyKey = record.CompanyKey(r.Text(n.company))
	}
	if !r.Parent.IsZero() {
		s.ParentID = r.Parent.ID
	}
	if !r.Changed.IsZero() {
		s.ChangedAt = r.Changed
	}
	if !r.Created.IsZero() {
		s.CreatedAt = r.Created
	}
	if !r.Deleted.IsZero() {
		s.GoneAt = r.Deleted
	} else {
		s.GoneAt = before.GoneAt
	}
	s.RowHash = rowHash(r)
	return s
}

// rowHash tells whether a list row changed where the side has no change time, or only whole seconds.
func rowHash(r record.Record) string {
	h := sha256.New()
	names := make([]string, 0, len(r.Fields))
	for n, v := range r.Fields {
		if !v.IsEmpty() {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	for _, n := range names {
		h.Write([]byte(n))
		h.Write([]byte{0})
		for _, it := range r.Fields[n].Items() {
			h.Write([]byte(it))
			h.Write([]byte{1})
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// fingerprint is what a contact that Tandem made is recognised by, on whichever side: e-mail, phone and folded name.
func fingerprint(side record.Side, fields map[string]record.Value, env record.Env) string {
	n := identityOf[side]
	return strings.Join([]string{
		record.Email(fields[n.email].Text()),
		record.Phone(fields[n.phone].Text(), env.Region),
		record.FoldLoose(fields[n.first].Text() + " " + fields[n.last].Text()),
	}, "|")
}

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + "…"
}
