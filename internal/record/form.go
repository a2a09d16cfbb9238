package record

import (
	"strings"
	"time"
)

// Form says how a mapped row is compared and written. A form is a lens: Key is the coarsest form of a value that both
// sides can hold, which is what is merged; Put writes a key into the raw value that a side holds now.
//
// For all values: Key(Put(k, current)) equals k for every k that Key gave, and Key of a key is that key.
type Form string

// The forms. FormTags is the form of sets, merged element by element; all others hold one text, for which a set reads as
// its elements joined by commas.
const (
	FormText      Form = "text" // one line
	FormName      Form = "name"
	FormEmail     Form = "email"
	FormPhone     Form = "phone"
	FormCountry   Form = "country"
	FormRegion    Form = "region"
	FormPostal    Form = "postal"
	FormDate      Form = "date"
	FormWebsite   Form = "website"
	FormTags      Form = "tags"
	FormBool      Form = "bool"
	FormNumber    Form = "number"
	FormHTML      Form = "html"      // rich text on a side that has it, plain on one that has not
	FormMultiline Form = "multiline" // plain text of several lines
)

// Forms lists all forms, in the order in which they are shown.
func Forms() []Form {
	return []Form{FormText, FormName, FormEmail, FormPhone, FormCountry, FormRegion, FormPostal, FormDate, FormWebsite, FormTags, FormBool, FormNumber, FormHTML, FormMultiline}
}

// Env is what reading a value depends on beside the value.
type Env struct {
	Region  string         // ISO 3166-1 alpha-2: where phone numbers without a country code are; fixed for a pair
	Zone    *time.Location // in which an instant is read as a day; nil: UTC
	Country string         // of this record, canonical: how its region and postal code are read; "" unknown
}

func (e Env) zone() *time.Location {
	if e.Zone == nil {
		return time.UTC
	}
	return e.Zone
}

// Key is the canonical form of a raw value. An unknown form reads as text.
func (f Form) Key(raw Value, env Env) Value {
	if f == FormTags {
		items := raw.Items()
		tags := make([]string, len(items))
		for i, s := range items {
			tags[i] = Tag(s)
		}
		return Set(tags...)
	}
	if raw.IsEmpty() {
		return Value{}
	}
	return Text(f.key(raw.String(), env))
}

func (f Form) key(raw string, env Env) string {
	switch f {
	case FormEmail:
		return Email(raw)
	case FormPhone:
		return Phone(raw, env.Region)
	case FormCountry:
		return Country(raw)
	case FormRegion:
		return Region(raw, env.Country)
	case FormPostal:
		return PostalCode(raw, env.Country)
	case FormDate:
		if day, ok := DateIn(raw, env.zone()); ok {
			return day
		}
	case FormWebsite:
		return Website(raw)
	case FormBool:
		return Bool(raw)
	case FormNumber:
		return Number(raw)
	case FormHTML:
		return richKey(raw)
	case FormMultiline:
		return Lines(raw)
	}
	return Name(raw)
}

// Put is the raw value that a side gets so that it reads as key. It is current, byte for byte, where that reads as key
// already (I4); else as much of current as the form can keep: the hour of a date, the spellings of the other tags, the
// long name of a country. An empty key clears.
func (f Form) Put(key, current Value, env Env, side Side) Value {
	if f.Key(current, env).Equal(key) {
		return current
	}
	if f == FormTags {
		return putTags(key, current)
	}
	if key.IsEmpty() {
		return Value{}
	}
	raw := f.put(key.Text(), current.String(), env, side)
	if !f.Key(Text(raw), env).Equal(key) {
		return key // what a person wrote around the old value does not fit around the new one
	}
	return Text(raw)
}

func (f Form) put(key, current string, env Env, side Side) string {
	switch f {
	case FormPhone:
		return strings.Replace(key, extension, " x", 1)
	case FormCountry:
		if _, known := countryCode(current); known && len(current) > 3 && side == Commonsku {
			return CountryName(key) // its contract takes the code or the English name: a list of names stays one
		}
	case FormDate:
		return putDate(key, current, env.zone())
	case FormHTML:
		if (side == GHL || LooksLikeHTML(current)) && !LooksLikeHTML(key) {
			return HTMLOf(key)
		}
	}
	return key
}

// putTags keeps the spelling of tags that stay.
func putTags(key, current Value) Value {
	spelling := make(map[string]string, len(current.Items()))
	for _, raw := range current.Items() {
		if _, twice := spelling[Tag(raw)]; !twice {
			spelling[Tag(raw)] = raw
		}
	}
	out := make([]string, 0, len(key.Items()))
	for _, tag := range key.Items() {
		if raw, ok := spelling[tag]; ok {
			tag = raw
		}
		out = append(out, tag)
	}
	return Set(out...)
}
