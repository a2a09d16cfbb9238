package record

import (
	"strings"
	"sync"
)

// Country is the canonical form of a country: its ISO 3166-1 alpha-2 code, from alpha-2, alpha-3, the English name or a
// common variant (USA, UK, England, Deutschland). An unknown country stays collapsed text.
func Country(raw string) string {
	s := Name(raw)
	if code, ok := countryCode(s); ok {
		return code
	}
	return s
}

// CountryName is the English name of an alpha-2 code; what is no code comes back as it is.
func CountryName(code string) string {
	if name, ok := countries().names[code]; ok {
		return name
	}
	return code
}

// countryIndex is countryTable ready to be asked. It is never changed once built.
type countryIndex struct {
	codes map[string]string // every spelling, loosely folded, to its alpha-2 code
	names map[string]string // alpha-2 code to English name
}

// countries reads the table when it is first needed.
var countries = sync.OnceValue(func() countryIndex {
	x := countryIndex{codes: make(map[string]string, 900), names: make(map[string]string, 260)}
	for line := range strings.SplitSeq(countryTable, "\n") {
		if len(line) < 8 {
			continue
		}
		code := line[:2]
		for i, name := range strings.Split(line[7:], "|") {
			if i == 0 {
				x.names[code] = name
			}
			x.codes[countryKey(name)] = code
		}
		x.codes[strings.ToLower(code)] = code
		x.codes[strings.ToLower(line[3:6])] = code
	}
	return x
})

func countryCode(s string) (string, bool) {
	if len(s) == 2 { // most records hold the code already
		if _, known := countries().names[s]; known {
			return s, true
		}
	}
	if s == "" || len(s) > 80 {
		return "", false
	}
	code, ok := countries().codes[countryKey(s)]
	return code, ok
}

// countryKey folds a name so that "The Bahamas", "St. Lucia" and "Trinidad & Tobago" meet their other spellings.
func countryKey(s string) string {
	k := FoldLoose(spelledOut(s))
	k = strings.TrimPrefix(k, "the ")
	if rest, ok := strings.CutPrefix(k, "saint "); ok {
		k = "st " + rest
	}
	return k
}
