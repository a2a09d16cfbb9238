package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"tandem/internal/operate"
	"tandem/internal/record"
)

// verify reads both sides back over HTTP and compares every mapped field of every contact.
func (s *story) verify(ctx context.Context) error {
	links, err := s.links(ctx)
	if err != nil {
		return err
	}
	waiting, open, err := s.waiting(ctx)
	if err != nil {
		return err
	}
	ghl, err := s.readGHL(ctx)
	if err != nil {
		return err
	}
	sku, err := s.readCommonsku(ctx)
	if err != nil {
		return err
	}
	r := &s.report
	r.Out.GHL, r.Out.Commonsku, r.Out.Clients, r.Links = len(ghl), len(sku), len(s.world.Commonsku.Clients()), len(links)
	linked := map[string]bool{}
	for _, l := range links {
		linked[l.GHL], linked[l.Commonsku] = true, true
		if want := s.truth[l.GHL]; want != "" && want != l.Commonsku {
			r.WrongLinks++
			r.miss(false, "%s is linked with %s and is %s", l.GHL, l.Commonsku, want)
		}
		a, b := ghl[l.GHL], sku[l.Commonsku]
		if a == nil || b == nil {
			r.miss(false, "%s | %s: one of the two is gone", l.GHL, l.Commonsku)
			continue
		}
		for _, d := range differences(a, b) {
			// An ask is about who somebody is; of a linked contact only an open conflict explains a difference.
			r.miss(open[l.GHL+" "+d.field], "%s | %s: %s", l.GHL, l.Commonsku, d.text)
		}
	}
	for id := range ghl {
		if !linked[id] {
			r.miss(waiting[id], "%s is in GoHighLevel only", id)
		}
	}
	for id := range sku {
		if !linked[id] {
			r.miss(waiting[id], "%s is in commonsku only", id)
		}
	}
	slices.Sort(r.Differences)
	r.Agree = len(r.Differences) == 0 && r.WrongLinks == 0 && len(links) > 0
	for _, side := range []string{"ghl", "commonsku"} {
		c := s.world.Calls(side)
		r.Calls = append(r.Calls, Calls{Side: side, Total: c.Total, Throttled: c.Throttled, Faults: c.Faults, ByOperation: c.Calls})
	}
	for _, from := range []record.Side{record.GHL, record.Commonsku} {
		r.Latency = append(r.Latency, percentiles(from, s.waits))
	}
	return nil
}

// waiting are the records that wait for a person to place them, and the fields ("ID FIELD") that wait for one to decide.
func (s *story) waiting(ctx context.Context) (records, fields map[string]bool, err error) {
	records, fields = map[string]bool{}, map[string]bool{}
	q := operate.ListQuery{Pair: pair, Limit: 1000}
	asks, err := s.api.Asks(ctx, q)
	if err != nil {
		return nil, nil, fmt.Errorf("asks: %w", err)
	}
	for _, a := range asks.Items {
		records[a.Ref.ID] = true
	}
	conflicts, err := s.api.Conflicts(ctx, q)
	if err != nil {
		return nil, nil, fmt.Errorf("conflicts: %w", err)
	}
	for _, c := range conflicts.Items {
		fields[c.Record.GHL+" "+c.Field] = true
	}
	dead, err := s.api.Errors(ctx, q)
	if err != nil {
		return nil, nil, fmt.Errorf("errors: %w", err)
	}
	s.report.Asks, s.report.Conflicts, s.report.Errors = len(asks.Items), len(conflicts.Items), len(dead.Items)
	return records, fields, nil
}

func (s *story) call(ctx context.Context, method, address string, body any, head map[string]string, out any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	for k, v := range head {
		r.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("reading back: %s %s: %s", method, address, answer)
	}
	return json.Unmarshal(answer, out)
}

