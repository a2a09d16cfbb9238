package commonsku

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/record"
)

// Get reads one record as it is now: by its path, by a list narrowed to its id, or, where an account has neither, by
// reading again the page that showed it. Only the first can say Gone; elsewhere a record that is not shown may just be
// out of the key's sight, which is class Forbidden.
func (d *Driver) Get(ctx context.Context, ref record.Ref) (record.Record, error) {
	k, err := d.kind(ref.Kind)
	if err != nil {
		return record.Record{}, err
	}
	ep, single := k.endpoints[get]
	if !single {
		return d.getByWalk(ctx, k, ref)
	}
	a, err := d.call(ctx, k, get, transport.Request{PathParams: map[string]string{"id": ref.ID}})
	if err != nil {
		return record.Record{}, err
	}
	if len(ep.query) == 0 {
		r, err := d.single(k, get, a.Body, false)
		if err == nil && r.Ref.ID != ref.ID {
			err = garbled(k, get, errors.New("the answer is about another record"))
		}
		return r, err
	}
	rows, _, err := d.rows(k, get, a.Body)
	if err != nil {
		return record.Record{}, err
	}
	for _, r := range rows {
		if r.Ref.ID == ref.ID {
			return r, nil
		}
	}
	return record.Record{}, outOfSight(k)
}

// Find looks records up by one value and compares again here: an account may match by prefix or not at all. It reads on
// while a page shows no equal row and there is another, so usually it is one call. Class Absent: the account cannot be
// asked by that value.
func (d *Driver) Find(ctx context.Context, l connector.Lookup) ([]record.Record, error) {
	k, err := d.kind(l.Kind)
	if err != nil {
		return nil, err
	}
	what, value := "email", l.Email
	same := func(r record.Record) bool { return record.Email(r.Text("email")) == record.Email(l.Email) }
	switch {
	case l.Email != "":
	case l.Phone != "":
		// Numbers are free text there: no region is known here, so every row that the account found is handed on.
		what, value, same = "phone", l.Phone, func(record.Record) bool { return true }
	case l.Name != "":
		what, value, same = "name", l.Name, func(r record.Record) bool { return record.Fold(r.Text("name")) == record.Fold(l.Name) }
	default:
		return nil, nil
	}
	s, ok := k.Search[what]
	if !ok {
		return nil, absent(k, list, fmt.Sprintf("the profile %s has no search of a %s by %s", d.profile.Name, k.Kind, what))
	}
	const pagesMax = 10
	q := request{filters: url.Values{s.Param: {value}}}
	for range pagesMax {
		p, err := d.page(ctx, k, q)
		if err != nil {
			return nil, err
		}
		var found []record.Record
		for _, r := range p.Records {
			if same(r) {
				found = append(found, r)
			}
		}
		if len(found) > 0 || p.Next == "" {
			return found, nil
		}
		q.cursor = p.Next
	}
	return nil, garbled(k, list, fmt.Errorf("a search by %s goes on and on without an equal row", what))
}

// single decodes an answer about one record.
func (d *Driver) single(k *Kind, v verb, body []byte, shown bool) (record.Record, error) {
	raw, ok := inside(body, firstOf(k.Single, d.profile.Answer.Single))
	if !ok {
		return record.Record{}, garbled(k, v, fmt.Errorf("the answer has no record at %q", firstOf(k.Single, d.profile.Answer.Single)))
	}
	r, err := d.row(k, raw, shown)
	if err != nil {
		return record.Record{}, garbled(k, v, err)
	}
	return r, nil
}

// rows decodes a list; bad is how many rows could not be read.
func (d *Driver) rows(k *Kind, v verb, body []byte) (rows []record.Record, bad int, err error) {
	path := firstOf(k.Rows, d.profile.Answer.Rows)
	raw, ok := inside(body, path)
	var list []json.RawMessage
	if !ok || len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		return nil, 0, garbled(k, v, fmt.Errorf("the answer has no list at %q", path))
	}
	rows = make([]record.Record, 0, len(list))
	for _, raw := range list {
		r, err := d.row(k, raw, false)
		if err != nil {
			bad++
			continue
		}
		rows = append(rows, r)
	}
	return rows, bad, nil
}

// inside is the JSON at a dotted path of a body; "" is the whole.
func inside(body []byte, path string) (json.RawMessage, bool) {
	raw := json.RawMessage(body)
	for rest, more := path, path != ""; more; {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) != nil {
			return nil, false
		}
		var ok bool
		if raw, ok = m[part]; !ok {
			return nil, false
		}
	}
	return raw, len(raw) > 0 && string(raw) != "null"
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
