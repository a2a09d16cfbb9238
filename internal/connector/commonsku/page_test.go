package commonsku_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/internal/connector"
	"tandem/internal/connector/commonsku"
	"tandem/internal/record"
)

// all walks a list to its end.
func all(t *testing.T, d *commonsku.Driver, q connector.Query) (ids []string, complete bool) {
	complete = true
	for range 10_000 {
		p, err := d.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Records {
			ids = append(ids, r.Ref.ID)
		}
		complete = complete && p.Complete
		if p.Next == "" {
			return ids, complete
		}
		q.Cursor = p.Next
	}
	t.Fatal("the list never ends")
	return nil, false
}

// Whatever style an account pages in, every row comes exactly once.
func TestEveryPagingStyleShowsEveryRowOnce(t *testing.T) {
	type style struct {
		profile string
		serve   func(rows, size int, q url.Values) (from int, next string)
	}
	cursor := func(rows, size int, q url.Values) (int, string) {
		from, _ := strconv.Atoi(q.Get("cursor"))
		if from+size < rows {
			return from, fmt.Sprintf(`"%d"`, from+size)
		}
		return from, "null"
	}
	styles := map[string]style{
		"cursor alone":   {"{style: cursor, param: cursor, next: meta.next, size_param: size, size: %d}", cursor},
		"cursor repeats": {"{style: cursor, param: cursor, next: meta.next, size_param: size, size: %d, repeat_filters: true}", cursor},
		"offset": {"{style: offset, param: start, size_param: size, size: %d}", func(_, _ int, q url.Values) (int, string) {
			from, _ := strconv.Atoi(q.Get("start"))
			return from, "null"
		}},
		"offset from one": {"{style: offset, param: start, first: 1, size_param: size, size: %d}", func(_, _ int, q url.Values) (int, string) {
			from, _ := strconv.Atoi(q.Get("start"))
			return from - 1, "null"
		}},
		"page from one": {"{style: page, param: page, first: 1, size_param: size, size: %d}", func(_, size int, q url.Values) (int, string) {
			n, _ := strconv.Atoi(q.Get("page"))
			return (n - 1) * size, "null"
		}},
		"page from zero": {"{style: page, param: page, size_param: size, size: %d}", func(_, size int, q url.Values) (int, string) {
			n, _ := strconv.Atoi(q.Get("page"))
			return n * size, "null"
		}},
	}
	for name, s := range styles {
		for _, total := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, total %v", name, total), func(t *testing.T) {
				for _, rows := range []int{0, 1, 3, 4, 7, 8} {
					const size = 4
					a := newAccount(t)
					a.do("GET /clients", func(w http.ResponseWriter, q url.Values, _ map[string]any) {
						if q.Get("cursor") != "" && strings.HasSuffix(name, "alone") && len(q) > 1 {
							t.Errorf("the cursor did not come alone: %v", q)
						}
						if q.Get("cursor") != "" && strings.HasSuffix(name, "repeats") && q.Get("size") == "" {
							t.Errorf("the filters were not repeated: %v", q)
						}
						from, next := s.serve(rows, size, q)
						var list []string
						for i := from; i < min(from+size, rows); i++ {
							list = append(list, fmt.Sprintf(`{"client_id":"k%d"}`, i))
						}
						sum := ""
						if total {
							sum = fmt.Sprintf(`,"total":%d`, rows)
						}
						fmt.Fprintf(w, `{"data":[%s],"meta":{"next":%s%s}}`, strings.Join(list, ","), next, sum)
					})
					d := a.driver(t, fmt.Sprintf("name: x\nauth: {header: K}\nanswer: {rows: data, total: meta.total}\npaging: "+s.profile+"\nkinds: {company: {list: GET /clients, id: client_id}}\n", size))
					ids, complete := all(t, d, connector.Query{Kind: record.Company})
					seen := map[string]bool{}
					for _, id := range ids {
						seen[id] = true
					}
					if len(ids) != rows || len(seen) != rows || !complete {
						t.Errorf("%d rows: saw %v, complete %v", rows, ids, complete)
					}
					if calls := a.made(); len(calls) > rows/size+1 {
						t.Errorf("%d rows in pages of %d took %d calls", rows, size, len(calls))
					}
				}
			})
		}
	}
}

