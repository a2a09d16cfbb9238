package commonsku

import (
	"maps"
	"slices"
	"strings"

	"tandem/internal/connector"
	"tandem/internal/record"
)

// Can is what the account offers: what the profile says, less what the account turned out not to have. The value is
// shared between callers: do not modify.
func (d *Driver) Can() connector.Capabilities { return *d.can.Load() }

func (d *Driver) refresh() {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.profile
	c := connector.Capabilities{Kinds: make(map[record.Kind]connector.KindCan, len(p.Kinds)), PrecisionOfChanged: p.Time.Precision}
	for kind, k := range p.Kinds {
		c.Kinds[kind] = d.kindCan(k)
		c.ChangedSince = c.ChangedSince || k.Updated && len(k.endpoints) > 0
	}
	for _, kind := range record.Kinds {
		if _, ok := c.Kinds[kind]; !ok {
			c.Kinds[kind] = connector.KindCan{Ability: connector.None, Reason: "The profile " + p.Name + " has none."}
		}
	}
	if company := p.Kinds[record.Company]; company != nil {
		c.CreateReturnsExisting = company.Existing == Returned
	}
	d.can.Store(&c)
}

// kindCan is called with the mutex held.
func (d *Driver) kindCan(k *Kind) connector.KindCan {
	can := connector.KindCan{Ability: connector.None, Reason: k.Reason, Fields: make(map[string]connector.Field, len(k.Fields))}
	var missing []string
	has := func(v verb) bool {
		_, ok := k.endpoints[v]
		off := d.off[offer{k.Kind, v}]
		if off != "" {
			can.Reason = strings.ToUpper(off[:1]) + off[1:] + "."
		}
		if !ok || off != "" {
			missing = append(missing, string(v))
		}
		return ok && off == ""
	}
	lists := has(list)
	creates, updates := has(create), has(update)
	has(remove)
	switch {
	case lists && (creates || updates):
		can.Ability = connector.Writable
	case lists:
		can.Ability = connector.ReadOnly
	}
	if can.Reason == "" && len(missing) > 0 {
		can.Reason = "The profile " + d.profile.Name + " has no " + strings.Join(missing, ", no ") + "."
	}
	for i := range k.Fields {
		f := &k.Fields[i]
		writable := f.Writable && (updates || creates)
		if k.Parent.Kind != "" && len(f.Path) == 1 && f.Path[0] == k.Parent.ID {
			writable = writable && k.Parent.Moves
		}
		options := f.Values
		if f.Learned {
			options = slices.Sorted(maps.Keys(d.learned[fieldOf{k.Kind, f.Name}]))
		}
		can.Fields[f.Name] = connector.Field{Writable: writable, Type: string(f.Type), MaxLength: f.Max, Options: options, Group: k.group(f), Label: f.Label}
	}
	return can
}

// learnedMax bounds the values remembered of one field: a list longer than that is no list.
const learnedMax = 500

// learn notes a value of a field whose values are a list of the account.
func (d *Driver) learn(f fieldOf, v string) {
	d.mu.Lock()
	values := d.learned[f]
	if values[v] || len(values) >= learnedMax {
		d.mu.Unlock()
		return
	}
	if values == nil {
		values = map[string]bool{}
		d.learned[f] = values
	}
	values[v] = true
	d.mu.Unlock()
	d.refresh()
}
