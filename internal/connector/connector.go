// Package connector is the port between Tandem and the two systems: the interface both implement, the classes of
// errors, and what an account can do. It does no I/O itself.
package connector

import (
	"context"
	"time"

	"tandem/internal/record"
)

// Driver speaks to one account of one system. It does I/O only and decides nothing. Safe for concurrent use.
// Every error it returns is an *Error.
type Driver interface {
	Side() record.Side
	// Can is what this account offers, as probed or configured; never an error discovered by writing.
	Can() Capabilities
	// Describe reads the account: name, country, zone, whether duplicates are allowed. One or two calls.
	Describe(ctx context.Context) (Account, error)
	// Get reads one record as it is now: one call. Class Gone: a direct read said that it does not exist.
	// A soft-deleted record that is still readable comes back with Deleted set and no error.
	Get(ctx context.Context, ref record.Ref) (record.Record, error)
	// Page lists records changed since q.Since (all of them if zero), oldest change first where the side can sort: one call.
	Page(ctx context.Context, q Query) (Page, error)
	// Find looks a record up by one identity value: one call. An empty answer proves nothing where search lags.
	// Rows come from a list: compare, but never merge, their values.
	Find(ctx context.Context, l Lookup) ([]record.Record, error)
	// Write creates, updates or deletes one record: one call (tags of GHL: one call an AddTags or RemoveTags).
	// It returns the record as the answer shows it; Fields has only what the answer held. Class Ambiguous: it may have happened.
	Write(ctx context.Context, w Write) (record.Record, error)
}

// Query asks for one page.
type Query struct {
	Kind   record.Kind
	Since  time.Time // zero: everything
	Cursor string    // "" for the first page, then Page.Next
	Limit  int       // rows; 0: the side's largest
}

// Page is one page of a list.
type Page struct {
	Records []record.Record
	Next    string // "" at the end
	// Complete is false if a row of this page could not be decoded or may be missing, so that absence proves nothing.
	Complete bool
	Total    int // rows in all, if the side told; else 0
	// ServerTime is the Date header of the answer, for clock skew; zero if absent.
	ServerTime time.Time
}

// Lookup asks by exactly one of its values.
type Lookup struct {
	Kind  record.Kind
	Email string
	Phone string // E.164
	Name  string // company name
}

// Verb is what a Write does.
type Verb string

// The verbs. AddTags and RemoveTags change elements of a set without replacing it, where the side can.
const (
	Create     Verb = "create"
	Update     Verb = "update"
	Delete     Verb = "delete"
	AddTags    Verb = "add_tags"
	RemoveTags Verb = "remove_tags"
)

// Write is one write to one side.
type Write struct {
	Verb   Verb
	Ref    record.Ref              // Create: Side and Kind only
	Parent record.Ref              // Create, or Update that moves: the client of a commonsku contact
	Fields map[string]record.Value // only what changes, under the side's names; an empty value clears. AddTags, RemoveTags: "tags"
}

// Ability is how far a kind can be used.
type Ability string

// Abilities, weakest first.
const (
	None     Ability = "none"
	ReadOnly Ability = "read"
	Writable Ability = "write"
)

// Capabilities is what an account offers.
type Capabilities struct {
	Kinds map[record.Kind]KindCan
	// Webhooks says whether the side tells of changes by itself.
	Webhooks bool
	// ChangedSince says whether lists can be narrowed to changes; without it, sweeps walk and compare hashes.
	ChangedSince bool
	// PrecisionOfChanged is the grain of Record.Changed: a millisecond for GHL, a second for commonsku.
	PrecisionOfChanged time.Duration
	// TagVerbs says that AddTags and RemoveTags exist; without them an Update carries the whole set.
	TagVerbs bool
	// CreateReturnsExisting: creating a company whose name exists answers with the existing one.
	CreateReturnsExisting bool
}

// KindCan is what an account offers for one kind.
type KindCan struct {
	Ability Ability
	Reason  string           // in words, where Ability is not Writable
	Fields  map[string]Field // by the side's names; a field that is absent here does not exist in the account
}

// Field is what is known of one field.
type Field struct {
	Writable  bool
	Type      string   // text, set, date, instant, number, bool, options
	MaxLength int      // characters; 0: none known
	Options   []string // allowed values, if the account has a list
	Group     string   // fields of one group are written together: a part of an address takes the rest along
	Label     string   // what people call it
}

// Account is what Describe tells.
type Account struct {
	ID, Name string
	Country  string // ISO 3166-1 alpha-2, the phone region of the pair; "" unknown
	Zone     string // IANA name; "" unknown
	// DuplicatesAllowed: the account accepts two contacts with one e-mail or phone. GHL settings.allowDuplicateContact.
	DuplicatesAllowed bool
	Scopes            []string // granted scopes, if the side tells
	Users             []User
}

// User is a person who works in an account, matched across sides by e-mail.
type User struct {
	ID, Email, FirstName, LastName string
	Active                         bool
}

// Lane is the urgency of a call: live changes win over sweeps, sweeps over backfill.
type Lane int

// The lanes; a smaller one goes first.
const (
	Live     Lane = 0
	Sweep    Lane = 1
	Backfill Lane = 2
)

type laneKey struct{}

// WithLane marks the calls made under ctx as belonging to a lane; without it a call is Live.
func WithLane(ctx context.Context, l Lane) context.Context {
	return context.WithValue(ctx, laneKey{}, l)
}

// LaneOf reads what WithLane set.
func LaneOf(ctx context.Context) Lane {
	l, _ := ctx.Value(laneKey{}).(Lane)
	return l
}

func (l Lane) String() string {
	switch l {
	case Live:
		return "live"
	case Sweep:
		return "sweep"
	}
	return "backfill"
}
