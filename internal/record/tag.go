package record

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Tag is the canonical form of a tag: lower case, since GHL lower-cases on save (facts-ghl.md, "Tags"), NFC, collapsed.
func Tag(raw string) string {
	return settle(Name(raw), func(s string) string { return norm.NFC.String(strings.ToLower(s)) })
}
