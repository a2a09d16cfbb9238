package ghl

import (
	"context"
	"net/http"
	"net/url"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

func (d *Driver) getContact(ctx context.Context, id string) (record.Record, error) {
	if err := d.learnIfUsed(ctx); err != nil {
		return record.Record{}, err
	}
	var in singleEnvelope
	a, err := d.call(ctx, op(operation.ContactGet), transport.Request{PathParams: map[string]string{"contactId": id}}, &in)
	if err != nil {
		return record.Record{}, err
	}
	r, err := d.decodeSingle(in, a.ReceivedAt)
	if err != nil {
		return r, garbled(op(operation.ContactGet), connector.Transient, err)
	}
	return r, nil
}

// findContact asks the location's own search for duplicates, which answers at once where the index lags by seconds. It
// shows one contact at most, also where several share the value.
func (d *Driver) findContact(ctx context.Context, l connector.Lookup) ([]record.Record, error) {
	q := url.Values{"locationId": {d.o.LocationID}}
	switch {
	case l.Email != "":
		q.Set("email", l.Email)
	case l.Phone != "":
		q.Set("number", l.Phone)
	default:
		return nil, refuse(op(operation.ContactDuplicate), "lookup", "contacts are found by e-mail or phone", "")
	}
	if err := d.learnIfUsed(ctx); err != nil {
		return nil, err
	}
	var in singleEnvelope
	a, err := d.call(ctx, op(operation.ContactDuplicate), transport.Request{Query: q}, &in)
	if err != nil || in.Contact == nil || in.Contact.ID == "" {
		return nil, err
	}
	r, err := d.decodeSingle(in, a.ReceivedAt)
	return []record.Record{r}, err
}

func (d *Driver) writeContact(ctx context.Context, w connector.Write) (record.Record, error) {
	switch w.Verb {
	case connector.Create:
		return d.createContact(ctx, w)
	case connector.Update:
		return d.updateContact(ctx, w)
	case connector.Delete:
		_, err := d.client.Do(ctx, op(operation.ContactDelete), transport.Request{PathParams: map[string]string{"contactId": w.Ref.ID}})
		return record.Record{Ref: w.Ref}, err
	case connector.AddTags:
		return d.changeTags(ctx, op(operation.ContactTagsAdd), w)
	case connector.RemoveTags:
		return d.changeTags(ctx, op(operation.ContactTagsDrop), w)
	}
	return record.Record{}, absent(w.Ref.Kind)
}

// createContact makes a contact. GHL adds country US where none is sent, and type lead: the answer shows both.
func (d *Driver) createContact(ctx context.Context, w connector.Write) (record.Record, error) {
	o := op(operation.ContactCreate)
	body, err := d.contactBody(ctx, o, w)
	if err != nil {
		return record.Record{}, err
	}
	body["locationId"] = d.o.LocationID
	var in singleEnvelope
	a, err := d.call(ctx, o, transport.Request{Body: body}, &in)
	if err != nil {
		// The vendor's tracker (64) has creates that were refused with 422 and done all the same.
		if e, ok := connector.AsError(err); ok && e.Status == http.StatusUnprocessableEntity {
			e.Maybe = true
		}
		return record.Record{}, err
	}
	r, err := d.decodeSingle(in, a.ReceivedAt)
	if err != nil {
		return r, garbled(o, connector.Ambiguous, err) // it said yes, and not to what
	}
	return r, nil
}

// updateContact sends only the changed fields; the others stay. The answer's contact is the read-back: a written field
// that it lacks is empty there.
func (d *Driver) updateContact(ctx context.Context, w connector.Write) (record.Record, error) {
	o := op(operation.ContactUpdate)
	body, err := d.contactBody(ctx, o, w)
	if err != nil {
		return record.Record{}, err
	}
	var in singleEnvelope
	a, err := d.call(ctx, o, transport.Request{PathParams: map[string]string{"contactId": w.Ref.ID}, Body: body}, &in)
	if err != nil {
		return record.Record{}, err
	}
	r, err := d.decodeSingle(in, a.ReceivedAt)
	if err != nil || r.Ref.ID != w.Ref.ID {
		// It said yes without showing what it holds now. Only a read tells.
		if r, err = d.getContact(ctx, w.Ref.ID); err != nil {
			return r, err
		}
	}
	for f := range w.Fields {
		if _, shown := r.Fields[f]; !shown {
			r.Fields[f] = record.Value{}
		}
	}
	return r, nil
}

// changeTags adds or removes elements; the answer is the whole set, a read-back at no call. GHL lower-cases tags.
func (d *Driver) changeTags(ctx context.Context, o operation.Operation, w connector.Write) (record.Record, error) {
	items := w.Fields["tags"].Items()
	if len(items) == 0 {
		return record.Record{}, refuse(o, "tags", "no tag to add or remove", "")
	}
	var in struct {
		Tags *labels `json:"tags"`
	}
	_, err := d.call(ctx, o, transport.Request{
		PathParams: map[string]string{"contactId": w.Ref.ID}, Body: map[string]any{"tags": items},
	}, &in)
	if err != nil {
		return record.Record{}, err
	}
	if in.Tags == nil {
		r, err := d.getContact(ctx, w.Ref.ID)
		return record.Record{Ref: w.Ref, Fields: map[string]record.Value{"tags": r.Get("tags")}}, err
	}
	return record.Record{Ref: w.Ref, Fields: map[string]record.Value{"tags": record.Set(*in.Tags...)}}, nil
}

func garbled(o operation.Operation, class connector.Class, err error) error {
	return &connector.Error{Class: class, Op: "ghl " + o.Name(), Err: err}
}
