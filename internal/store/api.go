package store

// This file is the vocabulary of the store: rows as values. A method of *Tx is a question of the domain; SQL lives in
// the file of its table.

import (
	"encoding/json"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
)

// Delivery is one raw event, durable before its sender hears 200 (I7).
type Delivery struct {
	Seq        int64 // assigned by the store
	Pair       string
	Source     record.Side
	DeliveryID string // webhookId; unique per pair. A sender without one gets a hash of the body
	Type       string // ContactUpdate, …
	Body       []byte
	ReceivedAt time.Time
}

// Work is one row of the mailbox: a dirty record, or anything else that is due (a sweep, a poll, a flow run).
type Work struct {
	Pair      string
	Key       string // "link:ID", "ghl:contact:ID", "commonsku:contact:ID", "sweep:incremental", "poll:commonsku", …
	Lane      int    // 0 live, 1 sweep, 2 backfill; the least of all marks wins
	Version   int64  // counts marks; a job that finishes an older version runs again
	DueAt     time.Time
	NotBefore time.Time // set only by the loop: backoff, debounce, holds
	Attempts  int       // failed runs since the last success
	WaitsFor  string    // record.Ref.String() of an unlinked parent; "" = none. Not claimable while set
	MarkedAt  time.Time // when the oldest unserved mark came: what lag counts from
	Cause     string    // "webhook ContactUpdate", "poll", "sweep", "link", for explain
	LastError string
	// Owner and Lease are set by Claim; the token is new for each claim and every write of the job checks it.
	Owner string
	Lease time.Time
}

// Mark makes something dirty. Ref or Key is set: a Ref is resolved to its link's key, or its own.
type Mark struct {
	Pair     string
	Ref      record.Ref
	Key      string
	Lane     int
	DueAt    time.Time // zero: now
	WaitsFor string
	Cause    string
}

// Link joins one GHL record and one commonsku record (I2: each has at most one counterpart, ever).
type Link struct {
	ID        int64
	Pair      string
	Kind      record.Kind
	GHL       string // id there; "" only while a create is under way
	Commonsku string
	// Parents: the commonsku client of a contact, the GHL contact of a task.
	GHLParent, CommonskuParent string
	State                      LinkState
	// GHLChanged and CommonskuChanged are the change stamps last read.
	GHLChanged, CommonskuChanged time.Time
	CreatedAt                    time.Time
	SyncedAt                     time.Time // last time a job found or made both sides equal; zero: never
	// Why is set while the record is not in step: see semantics "States". "" = in step.
	Why       string
	WhyDetail string
	// Meta holds what jobs remember: phone slot, stand-in client, department before archiving, last name of the client.
	Meta map[string]string
}

// LinkState is the life of a link.
type LinkState string

// Link states. A tombstone keeps the ids of a deleted record, so that it is neither made again nor forgotten; it can wake.
const (
	Live      LinkState = "live"
	Tombstone LinkState = "tombstone"
)

// Bases is the base document of one link, by mapping row name.
type Bases map[string]merge.Base

// Seen is what list rows, reads and events showed of a record: enough to look before a create, to match, and to skip unchanged rows.
type Seen struct {
	Pair                                        string
	Ref                                         record.Ref
	Email, Phone, NameKey, CompanyKey, ParentID string // canonical; Phone E.164, Email lower-cased
	Name                                        string // as shown: a client's spelling, a person's full name
	ChangedAt, CreatedAt, GoneAt                time.Time
	RowHash                                     string
	SeenAt                                      time.Time
}

// Intent is written before each write to a far side (kept until the answer and its consequences are stored).
type Intent struct {
	ID          int64
	Pair        string
	Key         string     // the work row that makes it
	LinkID      int64      // 0: none yet
	Ref         record.Ref // what is written; ID "" for a create
	Verb        string
	Fields      map[string]record.Value
	Parent      record.Ref
	Fingerprint string // of a create: what a lost one is looked for by
	State       IntentState
	CreatedAt   time.Time
	SentAt      time.Time // zero: not sent
	Looks       int       // empty looks so far
	LookedAt    time.Time
	RunID       string
}

// IntentState is how far a write got.
type IntentState string

// Intent states: an open intent is planned; a sent one may have happened; a done one is settled (and deleted with its job).
const (
	IntentOpen IntentState = "open"
	IntentSent IntentState = "sent"
)

// Allowance lets one later event of our own write pass at no call.
type Allowance struct {
	Pair      string
	Ref       record.Ref
	EventType string
	ExpiresAt time.Time // 80 minutes after the write
}

// Event is one row of history: every write and decision about a record, for explain, undo and restore.
type Event struct {
	ID        int64        `json:"id"`
	Pair      string       `json:"pair"`
	LinkID    int64        `json:"link_id,omitempty"`
	Kind      record.Kind  `json:"kind"`
	GHL       string       `json:"ghl_id,omitempty"`
	Commonsku string       `json:"commonsku_id,omitempty"`
	At        time.Time    `json:"at"`
	Action    string       `json:"action"`          // linked, created, updated, deleted, archived, conflict, kept, superseded, echo, frozen, …
	Side      record.Side  `json:"side,omitempty"`  // the side written to, or whose value was kept
	Field     string       `json:"field,omitempty"` // mapping row
	Old       record.Value `json:"old"`
	New       record.Value `json:"new"`
	Reason    string       `json:"reason"`
	RunID     string       `json:"run_id,omitempty"`
}

// Parked is whatever waits for a person: one table, one list, one way to resolve.
type Parked struct {
	ID     int64
	Pair   string
	Why    string // conflict, ask, twin, taken, dead, guard, frozen, not_stored, schema_drift, no_permission
	LinkID int64
	Ref    record.Ref // the record it is about
	Field  string     // mapping row, "" = the whole record
	Key    string     // work key to mark when it is resolved
	// Unique per (pair, why, ref, field): parking again updates.
	Base, GHL, Commonsku record.Value // conflict: the three keys
	Candidates           []Candidate  // ask, twin
	Class, Cause, Mend   string       // dead: error class, plain sentence, what to do
	Detail               json.RawMessage
	CreatedAt            time.Time
	ResolvedAt           time.Time // zero: open
	Resolution           string
}

// Candidate is a record that a person may choose.
type Candidate struct {
	Ref    record.Ref `json:"ref"`
	Score  float64    `json:"score"`
	Reason string     `json:"reason"`
	Label  string     `json:"label"`
}

// PairState is what outlasts a restart of a pair.
type PairState struct {
	Name          string
	Region        string   // phone region, fixed at first start
	Live          bool     // first match done
	Reasons       []string // operator, delete_guard, auth, quota
	LastSweep     time.Time
	LastFullSweep time.Time
	RowsHash      string // of the mapping row names
}
