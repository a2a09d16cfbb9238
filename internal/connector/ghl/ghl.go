// Package ghl speaks to one GoHighLevel location. It does I/O only and decides nothing. Contacts are read one by one for
// merging, and listed by search for finding changes; each of the four shapes in which the system shows a contact has a
// decoder of its own. Upsert is not in the code: it swaps primary e-mails and picks one of two people silently.
package ghl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"tandem/internal/budget"
	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

// Options of a Driver.
type Options struct {
	Pair       string
	BaseURL    string
	LocationID string
	// Token gives the access token for a call.
	Token func(ctx context.Context) (string, error)
	// ClientID is that of our own app, "" with a private integration token: it proves which contacts we made.
	ClientID string
	Webhooks bool // events come for this location
	// CustomFields says that some row or rule uses custom fields, so that their names have to be learned.
	CustomFields bool
	Budget       *budget.Budget
	Base         http.RoundTripper
	Observe      func(transport.Call)
	Now          func() time.Time
}

// Driver implements connector.Driver for one location.
type Driver struct {
	o      Options
	client *transport.Client

	mu      sync.RWMutex      // guards what is below
	keyOf   map[string]string // custom field id -> key without `contact.`
	idOf    map[string]string
	learned time.Time
}

// learnEvery is how often the list of custom fields is read again: it has no change time of its own.
const learnEvery = 6 * time.Hour

