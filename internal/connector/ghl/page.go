package ghl

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

const (
	searchRowsMost = 500    // pageLimit
	pagedMost      = 10_000 // page × pageLimit; beyond it only searchAfter works
)

// errNoRows: an answer of success without its list proves nothing, least of all that there is nothing.
var errNoRows = errors.New("the answer has no list in it")

// pageContacts lists contacts by search, oldest change first, so that a row that changes during the walk is met again at
// its end. The index lags by seconds: the caller's watermark overlaps.
func (d *Driver) pageContacts(ctx context.Context, q connector.Query) (connector.Page, error) {
	if err := d.learnIfUsed(ctx); err != nil {
		return connector.Page{}, err
	}
	o := op(operation.ContactSearch)
	limit := searchRowsMost
	if q.Limit > 0 {
		limit = min(q.Limit, searchRowsMost)
	}
	body := map[string]any{
		"locationId": d.o.LocationID, "pageLimit": limit, "sort": []map[string]string{{"field": "dateUpdated", "direction": "asc"}},
	}
	if !q.Since.IsZero() {
		body["filters"] = []map[string]any{{
			"field": "dateUpdated", "operator": "range", "value": map[string]string{"gte": q.Since.UTC().Format("2006-01-02T15:04:05.000Z")},
		}}
	}
	page := 1
	if strings.HasPrefix(q.Cursor, "[") {
		body["searchAfter"] = json.RawMessage(q.Cursor) // never together with page
	} else {
		if q.Cursor != "" {
			n, err := strconv.Atoi(q.Cursor)
			if err != nil || n < 1 {
				return connector.Page{}, refuse(o, "cursor", "it is none of this list's", "")
			}
			page = n
		}
		body["page"] = page
	}
	var in struct {
		Contacts *[]json.RawMessage `json:"contacts"`
		Total    loose              `json:"total"`
	}
	a, err := d.call(ctx, o, transport.Request{Body: body}, &in)
	if err != nil {
		return connector.Page{}, err
	}
	if in.Contacts == nil {
		return connector.Page{}, garbled(o, connector.Transient, errNoRows)
	}
	out := connector.Page{Complete: true, ServerTime: a.Time(), Records: make([]record.Record, 0, len(*in.Contacts))}
	out.Total, _ = strconv.Atoi(string(in.Total))
	var after json.RawMessage
	for _, raw := range *in.Contacts {
		r, behind, ok := d.decodeSearchRow(raw)
		if !ok {
			out.Complete = false
			continue
		}
		out.Records = append(out.Records, r)
		after = behind
	}
	if len(*in.Contacts) < limit {
		return out, nil
	}
	switch {
	case len(after) > 2 && after[0] == '[' && string(after) != q.Cursor:
		out.Next = string(after)
	case (page+1)*limit <= pagedMost:
		out.Next = strconv.Itoa(page + 1)
	default:
		out.Complete = false // the rest cannot be reached
	}
	return out, nil
}
