package commonsku

import (
	"strings"

	"tandem/internal/operation"
	"tandem/internal/record"
)

// Resolve gives the canonical name of a field that is named canonically or by its wire path, so that mapping rows may
// use either: contact_first_name and first_name, address.line_1 and street.
func (p *Profile) Resolve(kind record.Kind, name string) (canonical string, ok bool) {
	k := p.Kinds[kind]
	if k == nil {
		return "", false
	}
	canonical, ok = k.names[name]
	return canonical, ok
}

// Owner says whose record a field of a contact is on: accounts that keep tags or addresses with the client have them in
// Placement. Fields that were not placed belong to kind.
func (p *Profile) Owner(kind record.Kind, field string) record.Kind {
	if kind != record.Contact {
		return kind
	}
	what := field
	if isAddress(field) {
		what = "address"
	}
	if owner, ok := p.Placement[what]; ok {
		return owner
	}
	return kind
}

// Field finds a field by its canonical name.
func (k *Kind) Field(name string) (Field, bool) {
	i, ok := k.byName[name]
	if !ok {
		return Field{}, false
	}
	return k.Fields[i], true
}

// Offers says which method and path the profile has for list, get, create, update or delete; false if none.
func (k *Kind) Offers(what string) (operation.Operation, bool) {
	ep, ok := k.endpoints[verb(what)]
	return ep.op, ok
}

// calls says whether anything is ever sent with this profile.
func (p *Profile) calls() bool {
	for _, k := range p.Kinds {
		if len(k.endpoints) > 0 {
			return true
		}
	}
	return false
}

// group is what a field is written together with: the parts of one object, or of the whole record.
func (k *Kind) group(f *Field) string {
	switch {
	case k.WholeUpdates:
		return "record"
	case len(f.Path) > 1:
		return strings.Join(f.Path[:len(f.Path)-1], ".")
	}
	return ""
}

// index prepares lookups by name. A canonical name wins over the wire path of another field.
func (k *Kind) index() {
	k.byName, k.names = make(map[string]int, len(k.Fields)), make(map[string]string, 2*len(k.Fields))
	for i, f := range k.Fields {
		k.byName[f.Name] = i
		k.names[strings.Join(f.Path, ".")] = f.Name
	}
	for _, f := range k.Fields {
		k.names[f.Name] = f.Name
	}
}
