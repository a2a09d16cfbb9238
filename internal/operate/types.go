// Package operate is what a person can ask of Tandem: status, explain, match, plan, sync, resolve, replay, pause. The
// command line, the JSON API and the pages call it, so that each thing is done in one place. This file holds what goes
// in and out, in the form that `--json` prints and the API answers; empty lists are `[]`, times are UTC in RFC 3339.
package operate

import (
	"encoding/json"
	"time"

	"tandem/internal/record"
)

// Page is one page of a list: `{"items":[…],"next":…}`. Next goes into the query's Cursor; "" at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// MarshalJSON writes items as a list even when there are none, and next as null at the end.
func (p Page[T]) MarshalJSON() ([]byte, error) {
	out := struct {
		Items []T     `json:"items"`
		Next  *string `json:"next"`
	}{Items: p.Items}
	if out.Items == nil {
		out.Items = []T{}
	}
	if p.Next != "" {
		out.Next = &p.Next
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Page[T]) UnmarshalJSON(b []byte) error {
	var in struct {
		Items []T     `json:"items"`
		Next  *string `json:"next"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*p = Page[T]{Items: in.Items}
	if in.Next != nil {
		p.Next = *in.Next
	}
	return nil
}

// The pages of each list.
type (
	LinkPage     = Page[Link]
	HistoryPage  = Page[HistoryEvent]
	ConflictPage = Page[Conflict]
	ErrorPage    = Page[ErrorItem]
	AskPage      = Page[Ask]
	HeldPage     = Page[HeldDelete]
)

// ListQuery asks for one page. A Pair of "" means all pairs; a Limit of 0 means 100, more than 1,000 is cut to that.
type ListQuery struct {
	Pair   string
	Cursor string
	Limit  int
}

// LinkQuery narrows a list of links; empty fields do not narrow.
type LinkQuery struct {
	Kind      record.Kind
	GHL       string // id
	Commonsku string // id
	Cursor    string
	Limit     int
}

// State of a pair, by precedence NeedsAuth > Paused > Matching > Live.
type State string

// The states.
const (
	Live      State = "live"
	Paused    State = "paused"
	Matching  State = "matching"
	NeedsAuth State = "needs_auth"
)

// Pair is the health of one pair: the object of `status --json` and of /api/v1/pairs/{pair}.
type Pair struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Queue Queue  `json:"queue"`
	// Conflicts, Asks and Held count what waits for a person.
	Conflicts int `json:"conflicts"`
	Asks      int `json:"asks"`
	Held      int `json:"held"` // deletes that the guard holds back
	// LagSeconds is the age of the oldest row that makes the pair not idle; 0 when idle.
	LagSeconds float64  `json:"lag_seconds"`
	Reasons    []string `json:"reasons"` // operator, delete_guard, auth, quota
	// Idle is true only when nothing is pending, running or scheduled for retry, and no sweep is asked for or under way.
	Idle          bool                                       `json:"idle"`
	Quota         map[record.Side]Quota                      `json:"quota"`
	LastSweep     time.Time                                  `json:"last_sweep,omitzero"`
	LastFullSweep time.Time                                  `json:"last_full_sweep,omitzero"`
	Links         map[record.Kind]int                        `json:"links,omitempty"`
	Parked        map[string]int                             `json:"parked,omitempty"` // by why
	Capabilities  map[record.Side]map[record.Kind]Capability `json:"capabilities,omitempty"`
}

// Queue counts the rows of a pair's mailbox. Pending includes those in backoff and unprocessed inbox rows.
type Queue struct {
	Pending int `json:"pending"`
	Running int `json:"running"`
	Dead    int `json:"dead"`
}

// Quota is what is left of one side's quota. A nil count is not known or not limited.
type Quota struct {
	BurstLeft *int      `json:"burst_left"`
	DailyLeft *int      `json:"daily_left"`
	ResetsAt  time.Time `json:"resets_at,omitzero"` // end of the day's window
}

// Capability is what an account offers for one kind.
type Capability struct {
	Access string `json:"access"`           // read, write or none
	Reason string `json:"reason,omitempty"` // in words, where it is not write
}

// Link joins one record of GHL with one of commonsku.
type Link struct {
	ID        int64       `json:"id"`
	Pair      string      `json:"pair"`
	Kind      record.Kind `json:"kind"`
	GHL       string      `json:"ghl_id"`
	Commonsku string      `json:"commonsku_id"`
	State     string      `json:"state"` // live or tombstone
	Why       string      `json:"why,omitempty"`
	WhyDetail string      `json:"why_detail,omitempty"`
	CreatedAt time.Time   `json:"created_at,omitzero"`
	SyncedAt  time.Time   `json:"synced_at,omitzero"` // last time both sides were found or made equal
}

// HistoryEvent is one write or decision about a record.
type HistoryEvent struct {
	ID        int64        `json:"id"`
	Pair      string       `json:"pair"`
	LinkID    int64        `json:"link_id,omitempty"`
	Kind      record.Kind  `json:"kind"`
	GHL       string       `json:"ghl_id,omitempty"`
	Commonsku string       `json:"commonsku_id,omitempty"`
	At        time.Time    `json:"at"`
	Action    string       `json:"action"`
	Side      record.Side  `json:"side,omitempty"` // the side written to, or whose value was kept
	Field     string       `json:"field,omitempty"`
	Old       record.Value `json:"old"`
	New       record.Value `json:"new"`
	Reason    string       `json:"reason,omitempty"`
	RunID     string       `json:"run_id,omitempty"`
}

// RecordName says which record a parked item is about, by the ids it has.
type RecordName struct {
	GHL       string `json:"ghl_id,omitempty"`
	Commonsku string `json:"commonsku_id,omitempty"`
	Label     string `json:"label,omitempty"` // what people call it
}

// Conflict is one field that both sides changed and that waits for a person.
type Conflict struct {
	ID        int64        `json:"id"`
	Pair      string       `json:"pair"`
	Kind      record.Kind  `json:"kind"`
	Record    RecordName   `json:"record"`
	Field     string       `json:"field"`
	Base      record.Value `json:"base"`
	GHL       record.Value `json:"ghl"`
	Commonsku record.Value `json:"commonsku"`
	Since     time.Time    `json:"since,omitzero"`
}

// Resolution decides a conflict: a winner alone is enough; a Value is written to both sides instead of either's.
type Resolution struct {
	Winner record.Side   `json:"winner,omitempty"`
	Value  *record.Value `json:"value,omitempty"`
}

// ErrorItem is a record that could not be written and was parked with its reason: a dead letter.
type ErrorItem struct {
	ID     int64       `json:"id"`
	Pair   string      `json:"pair"`
	Why    string      `json:"why"`
	Kind   record.Kind `json:"kind,omitempty"`
	Record RecordName  `json:"record"`
	Field  string      `json:"field,omitempty"`
	Class  string      `json:"class,omitempty"` // of connector.Error
	Cause  string      `json:"cause"`
	Mend   string      `json:"mend,omitempty"`
	Since  time.Time   `json:"since,omitzero"`
}

// Ask is a record that only a person can place.
type Ask struct {
	ID         int64       `json:"id"`
	Pair       string      `json:"pair"`
	Why        string      `json:"why"` // ask or twin
	Kind       record.Kind `json:"kind"`
	Ref        record.Ref  `json:"ref"` // the record that waits
	Label      string      `json:"label,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Candidates []Candidate `json:"candidates"`
	Since      time.Time   `json:"since,omitzero"`
}

// Candidate is a record that the waiting one might be.
type Candidate struct {
	Ref    record.Ref `json:"ref"`
	Label  string     `json:"label,omitempty"`
	Score  float64    `json:"score"`
	Reason string     `json:"reason"`
}

// Decision places a record that waits: `link` (With is the far side's id), `create` or `apart`.
type Decision struct {
	Decision string `json:"decision"`
	With     string `json:"with,omitempty"`
}

// HeldDelete is a delete that the guard holds back.
type HeldDelete struct {
	ID     int64       `json:"id"`
	Kind   record.Kind `json:"kind"`
	Record RecordName  `json:"record"`
	Side   record.Side `json:"side"`   // where it was deleted
	Effect string      `json:"effect"` // delete or archive, on the other side
	Reason string      `json:"reason,omitempty"`
	Since  time.Time   `json:"since,omitzero"`
}

// HeldOutcome says what became of the held deletes.
type HeldOutcome struct {
	Count int `json:"count"`
}

// Explanation is everything known about one record.
type Explanation struct {
	Query   string      `json:"query"`
	Records []Explained `json:"records"`
}

// Explained is one record, or the two of a link: what it is linked to, what both sides hold, what was written, and why not yet.
type Explained struct {
	Pair      string           `json:"pair"`
	Kind      record.Kind      `json:"kind"`
	GHL       string           `json:"ghl_id,omitempty"`
	Commonsku string           `json:"commonsku_id,omitempty"`
	Label     string           `json:"label,omitempty"`
	Link      *Link            `json:"link,omitempty"` // nil: not linked
	InStep    bool             `json:"in_step"`
	Why       string           `json:"why,omitempty"`
	WhyDetail string           `json:"why_detail,omitempty"`
	Fields    []ExplainedField `json:"fields,omitempty"`
	Pending   []PendingWork    `json:"pending,omitempty"`
	History   []HistoryEvent   `json:"history,omitempty"`
}

// ExplainedField is one mapped row as it stands.
type ExplainedField struct {
	Field     string       `json:"field"`
	Base      record.Value `json:"base"`
	GHL       record.Value `json:"ghl"`
	Commonsku record.Value `json:"commonsku"`
	Outcome   string       `json:"outcome"` // agreed, or what the next sync would do
	Why       string       `json:"why,omitempty"`
}

// PendingWork is one row of the mailbox that is about a record.
type PendingWork struct {
	Cause     string    `json:"cause"`
	DueAt     time.Time `json:"due_at,omitzero"`
	NotBefore time.Time `json:"not_before,omitzero"`
	Attempts  int       `json:"attempts"`
	LastError string    `json:"last_error,omitempty"`
	WaitsFor  string    `json:"waits_for,omitempty"`
}

// MatchRow is one line of the match preview, and of its CSV.
type MatchRow struct {
	GHL       string  `json:"ghl_id"`
	Commonsku string  `json:"commonsku_id"`
	Decision  string  `json:"decision"` // link, ask, create, apart
	Score     float64 `json:"score"`
	Reason    string  `json:"reason"`
	// The names are for a person's eyes; they are not read back.
	GHLName       string `json:"ghl_name,omitempty"`
	CommonskuName string `json:"commonsku_name,omitempty"`
}

// MatchReport says who is who on both sides.
type MatchReport struct {
	Pair   string         `json:"pair"`
	Rows   []MatchRow     `json:"rows"`
	Counts map[string]int `json:"counts"` // by decision
}

// MatchOutcome says what applying a match did. Left is the number of rows that still wait for a person.
type MatchOutcome struct {
	Linked  int      `json:"linked"`
	Apart   int      `json:"apart"`
	Creates int      `json:"creates"` // records that will now be created
	Left    int      `json:"left"`
	Refused []string `json:"refused,omitempty"` // rows that could not be applied, each with its reason
}

// SyncOptions narrow a plan or a sync; the zero value means everything.
type SyncOptions struct {
	Only   record.Kind `json:"only,omitempty"`
	Record string      `json:"record,omitempty"` // an id of either side
	// Progress, if set, is called now and then from one goroutine. It does not travel over HTTP.
	Progress func(Progress) `json:"-"`
}

// Progress is how far a long step has come. A Total of 0 is not known yet.
type Progress struct {
	Step  string `json:"step"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// SyncReport says what one full reconciliation did.
type SyncReport struct {
	Pair    string              `json:"pair"`
	Records int                 `json:"records"` // looked at
	Writes  map[record.Side]int `json:"writes"`
	Linked  int                 `json:"linked"`
	Created map[record.Side]int `json:"created"`
	Errors  int                 `json:"errors"` // records parked by this run
	// Person counts what waits for a person now: conflicts, asks, errors, held deletes.
	Person  int                 `json:"waiting_for_person"`
	Calls   map[record.Side]int `json:"calls"`
	Elapsed time.Duration       `json:"elapsed_ns"`
}

// MappingRow is one row of the field map in force, as `plan --mapping` lists it.
type MappingRow struct {
	Kind      record.Kind `json:"kind"`
	Name      string      `json:"name"`
	GHL       string      `json:"ghl"`
	Commonsku string      `json:"commonsku"`
	Direction string      `json:"direction"`
	Notes     string      `json:"notes,omitempty"`
}

// CatalogItem is one operation of either system.
type CatalogItem struct {
	ID      string      `json:"id"`
	System  record.Side `json:"system"`
	Kind    string      `json:"kind"` // trigger or action
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Scopes  []string    `json:"scopes"`
	Working bool        `json:"working"`
}
