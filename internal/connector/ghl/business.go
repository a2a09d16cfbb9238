package ghl

import (
	"context"
	"net/url"
	"strconv"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

const businessRows = 100

// businessFields are all fields of a business; a contact's companyName is free text and independent of it.
// Source: the vendor's file; facts-ghl.md "Businesses".
var businessFields = [...]string{"name", "phone", "email", "website", "address", "city", "state", "postalCode", "country", "description"}

type businessJSON struct {
	ID          loose `json:"id"`
	Name        loose `json:"name"`
	Phone       loose `json:"phone"`
	Email       loose `json:"email"`
	Website     loose `json:"website"`
	Address     loose `json:"address"`
	City        loose `json:"city"`
	State       loose `json:"state"`
	PostalCode  loose `json:"postalCode"`
	Country     loose `json:"country"`
	Description loose `json:"description"`
	CreatedAt   loose `json:"createdAt"`
	UpdatedAt   loose `json:"updatedAt"`
}

// businessEnvelope: answers to writes misspell it. Source: the vendor's file.
type businessEnvelope struct {
	Business  *businessJSON `json:"business"`
	Buiseness *businessJSON `json:"buiseness"`
}

func (e businessEnvelope) record() (record.Record, bool) {
	b := e.Business
	if b == nil {
		b = e.Buiseness
	}
	if b == nil || b.ID == "" {
		return record.Record{}, false
	}
	return b.record(), true
}

func (b *businessJSON) record() record.Record {
	f := make(map[string]record.Value, len(businessFields))
	for i, v := range [...]loose{b.Name, b.Phone, b.Email, b.Website, b.Address, b.City, b.State, b.PostalCode, b.Country, b.Description} {
		if v != "" {
			f[businessFields[i]] = record.Text(string(v))
		}
	}
	return record.Record{
		Ref: record.Ref{Side: record.GHL, Kind: record.Company, ID: string(b.ID)}, Fields: f,
		Created: b.CreatedAt.instant(), Changed: b.UpdatedAt.instant(),
	}
}

func (d *Driver) getBusiness(ctx context.Context, id string) (record.Record, error) {
	o := op(operation.BusinessGet)
	var in businessEnvelope
	if _, err := d.call(ctx, o, transport.Request{PathParams: map[string]string{"businessId": id}}, &in); err != nil {
		return record.Record{}, err
	}
	r, ok := in.record()
	if !ok {
		return r, garbled(o, connector.Transient, errNoBusiness)
	}
	return r, nil
}

// pageBusinesses lists businesses. The list takes no "changed since", so rows are narrowed here.
func (d *Driver) pageBusinesses(ctx context.Context, q connector.Query) (connector.Page, error) {
	o := op(operation.BusinessList)
	skip, _ := strconv.Atoi(q.Cursor)
	var in struct {
		Businesses *[]businessJSON `json:"businesses"`
	}
	a, err := d.call(ctx, o, transport.Request{Query: url.Values{
		"locationId": {d.o.LocationID}, "limit": {strconv.Itoa(businessRows)}, "skip": {strconv.Itoa(skip)},
	}}, &in)
	if err != nil {
		return connector.Page{}, err
	}
	if in.Businesses == nil {
		return connector.Page{}, garbled(o, connector.Transient, errNoRows)
	}
	out := connector.Page{Complete: true, ServerTime: a.Time()}
	for _, b := range *in.Businesses {
		r := b.record()
		switch {
		case r.Ref.ID == "":
			out.Complete = false
		case q.Since.IsZero() || r.Changed.IsZero() || !r.Changed.Before(q.Since):
			out.Records = append(out.Records, r)
		}
	}
	if len(*in.Businesses) >= businessRows {
		out.Next = strconv.Itoa(skip + len(*in.Businesses))
	}
	return out, nil
}

func (d *Driver) writeBusiness(ctx context.Context, w connector.Write) (record.Record, error) {
	path := map[string]string{"businessId": w.Ref.ID}
	o := op(operation.BusinessUpdate)
	switch w.Verb {
	case connector.Create:
		o = op(operation.BusinessCreate)
	case connector.Update:
	case connector.Delete:
		_, err := d.client.Do(ctx, op(operation.BusinessDelete), transport.Request{PathParams: path})
		return record.Record{Ref: w.Ref}, err
	default:
		return record.Record{}, absent(w.Ref.Kind)
	}
	body := make(map[string]any, len(w.Fields)+1)
	for name, v := range w.Fields {
		if f := d.Can().Kinds[record.Company].Fields[name]; !f.Writable {
			return record.Record{}, refuse(o, name, "GHL takes no such field of a business", "")
		}
		if w.Verb == connector.Update || !v.IsEmpty() {
			body[name] = v.Text()
		}
	}
	if w.Verb == connector.Create {
		body["locationId"] = d.o.LocationID
	}
	var in businessEnvelope
	if _, err := d.call(ctx, o, transport.Request{PathParams: path, Body: body}, &in); err != nil {
		return record.Record{}, err
	}
	if r, ok := in.record(); ok {
		return r, nil
	}
	if w.Verb == connector.Create {
		return record.Record{}, garbled(o, connector.Ambiguous, errNoBusiness)
	}
	return d.getBusiness(ctx, w.Ref.ID)
}
