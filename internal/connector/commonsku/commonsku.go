// Package commonsku speaks to one commonsku account. What an account offers, and under which names, is not code but a
// Profile: paths, verbs, fields, list and page style, time format, what an error text means. So one generic driver does
// clients, contacts, users, notes, tasks and events, and an account that differs needs another file, not another build.
//
// The package does I/O only and decides nothing; it never repeats a create, never writes a field that the profile calls
// read-only (I11), and never takes the absence of a row for a delete. Almost everything beyond GET /clients is assumed
// (facts-commonsku.md): a kind or verb that does not answer is switched off with its reason instead of being retried.
package commonsku

import (
	"context"
	"net/http"
	"sync"
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
	Pair    string
	BaseURL string // prefix of all paths, the stage among it
	// Token gives the key for a call.
	Token   func(ctx context.Context) (string, error)
	Profile *Profile       // nil: the default profile
	Budget  *budget.Budget // nil: no quota
	Base    http.RoundTripper
	Observe func(transport.Call)
	Now     func() time.Time
}

// Driver implements connector.Driver for one account. Safe for concurrent use.
type Driver struct {
	o       Options
	profile *Profile
	client  *transport.Client
	can     atomic.Pointer[connector.Capabilities] // rebuilt when something is learned; handed out as it is

	mu      sync.Mutex // guards what is below
	off     map[offer]string
	proved  map[offer]bool // answered at least once
	learned map[fieldOf]map[string]bool
	walked  walk
}

// offer is one verb of one kind.
type offer struct {
	kind record.Kind
	verb verb
}

type fieldOf struct {
	kind record.Kind
	name string
}

// New builds a Driver; it makes no call.
func New(o Options) (*Driver, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Profile == nil {
		p, err := LoadProfile("default")
		if err != nil {
			return nil, err
		}
		o.Profile = p
	}
	d := &Driver{o: o, profile: o.Profile, off: map[offer]string{}, proved: map[offer]bool{}, learned: map[fieldOf]map[string]bool{}}
	d.refresh()
	if !o.Profile.calls() {
		return d, nil // nothing is ever sent, so there need not be an address
	}
	client, err := transport.New(transport.Options{
		Side: record.Commonsku, Pair: o.Pair, BaseURL: o.BaseURL, Budget: o.Budget, Base: o.Base, Observe: o.Observe, Now: o.Now,
		Authorize: d.authorize,
		Classify: func(op operation.Operation, status int, h http.Header, body []byte) *connector.Error {
			return classify(o.Profile, op, status, body)
		},
	})
	d.client = client
	return d, err
}

// Side is record.Commonsku.
func (d *Driver) Side() record.Side { return record.Commonsku }

// Profile is what the driver goes by. Do not modify.
func (d *Driver) Profile() *Profile { return d.profile }

func (d *Driver) authorize(r *http.Request) error {
	for name, value := range d.profile.Auth.Headers {
		r.Header.Set(name, value)
	}
	token, err := d.o.Token(r.Context())
	if err == nil {
		r.Header.Set(d.profile.Auth.Header, d.profile.Auth.Prefix+token)
	}
	return err
}

// call makes one call of a kind's verb, and switches the verb off where the account turns out not to have it. A verb that
// has answered before stays: then it is this one path that the gateway does not like.
func (d *Driver) call(ctx context.Context, k *Kind, v verb, r transport.Request) (transport.Answer, error) {
	ep, ok := k.endpoints[v]
	if reason := d.reasonOff(offer{k.Kind, v}); !ok || reason != "" {
		return transport.Answer{}, absent(k, v, reason)
	}
	if len(ep.query) > 0 {
		r.Query = ep.filled(r.PathParams["id"], r.Query)
	}
	a, err := d.client.Do(ctx, ep.op, r)
	switch class := connector.ClassOf(err); class {
	case "", connector.Gone, connector.Invalid, connector.Duplicate:
		d.prove(offer{k.Kind, v})
	case connector.Absent:
		d.switchOff(offer{k.Kind, v}, "the account answers that there is no "+ep.op.Method+" "+ep.op.Path)
	}
	return a, err
}

func (d *Driver) prove(o offer) {
	d.mu.Lock()
	d.proved[o] = true
	d.mu.Unlock()
}

func (d *Driver) kind(k record.Kind) (*Kind, error) {
	if kind := d.profile.Kinds[k]; kind != nil {
		return kind, nil
	}
	return nil, absent(&Kind{Kind: k}, list, "the profile "+d.profile.Name+" has no "+string(k))
}

func (d *Driver) reasonOff(o offer) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off[o]
}

func (d *Driver) switchOff(o offer, reason string) {
	d.mu.Lock()
	proved := d.proved[o]
	if !proved {
		d.off[o] = reason
	}
	d.mu.Unlock()
	if !proved {
		d.refresh()
	}
}
