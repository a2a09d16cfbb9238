package mapping

import (
	"fmt"
	"slices"
	"strings"

	"tandem/internal/record"
)

// Known is what is known of one field of an account.
type Known struct {
	Writable  bool
	Type      string // text, set, date, number, bool, options; "" unknown
	MaxLength int    // characters; 0: none known
}

// Account is what the two accounts of a pair have.
type Account struct {
	// GHL's contact fields under the vendor's names, customFields.KEY for custom fields; nil: not known, not checked.
	GHL map[string]Known
	// Commonsku's fields by owner; a kind that is absent is not checked.
	Commonsku map[record.Kind]map[string]Known
	// Resolve turns a wire name of a profile into its canonical name; nil: names are canonical.
	Resolve func(kind record.Kind, name string) (canonical string, ok bool)
}

// Bind fits a table to the accounts: wire names become canonical ones, limits and read-only fields are noted, and forms
// that nobody chose follow the type of the field. A row whose field an account does not have is off in the result and
// told with the nearest field: at first start a mistake of the map, later a change of the account's schema.
func (t Table) Bind(a Account) (Table, Mistakes) {
	out := Table{Kind: t.Kind, Off: slices.Clone(t.Off)}
	var mistakes Mistakes
	for _, r := range t.Rows {
		if a.Resolve != nil {
			if name, ok := a.Resolve(r.Commonsku.Owner, r.Commonsku.Field); ok {
				r.Commonsku.Field = name
			}
		}
		ghl, err := find(a.GHL, r.GHL, "GHL", "")
		if err == nil {
			var commonsku Known
			if commonsku, err = find(a.Commonsku[r.Commonsku.Owner], r.Commonsku.Field, "commonsku", strings.TrimSuffix(r.Commonsku.String(), r.Commonsku.Field)); err == nil {
				out.Rows = append(out.Rows, r.bind(ghl, commonsku))
				continue
			}
		}
		mistakes = append(mistakes, Mistake{Row: r.Name, What: err.Error()})
		out.Off = append(out.Off, r)
	}
	mistakes = append(mistakes, out.checkShared(nil)...)
	out.sets = out.groups()
	return out, mistakes
}

func find(fields map[string]Known, name, side, prefix string) (Known, error) {
	if fields == nil {
		return Known{Writable: true}, nil
	}
	k, ok := fields[name]
	if !ok {
		names := make([]string, 0, len(fields))
		for n := range fields {
			names = append(names, prefix+n)
		}
		slices.Sort(names)
		return k, fmt.Errorf("this %s account has no field %q%s", side, prefix+name, didYouMean(prefix+name, names))
	}
	return k, nil
}

func (r Row) bind(ghl, commonsku Known) Row {
	r.GHLReadOnly, r.CommonskuReadOnly = !ghl.Writable, !commonsku.Writable
	r.Max = ghl.MaxLength
	if r.Max == 0 || commonsku.MaxLength > 0 && commonsku.MaxLength < r.Max {
		r.Max = commonsku.MaxLength
	}
	if !r.formGiven && r.Form == "text" && r.Transform == nil {
		for _, k := range []Known{ghl, commonsku} {
			switch k.Type {
			case "set":
				r.Form = formTags
			case "date", "number", "bool":
				r.Form = record.Form(k.Type)
			}
		}
		r.Rule.Set = r.Form == formTags
	}
	return r
}
