// Package plan is a list of intended writes, with record, field, old, new, reason and cost in calls, addressed by its
// content. A dry run, a backfill ramp, an undo and the approval of deletes are all plans: what a person saw is what is
// applied. It never carries anything out, and knows no rule by which a write came about.
//
// Kept here: I10 the same writes give the same plan, byte for byte, in whichever order they were found. A record whose
// sides have moved since is refused, that record only.
package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tandem/internal/record"
)

// Action is what a plan intends for one record as a whole.
type Action string

// The actions. Ask and Conflict write nothing: they wait for a person.
const (
	Link     Action = "link" // join two records that exist on both sides; its writes bring them in step
	Create   Action = "create"
	Update   Action = "update"
	Delete   Action = "delete"
	Archive  Action = "archive"
	Ask      Action = "ask"
	Conflict Action = "conflict"
)

// Actions lists all, in the order in which a summary shows them.
var Actions = [...]Action{Link, Create, Update, Archive, Delete, Ask, Conflict}

// Write is one field that is to change on one side.
type Write struct {
	Side   record.Side  `json:"side"`
	Verb   string       `json:"verb"`  // connector's: create, update, delete, add_tags, remove_tags
	Field  string       `json:"field"` // the name of the mapping row
	Old    record.Value `json:"old"`
	New    record.Value `json:"new"`
	Reason string       `json:"reason"`
}

// Calls is a cost in API calls.
type Calls struct {
	Reads  int `json:"reads"`
	Writes int `json:"writes"`
}

// Add sums two costs.
func (c Calls) Add(d Calls) Calls { return Calls{c.Reads + d.Reads, c.Writes + d.Writes} }

// Record is what is intended for one record, or for the two records of a link.
type Record struct {
	Kind      record.Kind `json:"kind"`
	GHL       string      `json:"ghl_id"`       // "" where it is to be made
	Commonsku string      `json:"commonsku_id"` // "" where it is to be made
	LinkID    int64       `json:"link_id,omitempty"`
	Label     string      `json:"label,omitempty"` // what people call it
	Action    Action      `json:"action"`
	Reason    string      `json:"reason,omitempty"` // of the action, where no write tells it
	Writes    []Write     `json:"writes"`
	Calls     Calls       `json:"calls"`
	Seen      Fingerprint `json:"fingerprint"`
}

// Plan is what would be written. Make one with New; ID is its address.
type Plan struct {
	ID      string   `json:"id"`
	Pair    string   `json:"pair"`
	Records []Record `json:"records"`
	Cost    Calls    `json:"cost"`
}

// New puts records in their canonical order, sums their cost and addresses the whole. It takes over the slice.
func New(pair string, records []Record) Plan {
	p := Plan{Pair: pair, Records: records}
	if p.Records == nil {
		p.Records = []Record{} // a script reads a list, not null
	}
	for i := range p.Records {
		r := &p.Records[i]
		if r.Writes == nil {
			r.Writes = []Write{}
		}
		slices.SortFunc(r.Writes, compareWrites)
		p.Cost = p.Cost.Add(r.Calls)
	}
	slices.SortFunc(p.Records, compareRecords)
	p.ID = p.address()
	return p
}

// address is the SHA-256 of the canonical JSON, in hex.
func (p Plan) address() string {
	p.ID = ""
	h := sha256.New()
	// Values, texts and numbers only: encoding cannot fail.
	if err := json.NewEncoder(h).Encode(p); err != nil {
		panic(fmt.Sprintf("plan: encoding: %v", err))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Parse reads a plan that was written as JSON, and refuses one that was edited: what is applied is what was shown.
func Parse(b []byte) (Plan, error) {
	var q Plan
	if err := json.Unmarshal(b, &q); err != nil {
		return Plan{}, fmt.Errorf("plan: not a plan in JSON: %w", err)
	}
	id := q.ID
	p := New(q.Pair, q.Records)
	if p.ID != id {
		return Plan{}, fmt.Errorf("plan: the content is not that of plan %.12s: it was edited or cut; make a new one", id)
	}
	return p, nil
}

// Empty says that nothing is to be written and nobody is asked.
func (p Plan) Empty() bool { return len(p.Records) == 0 }

// NeedsPerson says whether some record waits for a person: what exit code 3 tells.
func (p Plan) NeedsPerson() bool {
	return slices.ContainsFunc(p.Records, func(r Record) bool { return r.Action == Ask || r.Action == Conflict })
}

func compareWrites(a, b Write) int {
	return cmp.Or(strings.Compare(string(b.Side), string(a.Side)), // GHL first, as everywhere
		strings.Compare(a.Verb, b.Verb), strings.Compare(a.Field, b.Field),
		compareValues(a.Old, b.Old), compareValues(a.New, b.New), strings.Compare(a.Reason, b.Reason))
}

func compareValues(a, b record.Value) int {
	return cmp.Or(strings.Compare(a.Text(), b.Text()), slices.Compare(a.Items(), b.Items()))
}

// compareRecords orders parents before children, then by id.
func compareRecords(a, b Record) int {
	return cmp.Or(slices.Index(record.Kinds, a.Kind)-slices.Index(record.Kinds, b.Kind),
		strings.Compare(string(a.Kind), string(b.Kind)),
		strings.Compare(a.GHL, b.GHL), strings.Compare(a.Commonsku, b.Commonsku), cmp.Compare(a.LinkID, b.LinkID),
		strings.Compare(string(a.Action), string(b.Action)), strings.Compare(a.Label, b.Label), strings.Compare(a.Reason, b.Reason),
		cmp.Compare(a.Calls.Reads, b.Calls.Reads), cmp.Compare(a.Calls.Writes, b.Calls.Writes),
		strings.Compare(a.Seen.GHL, b.Seen.GHL), strings.Compare(a.Seen.Commonsku, b.Seen.Commonsku),
		slices.CompareFunc(a.Writes, b.Writes, compareWrites))
}
