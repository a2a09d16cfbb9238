package commonsku

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/record"
)

// Finding is how a profile fits what one page of a kind shows, for doctor.
type Finding struct {
	Kind        record.Kind
	Rows, Total int
	BadRows     int // rows that could not be read
	// Unknown are wire names that the account shows and the profile does not name; Missing the other way round.
	Unknown, Missing []string
	// Ahead is how far the newest change is in the future by the account's own clock. More than a minute means that the
	// zone of the profile is wrong, by about that much or more.
	Ahead time.Duration
}

// Inspect reads one page of a kind and compares it with the profile: one call. It writes nothing.
func (d *Driver) Inspect(ctx context.Context, kind record.Kind) (Finding, error) {
	f := Finding{Kind: kind}
	k, err := d.kind(kind)
	if err != nil {
		return f, err
	}
	a, err := d.call(ctx, k, list, transport.Request{Query: d.query(k, request{})})
	if err != nil {
		return f, err
	}
	rows, bad, err := d.rows(k, list, a.Body)
	if err != nil {
		return f, err
	}
	f.Rows, f.BadRows = len(rows)+bad, bad
	if d.profile.Answer.Total != "" {
		f.Total = numberAt(a.Body, d.profile.Answer.Total)
	}
	shown := shownPaths(a.Body, firstOf(k.Rows, d.profile.Answer.Rows))
	named := k.paths()
	for p := range shown {
		if !named[p] && !prefixOf(p+".", named) {
			f.Unknown = append(f.Unknown, p)
		}
	}
	for p := range named {
		if f.Rows > 0 && !shown[p] && !underNull(p, shown) {
			f.Missing = append(f.Missing, p)
		}
	}
	slices.Sort(f.Unknown)
	slices.Sort(f.Missing)
	newest := time.Time{}
	for _, r := range rows {
		if r.Changed.After(newest) {
			newest = r.Changed
		}
	}
	if clock := serverTime(a.Header); !newest.IsZero() && newest.After(clock) && !clock.IsZero() {
		f.Ahead = newest.Sub(clock)
	}
	return f, nil
}

// paths are the wire paths that a profile names for a kind.
func (k *Kind) paths() map[string]bool {
	out := map[string]bool{}
	for _, p := range []string{k.ID, k.Created, k.Changed, k.Deleted, k.Parent.ID, k.Parent.Type} {
		if p != "" {
			out[p] = true
		}
	}
	for i := range k.Fields {
		out[strings.Join(k.Fields[i].Path, ".")] = true
	}
	return out
}

// shownPaths are the paths that the rows of an answer have, objects opened.
func shownPaths(body []byte, path string) map[string]bool {
	out := map[string]bool{}
	raw, _ := inside(body, path)
	var rows []json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		return out
	}
	for _, raw := range rows {
		if o, err := parseObject(raw); err == nil {
			maps.Copy(out, opened("", o))
		}
	}
	return out
}

func opened(prefix string, o map[string]any) map[string]bool {
	out := map[string]bool{}
	for name, v := range o {
		if m, ok := v.(map[string]any); ok && len(m) > 0 {
			maps.Copy(out, opened(prefix+name+".", m))
			continue
		}
		out[prefix+name] = true
	}
	return out
}

// prefixOf says that p begins a named path: the object that holds it was shown as null.
func prefixOf(p string, named map[string]bool) bool {
	for n := range named {
		if strings.HasPrefix(n, p) {
			return true
		}
	}
	return false
}

// underNull says that an object above p was shown as null, so that its parts could not be.
func underNull(p string, shown map[string]bool) bool {
	for i := strings.LastIndexByte(p, '.'); i > 0; i = strings.LastIndexByte(p[:i], '.') {
		if shown[p[:i]] {
			return true
		}
	}
	return false
}

var _ connector.Driver = (*Driver)(nil)
