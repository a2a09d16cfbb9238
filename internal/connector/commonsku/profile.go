package commonsku

import (
	"net/url"
	"strings"
	"time"

	"tandem/internal/operation"
	"tandem/internal/record"
)

// Profile is what is known, or assumed, of one commonsku account. It is data: read by ParseProfile, never changed afterwards.
type Profile struct {
	Name   string
	About  string
	Auth   Auth
	Time   Time
	Paging Paging
	Answer Envelope
	// Changes is how lists are narrowed to what changed; the zero value: not at all, sweeps walk and compare.
	Changes Changes
	Errors  Errors
	// Quota is what the account is believed to allow; a pair's own quota goes before it.
	Quota Quota
	Kinds map[record.Kind]*Kind
	// Placement says whose the shared things are: "tags", "address", "phone" and "website" of company or contact.
	Placement map[string]record.Kind
	// Template is the header of the client import file, in its documented order; empty where there is an API.
	Template []string
}

// Auth is where the key goes.
type Auth struct {
	Header, Prefix string
	Headers        map[string]string // further fixed headers
}

// Time is how instants are written.
type Time struct {
	Format    string // Go's notation
	Zone      *time.Location
	Precision time.Duration
}

// Paging is how a list goes on.
type Paging struct {
	Style     Style
	Param     string // query parameter of cursor, offset or page number
	First     int    // of offset or page number
	Next      string // cursor: where the answer has the next one
	SizeParam string
	Size      int // rows a page
	// RepeatFilters: filters and size go with every call; else the cursor carries them and must come alone.
	RepeatFilters bool
}

// Style of paging.
type Style string

// The styles.
const (
	ByCursor Style = "cursor"
	ByOffset Style = "offset"
	ByPage   Style = "page"
	NoPages  Style = "none"
)

// Envelope is where an answer has what; paths are dotted, "" is the root.
type Envelope struct {
	Rows, Single, Total, Errors, Message string
}

// Changes is the filter for changed rows. Its bound is inclusive.
type Changes struct {
	Param       string
	DeletedRows bool // deleted rows are among them, with their stamp
}

// Errors are the texts by which refusals are told apart.
type Errors struct {
	NoRoute, BadKey, Forbidden, Throttled, Quota, Duplicate, Gone []Text
}

// Text is one pattern of Errors: a status, and a folded part of the message.
type Text struct {
	Status int
	Part   string
}

// Quota of an account; 0 is no limit.
type Quota struct {
	Burst    int
	Interval time.Duration
	Daily    int
}

// verb is one thing that can be done with a kind.
type verb string

const (
	list   verb = "list"
	get    verb = "get"
	create verb = "create"
	update verb = "update"
	remove verb = "delete"
)

// endpoint is where a verb goes. A query of a get is a list narrowed to one id.
type endpoint struct {
	op    operation.Operation
	query []pair
}

// pair is one query parameter; {id} in the value stands for the record's id.
type pair struct{ name, value string }

func (e endpoint) filled(id string, q url.Values) url.Values {
	if q == nil {
		q = url.Values{}
	}
	for _, p := range e.query {
		q.Set(p.name, strings.ReplaceAll(p.value, "{id}", id))
	}
	return q
}

// Kind is what the account has for one kind of record.
type Kind struct {
	Kind   record.Kind
	Reason string // why something is missing, for people
	ID     string // path of the id in a row
	// The paths of the side's own times, "" where there are none.
	Created, Changed, Deleted string
	Rows, Single              string // where this kind's envelope differs from Profile.Answer
	Parent                    Parent
	Existing                  Existing
	// WholeUpdates: an update replaces the record, so all fields go along.
	WholeUpdates bool
	// HardDelete: a deleted record does not come back, and lists do not show it.
	HardDelete bool
	// Updated: lists of this kind know Profile.Changes.
	Updated bool
	Search  map[string]Search // by what is looked for: email, phone, name
	Fields  []Field           // by name

	endpoints map[verb]endpoint
	byName    map[string]int
	names     map[string]string // canonical and wire names to canonical ones
}

// Existing is what a create does whose name exists already.
type Existing string

// The outcomes.
const (
	Returned Existing = "returned" // the existing record is the answer
	Refused  Existing = "error"
	Doubles  Existing = "doubles" // there are two of them afterwards
)

// Parent is what records of a kind hang on.
type Parent struct {
	Kind  record.Kind            // a fixed kind of parent; "" where Type tells it
	ID    string                 // path of the parent's id
	Type  string                 // path of the parent's type
	Types map[record.Kind]string // wire names of parent kinds
	Moves bool                   // an update may change the parent
}

// Search is one way to look records up.
type Search struct {
	Param string
	Match string // exact, prefix, contains, unknown: answers are compared again here in any case
}

// Field is one field of a kind.
type Field struct {
	Name     string // canonical
	Path     []string
	Type     Type
	Writable bool
	Required bool   // a create without it is refused
	Default  string // goes into a create that has no value
	Max      int    // characters; 0: none known
	Values   []string
	Learned  bool // the account has a list of values, which reads show
	Clear    Clear
	Item     string // sets of objects: the key of the text in each
	Label    string
}

// Type is how a field is written on the wire.
type Type string

// The types. A date is a day, kept as it is written; an instant is kept as RFC 3339 in UTC.
const (
	TypeText    Type = "text"
	TypeSet     Type = "set"
	TypeDate    Type = "date"
	TypeInstant Type = "instant"
	TypeNumber  Type = "number"
	TypeBool    Type = "bool"
	TypeOptions Type = "options"
)

// Clear is how a field is emptied.
type Clear string

// The ways.
const (
	ClearNull  Clear = "null"
	ClearEmpty Clear = "empty"
	ClearOmit  Clear = "omit" // only by leaving it out of a whole record
)
