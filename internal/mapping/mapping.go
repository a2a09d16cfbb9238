// Package mapping says which field of one side is which field of the other: direction, form, transform and rule of each
// row. Rows are data: the built-in map of a kind, with the rows of a pair's configuration laid over it.
//
// It turns what both sides hold into fields ready to merge, and what merge decided into raw values for each side. It
// decides nothing about values, does no I/O, and knows no record by name beyond the rows and the few special forms.
package mapping

import (
	"tandem/internal/expr"
	"tandem/internal/merge"
	"tandem/internal/record"
)

// Path is a field of commonsku: whose, and under which of the profile's names.
type Path struct {
	Owner record.Kind // Contact, or Company for the client that contacts share
	Field string
}

// Special marks the rows whose values are not simply read and written.
type Special string

// The special rows.
const (
	Ordinary Special = ""
	Phone    Special = "phone"   // bound to a slot of commonsku, see View.PhoneSlot
	Company  Special = "company" // the key is a client id; keys and values come from View.Key and View.Put
	Rep      Special = "rep"     // the key is a user's e-mail; likewise
	Status   Special = "status"  // lead and customer: only ever upgraded
)

// Row is one field of a kind on both sides.
type Row struct {
	Name      string
	GHL       string // the vendor's name, or customFields.KEY
	Commonsku Path
	Rule      merge.Rule
	Form      record.Form
	// Transform makes the receiving side's value out of the source's; nil: as it is. Only in one-way rows.
	Transform       *expr.Program
	TransformSource string
	Was             string // the name that base and history were kept under before
	Special         Special
	// Max is the least limit of the two sides in characters, 0: none known. Longer texts are cut at a marker.
	Max int
	// GHLReadOnly and CommonskuReadOnly: the account cannot write the field. Set by Bind.
	GHLReadOnly, CommonskuReadOnly bool
	formGiven                      bool // by the configuration or the built-in map; else Bind may choose
}

// Table is the map of one kind of a pair. Make one with Build; it does not change.
type Table struct {
	Kind record.Kind
	Rows []Row // in use, in the order of the map
	Off  []Row // known by name, not in use
	sets []group
}

// Row finds a row in use by its name.
func (t Table) Row(name string) (Row, bool) {
	for _, r := range t.Rows {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// Field is the field of a row on one side; slot is View.PhoneSlot.
func (r Row) field(s record.Side, slot string) string {
	switch {
	case s == record.GHL:
		return r.GHL
	case r.Special == Phone && slot != "":
		return slot
	}
	return r.Commonsku.Field
}

// source is the side that a one-way row flows from; "" for a row that flows both ways.
func (r Row) source() record.Side {
	switch r.Rule.Direction {
	case merge.GHLToCommonsku:
		return record.GHL
	case merge.CommonskuToGHL:
		return record.Commonsku
	}
	return ""
}
