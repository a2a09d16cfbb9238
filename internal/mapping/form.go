package mapping

import "tandem/internal/record"

// formTags is the form of sets.
const formTags record.Form = "tags"

// formNames are the forms that a row of the configuration may name. Source: record.Form.
func formNames() []string {
	return []string{"text", "name", "email", "phone", "country", "region", "postal", "date", "website", "tags", "bool", "number", "html", "multiline"}
}

// cuts says whether texts of a form are cut at a limit. The others are short, or a part of them would be a wrong value.
func cuts(f record.Form) bool {
	return f == "text" || f == "name" || f == "multiline"
}

// marker ends a text that was cut.
const marker = "…"

// cut shortens a key to max characters, the marker included. The key of a cut text is the cut text, so that the side
// with less room and the side with more agree.
func cut(key record.Value, max int) record.Value {
	runes := []rune(key.Text())
	if max <= 0 || len(runes) <= max {
		return key
	}
	return record.Text(string(runes[:max-1]) + marker)
}

// uncut puts the tail of a longer current text back behind an edit of its cut form, so that an edit at the front on the
// side with less room does not lose what that side never saw. Where the tail cannot stay, the edited text is all there is.
func uncut(key, current record.Value, max int, keyOf func(record.Value) record.Value) record.Value {
	text, runes := []rune(key.Text()), []rune(current.Text())
	if max <= 0 || len(runes) <= max || len(text) == 0 || string(text[len(text)-1:]) != marker {
		return key
	}
	whole := record.Text(string(text[:len(text)-1]) + string(runes[max-1:]))
	if !keyOf(whole).Equal(key) {
		return key
	}
	return whole
}
