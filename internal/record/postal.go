package record

import "strings"

// PostalCode is the canonical form of a postal code: upper case, with the space where the country (alpha-2) has it:
// K1A 0B1, SW1A 1AA, 1012 AB; a long US code is 12345-6789. Without a known country the shape decides between these,
// which no two of them share. No digit is ever added: a zero that a spreadsheet dropped is for people to mend.
func PostalCode(raw, country string) string {
	s := settle(Name(raw), func(s string) string { return Name(strings.ToUpper(s)) })
	if !ascii(s) || len(s) > 12 {
		return s
	}
	tight := strings.NewReplacer(" ", "", "-", "").Replace(s)
	pattern := shape(tight)
	is := func(c string) bool { return country == c || country == "" }
	switch {
	case is("US") && pattern == "999999999":
		return tight[:5] + "-" + tight[5:]
	case country == "US" && pattern == "99999":
		return tight
	case is("CA") && pattern == "A9A9A9":
		return tight[:3] + " " + tight[3:]
	case country == "NL" && pattern == "9999AA":
		return tight[:4] + " " + tight[4:]
	case is("GB") && (len(tight) >= 5 && len(tight) <= 7) && strings.HasSuffix(pattern, "9AA") && pattern[0] == 'A':
		return tight[:len(tight)-3] + " " + tight[len(tight)-3:]
	}
	return s
}

// shape writes A for each letter and 9 for each digit of an upper-case ASCII text.
func shape(s string) string {
	out := []byte(s)
	for i, c := range out {
		switch {
		case c >= '0' && c <= '9':
			out[i] = '9'
		case c >= 'A' && c <= 'Z':
			out[i] = 'A'
		}
	}
	return string(out)
}