func TestAPageWithABadRowIsNotComplete(t *testing.T) {
	a := newAccount(t)
	for name, bad := range map[string]string{"no id": `{"client_name":"x"}`, "null": `null`, "a text": `"x"`, "an object for a text": `{"client_id":"k2","client_name":{"en":"x"}}`, "no list for tags": `{"client_id":"k2","tags":{"a":1}}`} {
		a.on("GET /clients", 200, `{"data":[{"client_id":"k1"},`+bad+`,{"client_id":"k3"}],"meta":{"cursor":null}}`)
		p, err := a.with(t, load(t, "default")).Page(t.Context(), connector.Query{Kind: record.Company})
		if err != nil || p.Complete || len(p.Records) != 2 {
			t.Errorf("%s: %d rows, complete %v, %v", name, len(p.Records), p.Complete, err)
		}
	}
}

func TestACursorThatTurnsInACircleEndsIncomplete(t *testing.T) {
	a := newAccount(t)
	a.on("GET /clients", 200, `{"data":[{"client_id":"k1"}],"meta":{"cursor":"same"}}`)
	if _, complete := all(t, a.with(t, load(t, "default")), connector.Query{Kind: record.Company}); complete {
		t.Error("a list that was never seen to its end counts as complete")
	}
}

func TestAnEmptyPageEndsTheListWhateverItsCursor(t *testing.T) {
	a := newAccount(t)
	a.on("GET /clients", 200, `{"data":[],"meta":{"cursor":"more"}}`)
	if ids, complete := all(t, a.with(t, load(t, "default")), connector.Query{Kind: record.Company}); len(ids) != 0 || !complete || len(a.made()) != 1 {
		t.Errorf("%v, complete %v", ids, complete)
	}
}

// The account compares walls: what it wrote before the clocks went back must be found by a bound from before that.
func TestNoChangeIsMissedWhereClocksGoBack(t *testing.T) {
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	profile := builtin(t, "default", "zone: UTC", "zone: America/Chicago")
	p, err := commonsku.ParseProfile("p.yaml", []byte(profile))
	if err != nil {
		t.Fatal(err)
	}
	a := newAccount(t)
	var bound string
	a.do("GET /contacts", func(w http.ResponseWriter, q url.Values, _ map[string]any) {
		bound = q.Get("updated_since")
		fmt.Fprint(w, `{"data":[],"meta":{}}`)
	})
	back := time.Date(2026, 11, 1, 7, 0, 0, 0, time.UTC) // 2:00 becomes 1:00
	rapid.Check(t, func(t *rapid.T) {
		since := back.Add(time.Duration(rapid.IntRange(-3*3600, 3*3600).Draw(t, "since")) * time.Second)
		change := since.Add(time.Duration(rapid.IntRange(0, 3*3600).Draw(t, "later")) * time.Second)
		now := change.Add(time.Minute)
		d, err := commonsku.New(commonsku.Options{BaseURL: a.URL, Profile: p, Token: token, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Page(t.Context(), connector.Query{Kind: record.Contact, Since: since}); err != nil {
			t.Fatal(err)
		}
		if wall := change.In(zone).Format(time.DateTime); wall < bound {
			t.Fatalf("a change at %s (%s there) is before the bound %s of %s", change, wall, bound, since)
		}
		if wall := since.Add(-time.Hour).In(zone).Format(time.DateTime); wall > bound && since.Sub(back).Abs() > 2*time.Hour {
			t.Fatalf("the bound %s of %s reaches back too far", bound, since)
		}
	})
}

func TestWithoutAFilterForChangesOldRowsAreDroppedHere(t *testing.T) {
	a := newAccount(t)
	a.on("GET /contacts", 200, `{"data":[{"contact_id":"old","client_id":"k","date_updated":"2026-11-20 10:00:00"},
		{"contact_id":"new","client_id":"k","date_updated":"2026-11-24 10:00:00"},{"contact_id":"who knows","client_id":"k"}],"meta":{}}`)
	d := a.driver(t, builtin(t, "default", "changes: {param: updated_since, deleted_rows: true}\n", ""))
	ids, _ := all(t, d, connector.Query{Kind: record.Contact, Since: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
	if strings.Join(ids, ",") != "new,who knows" {
		t.Errorf("saw %q", ids)
	}
	if calls := a.made(); strings.Contains(calls[0], "since") {
		t.Errorf("asked %q", calls)
	}
	if d.Can().ChangedSince {
		t.Error("the account is said to narrow lists")
	}
}
