package ghl

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

const (
	searchRows   = 100 // rows a page; the vendor allows 500
	businessRows = 100
	userRows     = 25
	pagedMost    = 10_000 // page × pageLimit; beyond it only searchAfter works
)

// Page lists contacts changed since q.Since by search, oldest change first; or businesses.
func (d *Driver) Page(ctx context.Context, q connector.Query) (connector.Page, error) {
	switch q.Kind {
	case record.Contact:
		return d.searchPage(ctx, q)
	case record.Company:
		return d.businessPage(ctx, q)
	}
	return connector.Page{}, absent(q.Kind)
}

func (d *Driver) searchPage(ctx context.Context, q connector.Query) (connector.Page, error) {
	if err := d.learn(ctx); err != nil {
		return connector.Page{}, err
	}
	limit := searchRows
	if q.Limit > 0 {
		limit = min(q.Limit, 500)
	}
	body := map[string]any{
		"locationId": d.o.LocationID, "pageLimit": limit,
		"sort": []map[string]string{{"field": "dateUpdated", "direction": "asc"}},
	}
	if !q.Since.IsZero() {
		body["filters"] = []map[string]any{{"field": "dateUpdated", "operator": "range", "value": map[string]any{"gte": q.Since.UTC().Format("2006-01-02T15:04:05.000Z")}}}
	}
	page := 1
	switch {
	case strings.HasPrefix(q.Cursor, "["):
		body["searchAfter"] = json.RawMessage(q.Cursor)
	case q.Cursor != "":
		page, _ = strconv.Atoi(q.Cursor)
		body["page"] = page
	default:
		body["page"] = 1
	}
	a, err := d.client.Do(ctx, op(operation.ContactSearch), transport.Request{Body: body})
	if err != nil {
		return connector.Page{}, err
	}
	var in struct {
		Contacts []json.RawMessage `json:"contacts"`
		Total    int               `json:"total"`
	}
	if err := json.Unmarshal(a.Body, &in); err != nil {
		return connector.Page{}, garbled(op(operation.ContactSearch), err)
	}
	out := connector.Page{Complete: true, Total: in.Total, ServerTime: a.ServerTime()}
	var after json.RawMessage
	for _, raw := range in.Contacts {
		r, err := d.decodeSearchRow(raw)
		if err != nil {
			out.Complete = false
			continue
		}
		out.Records = append(out.Records, r)
		var row struct {
			SearchAfter json.RawMessage `json:"searchAfter"`
		}
		if json.Unmarshal(raw, &row) == nil {
			after = row.SearchAfter
		}
	}
	if len(in.Contacts) < limit {
		return out, nil
	}
	switch {
	case len(after) > 2 && after[0] == '[':
		out.Next = string(after)
	case (page+1)*limit <= pagedMost:
		out.Next = strconv.Itoa(page + 1)
	default:
		out.Complete = false // the rest cannot be reached
	}
	return out, nil
}

func (d *Driver) businessPage(ctx context.Context, q connector.Query) (connector.Page, error) {
	skip, _ := strconv.Atoi(q.Cursor)
	a, err := d.client.Do(ctx, op(operation.BusinessList), transport.Request{Query: url.Values{
		"locationId": {d.o.LocationID}, "limit": {strconv.Itoa(businessRows)}, "skip": {strconv.Itoa(skip)},
	}})
	if err != nil {
		return connector.Page{}, err
	}
	var in struct {
		Businesses []contact `json:"businesses"`
	}
	if err := json.Unmarshal(a.Body, &in); err != nil {
		return connector.Page{}, garbled(op(operation.BusinessList), err)
	}
	out := connector.Page{Complete: true, ServerTime: a.ServerTime()}
	for _, c := range in.Businesses {
		r := businessRow(c)
		if r.Ref.ID == "" {
			out.Complete = false
			continue
		}
		if q.Since.IsZero() || r.Changed.IsZero() || !r.Changed.Before(q.Since) {
			out.Records = append(out.Records, r)
		}
	}
	if len(in.Businesses) == businessRows {
		out.Next = strconv.Itoa(skip + businessRows)
	}
	return out, nil
}

