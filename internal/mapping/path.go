package mapping

import (
	"fmt"
	"strings"

	"tandem/internal/record"
)

// String is the form that ParsePath reads.
func (p Path) String() string {
	if p.Owner == record.Company {
		return "client." + p.Field
	}
	return string(p.Owner) + "." + p.Field
}

// ParsePath reads a path of commonsku: contact.FIELD or client.FIELD.
func ParsePath(s string) (Path, error) {
	owner, field, ok := strings.Cut(strings.TrimSpace(s), ".")
	if !ok || !isName(field) {
		return Path{}, fmt.Errorf("%q is not a path of commonsku: write contact.FIELD or client.FIELD", s)
	}
	switch owner {
	case "contact":
		return Path{record.Contact, field}, nil
	case "client":
		return Path{record.Company, field}, nil
	}
	return Path{}, fmt.Errorf("%q: commonsku fields belong to a contact or a client, not to %q%s", s, owner, didYouMean(owner, []string{"contact", "client"}))
}

// customPrefix is how a custom field of GHL is written in the map and in records.
const customPrefix = "customFields."

// ghlFields are the standard fields of a GHL contact that a row may name. Source: the vendor's contacts file
// (properties of the create, update and single-read shapes).
var ghlFields = [...]string{
	"address1", "assignedTo", "city", "companyName", "country", "dateAdded", "dateOfBirth", "dateUpdated", "dnd", "email",
	"firstName", "keyword", "lastName", "name", "phone", "postalCode", "source", "ssn", "state", "tags", "timezone", "type", "website",
}

// checkGHL says what is wrong with a GHL field name; nil: nothing. Whether a custom field exists is known to Bind only.
func checkGHL(s string) error {
	if key, custom := strings.CutPrefix(s, customPrefix); custom {
		if !isName(key) {
			return fmt.Errorf("%q: a custom field is written customFields.KEY, with the key that GHL shows for it", s)
		}
		return nil
	}
	for _, f := range ghlFields {
		if f == s {
			return nil
		}
	}
	return fmt.Errorf("GHL has no contact field %q%s; a custom field is written customFields.KEY", s, didYouMean(s, ghlFields[:]))
}

// isName: letters, digits, underscores, dashes and dots inside; not empty.
func isName(s string) bool {
	if s == "" || strings.HasPrefix(s, ".") || strings.HasSuffix(s, ".") {
		return false
	}
	for _, r := range s {
		if !(r == '_' || r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return false
		}
	}
	return true
}

// didYouMean names the nearest of the choices, if one is near.
func didYouMean(s string, choices []string) string {
	best, at := len([]rune(s))/2+1, ""
	for _, c := range choices {
		if d := distance(strings.ToLower(s), strings.ToLower(c)); d < best {
			best, at = d, c
		}
	}
	if at == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", at)
}

// distance is the number of single-character edits between a and b.
func distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	row := make([]int, len(rb)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range ra {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range rb {
			cost := 1
			if x == y {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(rb)]
}
