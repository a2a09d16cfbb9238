// Package record is the vocabulary of Tandem: sides, kinds, references, values and records, and the canonical forms in
// which values are compared. It is pure: no I/O, no clock, no logger, no goroutine. It imports nothing of Tandem.
package record

import (
	"strings"
	"time"
)

// Side is one of the two systems that a pair keeps in step.
type Side string

// The two sides. They are never called left and right, nor source and target: a swapped pair is the bug we fear.
const (
	GHL       Side = "ghl"
	Commonsku Side = "commonsku"
)

// Sides lists both, in the order in which everything is shown and locked.
var Sides = [2]Side{GHL, Commonsku}

// Other returns the far side of s.
func (s Side) Other() Side {
	if s == GHL {
		return Commonsku
	}
	return GHL
}

// Valid says whether s is one of the two sides.
func (s Side) Valid() bool { return s == GHL || s == Commonsku }

// Kind is what a record is about.
type Kind string

// The kinds that Tandem syncs. A Company is a client in commonsku and a business (or just a company name) in GHL.
const (
	Contact     Kind = "contact"
	Company     Kind = "company"
	Task        Kind = "task"
	Note        Kind = "note"
	Appointment Kind = "appointment"
	User        Kind = "user"
)

// Kinds lists all kinds, parents before children.
var Kinds = []Kind{User, Company, Contact, Task, Note, Appointment}

// Ref names one record of one side. IDs are opaque and case-sensitive.
type Ref struct {
	Side Side   `json:"side"`
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

// IsZero says that r names nothing.
func (r Ref) IsZero() bool { return r.ID == "" }

// String is the key form `side:kind:id`, as used for work rows of unlinked records.
func (r Ref) String() string { return string(r.Side) + ":" + string(r.Kind) + ":" + r.ID }

// ParseRef reads the form that String writes.
func ParseRef(s string) (Ref, bool) {
	side, rest, ok1 := strings.Cut(s, ":")
	kind, id, ok2 := strings.Cut(rest, ":")
	r := Ref{Side: Side(side), Kind: Kind(kind), ID: id}
	return r, ok1 && ok2 && r.Side.Valid() && id != ""
}

// Record is one record as one side holds it: flat fields under that side's own names.
//
// GHL contacts use the vendor's names (firstName, companyName, tags, …) and customFields.KEY for custom fields.
// commonsku records use the profile's canonical names (first_name, email, street, …): see connector/commonsku.
// A field that is absent and one that is empty are the same.
type Record struct {
	Ref    Ref              `json:"ref"`
	Fields map[string]Value `json:"fields"`
	// Parent is what the record hangs on: the client of a commonsku contact, the contact of a task. Zero if none or unknown.
	Parent Ref `json:"parent,omitzero"`
	// Created and Changed are the side's own stamps, UTC; zero where the side does not tell.
	Created time.Time `json:"created,omitzero"`
	Changed time.Time `json:"changed,omitzero"`
	// Deleted is the side's soft-delete mark, UTC; zero for a living record.
	Deleted time.Time `json:"deleted,omitzero"`
	// CreatedBy is the id of the application that made the record, where the side tells (GHL createdBy.sourceId).
	CreatedBy string `json:"created_by,omitempty"`
}

// Get returns the value of a field; absent reads as empty.
func (r Record) Get(field string) Value { return r.Fields[field] }

// Text returns the text of a field; a set or an absent field reads as "".
func (r Record) Text(field string) string { return r.Fields[field].Text() }
