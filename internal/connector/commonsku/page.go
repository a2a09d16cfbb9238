package commonsku

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/record"
)

// request asks for one page.
type request struct {
	since   time.Time
	cursor  string
	limit   int
	filters url.Values
}

// Page lists records changed since q.Since. Where the account cannot narrow a list, every row comes, less those whose own
// stamp is older.
func (d *Driver) Page(ctx context.Context, q connector.Query) (connector.Page, error) {
	k, err := d.kind(q.Kind)
	if err != nil {
		return connector.Page{}, err
	}
	p, err := d.page(ctx, k, request{since: q.Since, cursor: q.Cursor, limit: q.Limit})
	if err != nil {
		return connector.Page{}, err
	}
	if _, single := k.endpoints[get]; !single {
		d.noteWalk(k, q.Cursor, p.Records)
	}
	if !q.Since.IsZero() && !k.Updated {
		kept := make([]record.Record, 0, len(p.Records))
		for _, r := range p.Records {
			if r.Changed.IsZero() || !r.Changed.Before(q.Since.Truncate(d.profile.Time.Precision)) {
				kept = append(kept, r)
			}
		}
		p.Records = kept
	}
	return p, nil
}

// page makes one call of a list.
func (d *Driver) page(ctx context.Context, k *Kind, q request) (connector.Page, error) {
	a, err := d.call(ctx, k, list, transport.Request{Query: d.query(k, q)})
	if err != nil {
		return connector.Page{}, err
	}
	rows, bad, err := d.rows(k, list, a.Body)
	if err != nil {
		return connector.Page{}, err
	}
	p := connector.Page{Records: rows, Complete: bad == 0, ServerTime: serverTime(a.Header)}
	if path := d.profile.Answer.Total; path != "" {
		p.Total = numberAt(a.Body, path)
	}
	p.Next = d.next(q, a.Body, len(rows)+bad, p.Total)
	if p.Next != "" && p.Next == q.cursor {
		p.Next, p.Complete = "", false // the list turns in a circle: what is behind it was not seen
	}
	return p, nil
}

// query is the parameters of a page. A cursor that carries size and filters comes alone.
func (d *Driver) query(k *Kind, q request) url.Values {
	out := url.Values{}
	g := d.profile.Paging
	if q.cursor != "" {
		out.Set(g.Param, q.cursor)
		if !g.RepeatFilters {
			return out
		}
	} else if g.Style == ByOffset || g.Style == ByPage {
		out.Set(g.Param, strconv.Itoa(g.First))
	}
	if g.SizeParam != "" {
		out.Set(g.SizeParam, strconv.Itoa(d.size(q)))
	}
	if !q.since.IsZero() && k.Updated {
		out.Set(d.profile.Changes.Param, d.written(d.sinceSafely(q.since)))
	}
	for name, values := range q.filters {
		out[name] = values
	}
	return out
}

func (d *Driver) size(q request) int {
	if g := d.profile.Paging; q.limit <= 0 || q.limit > g.Size {
		return g.Size
	}
	return q.limit
}

// sinceSafely moves a bound back where clocks were turned back after it: walls then show earlier times for later changes,
// and the account compares walls.
func (d *Driver) sinceSafely(t time.Time) time.Time {
	offset := func(at time.Time) time.Duration {
		_, s := at.In(d.profile.Time.Zone).Zone()
		return time.Duration(s) * time.Second
	}
	later := min(offset(t.Add(time.Hour)), offset(d.o.Now()))
	if back := offset(t) - later; back > 0 {
		return t.Add(-back)
	}
	return t
}

// next is the cursor of the next page, "" at the end. An empty page is the end whatever else it says.
func (d *Driver) next(q request, body []byte, rows, total int) string {
	if rows == 0 {
		return ""
	}
	g := d.profile.Paging
	switch g.Style {
	case ByCursor:
		raw, ok := inside(body, g.Next)
		if !ok {
			return ""
		}
		o, err := parseObject([]byte(`{"next":` + string(raw) + `}`))
		if err != nil {
			return ""
		}
		return o.text("next")
	case ByOffset, ByPage:
		at := g.First
		if q.cursor != "" {
			at, _ = strconv.Atoi(q.cursor)
		}
		seen, step := at-g.First+rows, rows
		if g.Style == ByPage {
			seen, step = (at-g.First)*d.size(q)+rows, 1
		}
		if total > 0 && seen >= total || total == 0 && g.SizeParam != "" && rows < d.size(q) {
			return ""
		}
		return strconv.Itoa(at + step)
	}
	return ""
}

func numberAt(body []byte, path string) int {
	raw, ok := inside(body, path)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func serverTime(h http.Header) time.Time {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