// readGHL lists by search and reads each contact by itself, since only that shape is whole.
func (s *story) readGHL(ctx context.Context) (map[string]map[string]any, error) {
	head := map[string]string{"Authorization": "Bearer " + s.world.GHLToken, "Version": "2021-07-28"}
	out := map[string]map[string]any{}
	query := map[string]any{"locationId": s.world.LocationID, "pageLimit": 500,
		"sort": []any{map[string]any{"field": "dateUpdated", "direction": "asc"}}}
	for {
		var page struct{ Contacts []map[string]any }
		if err := s.call(ctx, http.MethodPost, s.world.GHLBaseURL+"/contacts/search", query, head, &page); err != nil {
			return nil, err
		}
		for _, row := range page.Contacts {
			var one struct{ Contact map[string]any }
			id := flat(row, "id")
			if err := s.call(ctx, http.MethodGet, s.world.GHLBaseURL+"/contacts/"+id, nil, head, &one); err != nil {
				return nil, err
			}
			out[id] = one.Contact
			query["searchAfter"] = row["searchAfter"]
		}
		if len(page.Contacts) < 500 {
			return out, nil
		}
	}
}

func (s *story) readCommonsku(ctx context.Context) (map[string]map[string]any, error) {
	head := map[string]string{"X-API-KEY": s.world.CommonskuToken}
	out := map[string]map[string]any{}
	query := "per_page=100"
	for {
		var page struct {
			Data []map[string]any
			Meta struct{ Cursor string }
		}
		if err := s.call(ctx, http.MethodGet, s.world.CommonskuBaseURL+"/contacts?"+query, nil, head, &page); err != nil {
			return nil, err
		}
		for _, row := range page.Data {
			out[flat(row, "contact_id")] = row
		}
		if page.Meta.Cursor == "" || len(page.Data) == 0 {
			return out, nil
		}
		query = "cursor=" + url.QueryEscape(page.Meta.Cursor)
	}
}

// flat is a text of an answer by its path; absent, null and empty are the same.
func flat(m map[string]any, path string) string {
	key, rest, deep := strings.Cut(path, ".")
	if deep {
		in, _ := m[key].(map[string]any)
		return flat(in, rest)
	}
	t, _ := m[key].(string)
	return strings.TrimSpace(t)
}

// row is one pair of fields of the built-in map, with the form in which its two spellings are equal.
type row struct {
	name, ghl, commonsku string
	form                 func(string) string
}

func mapped() []row {
	return []row{
		{"first_name", "firstName", "contact_first_name", strings.ToLower},
		{"last_name", "lastName", "contact_last_name", strings.ToLower},
		{"email", "email", "contact_email", strings.ToLower},
		{"phone", "phone", "contact_phone", digits},
		{"company", "companyName", "client_name", firm},
		{"street", "address1", "address.line_1", street},
		{"city", "city", "address.city", strings.ToLower},
		{"state", "state", "address.state", strings.ToUpper},
		{"postal_code", "postalCode", "address.postal", strings.ToUpper},
		{"country", "country", "address.country", strings.ToUpper},
	}
}

type difference struct{ field, text string }

func differences(ghl, sku map[string]any) []difference {
	var out []difference
	standIn := strings.EqualFold(flat(sku, "client_name"), flat(sku, "contact_first_name")+" "+flat(sku, "contact_last_name"))
	for _, f := range mapped() {
		a, b := flat(ghl, f.ghl), flat(sku, f.commonsku)
		switch {
		case f.form(a) == f.form(b), f.name == "company" && a == "" && standIn:
		case f.name == "country" && b == "" && a == "US": // GHL's own default never travels
		default:
			out = append(out, difference{f.name, fmt.Sprintf("%s is %q, %s is %q", f.ghl, a, f.commonsku, b)})
		}
	}
	if a, b := tagSet(ghl["tags"]), tagSet(sku["tags"]); !slices.Equal(a, b) {
		out = append(out, difference{"tags", fmt.Sprintf("tags are %q and %q", a, b)})
	}
	return out
}

func tagSet(v any) []string {
	list, _ := v.([]any)
	out := []string{}
	for _, t := range list {
		out = append(out, strings.ToLower(fmt.Sprint(t)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func digits(s string) string {
	d := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
	return strings.TrimPrefix(d, "1")
}

// firm and street are equal across punctuation, case and the usual short forms.
func firm(s string) string {
	return words(s, map[string]string{"incorporated": "inc", "company": "co"})
}

func street(s string) string {
	return words(s, map[string]string{"street": "st", "road": "rd", "avenue": "ave"})
}

func words(s string, short map[string]string) string {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, f := range fields {
		if v, has := short[f]; has {
			fields[i] = v
		}
	}
	return strings.Join(fields, " ")
}