// New builds a Driver; it makes no call.
func New(o Options) (*Driver, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Driver{o: o}
	client, err := transport.New(transport.Options{
		Side: record.GHL, Pair: o.Pair, BaseURL: o.BaseURL, Budget: o.Budget, Base: o.Base, Observe: o.Observe, Now: o.Now, Classify: classify,
		Authorize: func(r *http.Request) error {
			token, err := o.Token(r.Context())
			if err == nil {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			return err
		},
	})
	d.client = client
	return d, err
}

// Side is record.GHL.
func (d *Driver) Side() record.Side { return record.GHL }

// Can is what locations offer.
func (d *Driver) Can() connector.Capabilities {
	fields := map[string]connector.Field{}
	for name, typ := range contactFields {
		fields[name] = connector.Field{Writable: true, Type: typ}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for key := range d.idOf {
		fields[customPrefix+key] = connector.Field{Writable: true, Type: "text"}
	}
	return connector.Capabilities{
		Kinds: map[record.Kind]connector.KindCan{
			record.Contact: {Ability: connector.Writable, Fields: fields},
			record.Company: {Ability: connector.ReadOnly, Reason: "businesses are read only in this version"},
			record.User:    {Ability: connector.ReadOnly, Reason: "people are managed in GHL"},
		},
		Webhooks: d.o.Webhooks, ChangedSince: true, PrecisionOfChanged: time.Millisecond, TagVerbs: true,
	}
}

// Get reads one contact or business.
func (d *Driver) Get(ctx context.Context, ref record.Ref) (record.Record, error) {
	switch ref.Kind {
	case record.Contact:
		if err := d.learn(ctx); err != nil {
			return record.Record{}, err
		}
		a, err := d.client.Do(ctx, op(operation.ContactGet), transport.Request{PathParams: map[string]string{"contactId": ref.ID}})
		if err != nil {
			return record.Record{}, err
		}
		return d.single(op(operation.ContactGet), a.Body)
	case record.Company:
		a, err := d.client.Do(ctx, op(operation.BusinessGet), transport.Request{PathParams: map[string]string{"businessId": ref.ID}})
		if err != nil {
			return record.Record{}, err
		}
		return business(a.Body)
	}
	return record.Record{}, absent(ref.Kind)
}

func absent(k record.Kind) error {
	return &connector.Error{Class: connector.Absent, Op: "ghl " + string(k), Err: fmt.Errorf("%ss are not synced with GHL in this version", k)}
}

// Find looks a contact up by e-mail or phone. The location's own duplicate search answers at once, unlike its index.
func (d *Driver) Find(ctx context.Context, l connector.Lookup) ([]record.Record, error) {
	q := url.Values{"locationId": {d.o.LocationID}}
	switch {
	case l.Kind != record.Contact:
		return nil, absent(l.Kind)
	case l.Email != "":
		q.Set("email", l.Email)
	case l.Phone != "":
		q.Set("number", l.Phone)
	default:
		return nil, nil
	}
	a, err := d.client.Do(ctx, op(operation.ContactDuplicate), transport.Request{Query: q})
	if err != nil {
		if connector.ClassOf(err) == connector.Gone {
			return nil, nil
		}
		return nil, err
	}
	var in struct {
		Contact json.RawMessage `json:"contact"`
	}
	if err := json.Unmarshal(a.Body, &in); err != nil {
		return nil, garbled(op(operation.ContactDuplicate), err)
	}
	if len(in.Contact) == 0 || string(in.Contact) == "null" {
		return nil, nil
	}
	r, err := d.decodeSingle(in.Contact)
	if err != nil {
		return nil, garbled(op(operation.ContactDuplicate), err)
	}
	return []record.Record{r}, nil
}

// Write creates, updates or deletes one contact, or adds or removes tags of it.
func (d *Driver) Write(ctx context.Context, w connector.Write) (record.Record, error) {
	if w.Ref.Kind != record.Contact {
		return record.Record{}, absent(w.Ref.Kind)
	}
	path := map[string]string{"contactId": w.Ref.ID}
	switch w.Verb {
	case connector.Create:
		body, err := d.body(w.Fields, true)
		if err != nil {
			return record.Record{}, err
		}
		body["locationId"] = d.o.LocationID
		a, err := d.client.Do(ctx, op(operation.ContactCreate), transport.Request{Body: body})
		if err != nil {
			return record.Record{}, mayHaveMade(err)
		}
		r, err := d.single(op(operation.ContactCreate), a.Body)
		if err != nil || r.Ref.ID == "" {
			return r, &connector.Error{Class: connector.Ambiguous, Op: "ghl contacts.create", Err: errors.Join(err, errors.New("the answer names no contact"))}
		}
		return r, nil
	case connector.Update:
		body, err := d.body(w.Fields, false)
		if err != nil {
			return record.Record{}, err
		}
		a, err := d.client.Do(ctx, op(operation.ContactUpdate), transport.Request{PathParams: path, Body: body})
		if err != nil {
			return record.Record{}, err
		}
		return d.updated(w, a.Body)
	case connector.Delete:
		_, err := d.client.Do(ctx, op(operation.ContactDelete), transport.Request{PathParams: path})
		return record.Record{Ref: w.Ref}, err
	case connector.AddTags, connector.RemoveTags:
		call := op(operation.ContactTagsAdd)
		if w.Verb == connector.RemoveTags {
			call = op(operation.ContactTagsDrop)
		}
		a, err := d.client.Do(ctx, call, transport.Request{PathParams: path, Body: map[string]any{"tags": w.Fields["tags"].Items()}})
		if err != nil {
			return record.Record{}, err
		}
		var in struct {
			Tags []string `json:"tags"`
		}
		if err := json.Unmarshal(a.Body, &in); err != nil {
			return record.Record{}, garbled(call, err)
		}
		return record.Record{Ref: w.Ref, Fields: map[string]record.Value{"tags": record.Set(in.Tags...)}}, nil
	}
	return record.Record{}, &connector.Error{Class: connector.Invalid, Op: "ghl contacts", Err: fmt.Errorf("unknown verb %q", w.Verb)}
}

// mayHaveMade marks a refused create that may exist all the same. Source: vendor tracker, issue 64 (422 on create).
func mayHaveMade(err error) error {
	if e, ok := connector.AsError(err); ok && e.Status == http.StatusUnprocessableEntity {
		e.Maybe = true
	}
	return err
}

// updated is what the answer of an update shows. A written field that the answer's contact lacks is empty there; without
// a contact in it the answer only says yes.
func (d *Driver) updated(w connector.Write, body []byte) (record.Record, error) {
	var in struct {
		Contact json.RawMessage `json:"contact"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return record.Record{}, garbled(op(operation.ContactUpdate), err)
	}
	out := record.Record{Ref: w.Ref, Fields: map[string]record.Value{}}
	if len(in.Contact) > 2 {
		r, err := d.decodeSingle(in.Contact)
		if err != nil {
			return out, garbled(op(operation.ContactUpdate), err)
		}
		out.Changed, out.Created = r.Changed, r.Created
		for f, v := range r.Fields {
			out.Fields[f] = v
		}
		for f := range w.Fields {
			out.Fields[f] = r.Fields[f]
		}
		return out, nil
	}
	for f, v := range w.Fields {
		out.Fields[f] = v
	}
	return out, nil
}

// EventTypesOf are the webhooks that a write of ours can cause.
func (d *Driver) EventTypesOf(w connector.Write) []string {
	if w.Ref.Kind != record.Contact {
		return nil
	}
	_, tags := w.Fields["tags"]
	switch w.Verb {
	case connector.Create:
		if tags {
			return []string{"ContactCreate", "ContactUpdate", "ContactTagUpdate"}
		}
		return []string{"ContactCreate", "ContactUpdate"}
	case connector.Update:
		if tags {
			return []string{"ContactUpdate", "ContactTagUpdate"}
		}
		return []string{"ContactUpdate"}
	case connector.AddTags, connector.RemoveTags:
		return []string{"ContactTagUpdate", "ContactUpdate"}
	case connector.Delete:
		return []string{"ContactDelete"}
	}
	return nil
}

// op finds an operation that the generated table surely has; a test holds that.
func op(id string) operation.Operation {
	o, _ := operation.Get(id)
	return o
}

func garbled(op operation.Operation, err error) error {
	return &connector.Error{Class: connector.Transient, Op: strings.Replace(op.ID, ".", " ", 1), Err: fmt.Errorf("an answer that cannot be read: %w", err)}
}
