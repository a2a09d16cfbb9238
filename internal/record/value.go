package record

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Value is what one field holds: a text, or a set of texts. The zero Value is empty. Values are immutable.
type Value struct {
	text  string
	items []string // sorted, without repeats; non-nil only for sets with elements
}

// Text makes a text value; Text("") is empty.
func Text(s string) Value { return Value{text: s} }

// Set makes a set value: sorted, without empties and repeats. A set without elements is empty.
func Set(items ...string) Value {
	out := make([]string, 0, len(items))
	for _, s := range items {
		if s != "" {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return Value{}
	}
	slices.Sort(out)
	return Value{items: slices.Compact(out)}
}

// Text is the text of a text value, "" for a set.
func (v Value) Text() string { return v.text }

// Items are the elements of a set value, sorted; a non-empty text reads as its only element. Do not modify.
func (v Value) Items() []string {
	if v.items == nil && v.text != "" {
		return []string{v.text}
	}
	return v.items
}

// IsSet says that v is a set with elements.
func (v Value) IsSet() bool { return v.items != nil }

// IsEmpty says that v is the empty text or the empty set, which are the same.
func (v Value) IsEmpty() bool { return v.text == "" && v.items == nil }

// Equal compares byte for byte.
func (v Value) Equal(w Value) bool { return v.text == w.text && slices.Equal(v.items, w.items) }

// String is v for people: a text as it is, a set joined by commas.
func (v Value) String() string {
	if v.items != nil {
		return strings.Join(v.items, ", ")
	}
	return v.text
}

// MarshalJSON writes a text as a string, a set as an array, empty as null.
func (v Value) MarshalJSON() ([]byte, error) {
	switch {
	case v.items != nil:
		return json.Marshal(v.items)
	case v.text == "":
		return []byte("null"), nil
	}
	return json.Marshal(v.text)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(b []byte) error {
	var a any
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	switch t := a.(type) {
	case nil:
		*v = Value{}
	case string:
		*v = Text(t)
	case []any:
		items := make([]string, 0, len(t))
		for _, e := range t {
			s, ok := e.(string)
			if !ok {
				return fmt.Errorf("record value: a set holds texts, not %T", e)
			}
			items = append(items, s)
		}
		*v = Set(items...)
	default:
		return fmt.Errorf("record value: want text, array of texts or null, not %T", a)
	}
	return nil
}
