package commonsku

import (
	"context"
	"errors"
	"fmt"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/record"
)

// Write creates, updates or deletes one record. An update sends the given fields only; parts of one object (an address)
// must come together, since an account may replace the object: Capabilities name them by Field.Group.
//
// A create that answers with a record that existed before is no error: Record.Created tells.
func (d *Driver) Write(ctx context.Context, w connector.Write) (record.Record, error) {
	k, err := d.kind(w.Ref.Kind)
	if err != nil {
		return record.Record{}, err
	}
	switch w.Verb {
	case connector.Create:
		return d.create(ctx, k, w)
	case connector.Update:
		return d.update(ctx, k, w)
	case connector.Delete:
		_, err := d.call(ctx, k, remove, transport.Request{PathParams: map[string]string{"id": w.Ref.ID}})
		return record.Record{Ref: w.Ref}, err
	}
	return record.Record{}, absent(k, verb(w.Verb), "tags are written with the record")
}

func (d *Driver) create(ctx context.Context, k *Kind, w connector.Write) (record.Record, error) {
	body, err := d.body(k, w)
	if err != nil {
		return record.Record{}, err
	}
	a, err := d.call(ctx, k, create, transport.Request{Body: body})
	if err != nil {
		return record.Record{}, err
	}
	r, err := d.single(k, create, a.Body, true)
	if err != nil {
		// It says yes without saying to what: only looking can tell the id.
		return record.Record{}, &connector.Error{Class: connector.Ambiguous, Op: opName(k, create), Status: a.Status,
			Err: fmt.Errorf("the answer names no record: %w", err)}
	}
	return r, nil
}

func (d *Driver) update(ctx context.Context, k *Kind, w connector.Write) (record.Record, error) {
	if w.Ref.ID == "" {
		return record.Record{}, invalid(k, w.Verb, "", "an update needs an id")
	}
	body, err := d.body(k, w)
	if err != nil {
		return record.Record{}, err
	}
	a, err := d.call(ctx, k, update, transport.Request{PathParams: map[string]string{"id": w.Ref.ID}, Body: body})
	if err != nil {
		return record.Record{}, err
	}
	if _, shows := inside(a.Body, firstOf(k.Single, d.profile.Answer.Single)); !shows {
		// It only says yes, so what was sent is the best that is known until the next read.
		r := record.Record{Ref: w.Ref, Parent: w.Parent, Fields: map[string]record.Value{}}
		for f, v := range w.Fields {
			r.Fields[f] = v
		}
		return r, nil
	}
	r, err := d.single(k, update, a.Body, true)
	if err == nil && r.Ref.ID != w.Ref.ID {
		err = garbled(k, update, errors.New("the answer is about another record"))
	}
	return r, err
}
