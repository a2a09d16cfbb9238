// Package ghl speaks to one GoHighLevel location: contacts with their tags and custom fields, businesses, users and the
// location's settings. It does I/O only and decides nothing.
//
// Contacts come in four shapes that differ in names, letter case and formats, so each shape has a decoder of its own, and
// only the single read yields values that may be merged. Upsert is not in the code: it swaps primary e-mail addresses
// and picks one of two people silently. Tags are only ever added and removed by element, since an update replaces the
// set. Do-not-disturb is never lifted. Facts and their sources: facts-ghl.md; the wire: the vendor's OpenAPI files.
package ghl

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
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
	// Token gives the access token for a call: a private integration token, or whatever grant there is.
	Token func(ctx context.Context) (string, error)
	// Refresh renews the token after it was refused, once a call; nil: it cannot be renewed.
	Refresh  func(ctx context.Context) error
	Webhooks bool // events come for this location
	// CustomFields says that some row or rule uses custom fields, so that their names have to be learned before a read.
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
	custom customFields
	can    atomic.Pointer[connector.Capabilities]
	agency atomic.Pointer[string] // the company's id, which the user search asks for; nil until the location was read
}

var _ connector.Driver = (*Driver)(nil)

// New builds a Driver; it makes no call.
func New(o Options) (*Driver, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Driver{o: o, custom: customFields{learning: make(chan struct{}, 1)}}
	d.describeFields(nil)
	var err error
	d.client, err = transport.New(transport.Options{
		Side: record.GHL, Pair: o.Pair, BaseURL: o.BaseURL, Budget: o.Budget, Base: o.Base, Observe: o.Observe, Now: o.Now,
		Classify: classify, Refresh: o.Refresh,
		Authorize: func(r *http.Request) error {
			token, err := o.Token(r.Context())
			if err == nil {
				r.Header["Authorization"] = []string{"Bearer " + token}
			}
			return err
		},
	})
	return d, err
}

// Side is record.GHL.
func (d *Driver) Side() record.Side { return record.GHL }

// Get reads one contact, business or user.
func (d *Driver) Get(ctx context.Context, ref record.Ref) (record.Record, error) {
	switch ref.Kind {
	case record.Contact:
		return d.getContact(ctx, ref.ID)
	case record.Company:
		return d.getBusiness(ctx, ref.ID)
	case record.User:
		return d.getUser(ctx, ref.ID)
	}
	return record.Record{}, absent(ref.Kind)
}

// Page lists contacts by search, oldest change first; or businesses, or users.
func (d *Driver) Page(ctx context.Context, q connector.Query) (connector.Page, error) {
	switch q.Kind {
	case record.Contact:
		return d.pageContacts(ctx, q)
	case record.Company:
		return d.pageBusinesses(ctx, q)
	case record.User:
		return d.pageUsers(ctx)
	}
	return connector.Page{}, absent(q.Kind)
}

// Find looks a contact up by e-mail or phone.
func (d *Driver) Find(ctx context.Context, l connector.Lookup) ([]record.Record, error) {
	if l.Kind != record.Contact {
		return nil, absent(l.Kind)
	}
	return d.findContact(ctx, l)
}

// Write changes one contact or business.
func (d *Driver) Write(ctx context.Context, w connector.Write) (record.Record, error) {
	switch w.Ref.Kind {
	case record.Contact:
		return d.writeContact(ctx, w)
	case record.Company:
		return d.writeBusiness(ctx, w)
	}
	return record.Record{}, absent(w.Ref.Kind)
}

// op finds an operation that the generated table surely has; a test holds that.
func op(id string) operation.Operation {
	o, _ := operation.Get(id)
	return o
}

// call makes one call and decodes its answer into v.
func (d *Driver) call(ctx context.Context, o operation.Operation, r transport.Request, v any) (transport.Answer, error) {
	a, err := d.client.Do(ctx, o, r)
	if err != nil {
		return a, err
	}
	return a, a.Decode(v)
}

func absent(k record.Kind) error {
	return &connector.Error{Class: connector.Absent, Op: "ghl " + string(k), Err: fmt.Errorf("%ss are not offered by this connector", k)}
}

func refuse(o operation.Operation, field, what, mend string) error {
	return &connector.Error{Class: connector.Invalid, Op: "ghl " + o.Name(), Field: field, Mend: mend, Err: fmt.Errorf("%s: %s", field, what)}
}
