package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"
	"strconv"

	"tandem/internal/record"
)

// Fingerprint is what both sides of a record looked like when the plan was made; "" for a side that had none.
type Fingerprint struct {
	GHL       string `json:"ghl"`
	Commonsku string `json:"commonsku"`
}

// Look takes the fingerprint of a record's two sides. A zero record is a side that has none yet.
func Look(ghl, commonsku record.Record) Fingerprint {
	return Fingerprint{GHL: look(ghl), Commonsku: look(commonsku)}
}

// Moved lists the sides that no longer look as they did when the plan was made; empty: the record may be applied.
func (r Record) Moved(ghl, commonsku record.Record) []record.Side {
	now := Look(ghl, commonsku)
	var out []record.Side
	if now.GHL != r.Seen.GHL {
		out = append(out, record.GHL)
	}
	if now.Commonsku != r.Seen.Commonsku {
		out = append(out, record.Commonsku)
	}
	return out
}

// look is taken of values and not of change times: a save that changed nothing is no reason to refuse a plan.
func look(r record.Record) string {
	if r.Ref.IsZero() {
		return ""
	}
	h := sha256.New()
	names := make([]string, 0, len(r.Fields))
	for n, v := range r.Fields {
		if !v.IsEmpty() { // absent and empty are the same
			names = append(names, n)
		}
	}
	slices.Sort(names)
	put(h, r.Ref.String())
	put(h, r.Parent.String())
	put(h, strconv.FormatBool(r.Deleted.IsZero()))
	for _, n := range names {
		v := r.Fields[n]
		put(h, n)
		put(h, strconv.Itoa(len(v.Items())))
		for _, it := range v.Items() {
			put(h, it)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// put writes s with its length, so that no two lists of texts run together alike.
func put(h hash.Hash, s string) {
	_, _ = io.WriteString(h, strconv.Itoa(len(s))) // a hash never fails
	_, _ = io.WriteString(h, ":"+s)
}