// Describe reads the location and who works in it.
func (d *Driver) Describe(ctx context.Context) (connector.Account, error) {
	a, err := d.client.Do(ctx, op(operation.LocationGet), transport.Request{PathParams: map[string]string{"locationId": d.o.LocationID}})
	if err != nil {
		return connector.Account{}, err
	}
	var in struct {
		Location struct {
			ID, Name, Country, Timezone, CompanyID string
			Settings                               struct {
				AllowDuplicateContact bool `json:"allowDuplicateContact"`
			} `json:"settings"`
		} `json:"location"`
	}
	if err := json.Unmarshal(a.Body, &in); err != nil {
		return connector.Account{}, garbled(op(operation.LocationGet), err)
	}
	l := in.Location
	acc := connector.Account{ID: l.ID, Name: l.Name, Country: record.Country(l.Country), Zone: l.Timezone, DuplicatesAllowed: l.Settings.AllowDuplicateContact}
	users, err := d.users(ctx, l.CompanyID)
	if err != nil && connector.ClassOf(err) != connector.Forbidden && connector.ClassOf(err) != connector.Absent && connector.ClassOf(err) != connector.Gone {
		return acc, err
	}
	acc.Users = users
	return acc, nil
}

// users lists who works in the location. The newer search needs the company's id and was seen to answer nothing with a
// location's token: then the older list is asked.
func (d *Driver) users(ctx context.Context, companyID string) ([]connector.User, error) {
	var out []connector.User
	if companyID != "" {
		for skip := 0; ; skip += userRows {
			rows, err := d.userPage(ctx, op(operation.UserSearch), url.Values{"companyId": {companyID}, "locationId": {d.o.LocationID}, "limit": {strconv.Itoa(userRows)}, "skip": {strconv.Itoa(skip)}})
			if err != nil {
				if len(out) == 0 {
					break
				}
				return out, err
			}
			out = append(out, rows...)
			if len(rows) < userRows {
				break
			}
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	return d.userPage(ctx, op(operation.UserList), url.Values{"locationId": {d.o.LocationID}})
}

func (d *Driver) userPage(ctx context.Context, op operation.Operation, q url.Values) ([]connector.User, error) {
	a, err := d.client.Do(ctx, op, transport.Request{Query: q})
	if err != nil {
		return nil, err
	}
	var in struct {
		Users []contact `json:"users"`
	}
	if err := json.Unmarshal(a.Body, &in); err != nil {
		return nil, garbled(op, err)
	}
	var out []connector.User
	for _, u := range in.Users {
		out = append(out, connector.User{ID: u.text("id"), Email: u.text("email"), FirstName: u.text("firstName"), LastName: u.text("lastName"), Active: u.text("deleted") != "true"})
	}
	return out, nil
}

// learn reads the location's custom fields, where something uses them, every few hours.
func (d *Driver) learn(ctx context.Context) error {
	if !d.o.CustomFields {
		return nil
	}
	d.mu.RLock()
	fresh := d.o.Now().Sub(d.learned) < learnEvery
	d.mu.RUnlock()
	if fresh {
		return nil
	}
	a, err := d.client.Do(ctx, op(operation.LocationCustomFields), transport.Request{PathParams: map[string]string{"locationId": d.o.LocationID}, Query: url.Values{"model": {"contact"}}})
	if err != nil {
		return err
	}
	var in struct {
		CustomFields []contact `json:"customFields"`
	}
	if err := json.Unmarshal(a.Body, &in); err != nil {
		return garbled(op(operation.LocationCustomFields), err)
	}
	keyOf, idOf := map[string]string{}, map[string]string{}
	for _, f := range in.CustomFields {
		id, key := f.text("id"), strings.TrimPrefix(f.text("fieldKey"), "contact.")
		if id != "" && key != "" && f.text("documentType") != "folder" {
			keyOf[id], idOf[key] = key, id
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keyOf, d.idOf, d.learned = keyOf, idOf, d.o.Now()
	return nil
}

var _ connector.Driver = (*Driver)(nil)
