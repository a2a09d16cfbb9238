package record

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// extension separates a number from its extension in the canonical form. Source: RFC 3966.
const extension = ";ext="

// Phone is the canonical form of a phone number: E.164, with ";ext=12" behind it where the number has an extension.
// region is the ISO country in which numbers without a country code are read; a pair never changes it.
//
// A number that no telephone network could have (GHL checks none: facts-ghl.md, "Normalising") keeps all its digits, with
// a plus only where they would otherwise be read as another number. Text without digits is no number: "".
func Phone(raw, region string) string {
	if e, ok := northAmerican(raw, region); ok {
		return e
	}
	s := raw
	for range 32 {
		next, settled := phone(s, region)
		if settled || next == s {
			return next
		}
		s = next // a number that the library read out of a muddle can read differently once it is clean
	}
	return digitsOnly(s)
}

// northAmerican is the fast path for what most records hold: a whole number of +1 in plain punctuation, which needs no
// library to be read (ten digits, the first from 2 up).
func northAmerican(raw, region string) (string, bool) {
	d := [12]byte{'+', '1'}
	n, plus := 1, false // n counts d's bytes behind the plus; the country code is written when it is read
	for i := range len(raw) {
		switch c := raw[i]; {
		case c >= '0' && c <= '9':
			if n == 1 && c != '1' && !plus { // at home the country code may be left out
				n = 2
			}
			if n == len(d) {
				return "", false
			}
			d[n] = c
			n++
		case c == '+' && n == 1 && !plus:
			plus = true
		case c == ' ' || c == '-' || c == '.' || c == '(' || c == ')':
		default:
			return "", false
		}
	}
	if n != len(d) || d[1] != '1' || d[2] < '2' || !plus && region != "US" && region != "CA" {
		return "", false
	}
	return string(d[:]), true
}

// phone does one reading; settled says that another one would change nothing.
func phone(s, region string) (canonical string, settled bool) {
	n, err := phonenumbers.Parse(s, region)
	ext := ""
	if err == nil {
		ext = n.GetExtension()
		if phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE {
			e := phonenumbers.Format(n, phonenumbers.E164)
			if ext != "" {
				e += extension + ext
			}
			return e, e == s
		}
	}
	digits := digitsOnly(s)
	if ext != "" && strings.HasSuffix(digits, ext) && len(digits) > len(ext) {
		digits = digits[:len(digits)-len(ext)]
		ext = extension + ext
	} else {
		ext = ""
	}
	if strings.HasPrefix(strings.TrimSpace(s), "+") && possible(digits, region) {
		digits = "+" + digits
	}
	return digits + ext, digits+ext == s
}

func possible(s, region string) bool {
	n, err := phonenumbers.Parse(s, region)
	return err == nil && phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
}

// digitsOnly keeps the digits of s, those of other scripts as ASCII.
func digitsOnly(s string) string { return phonenumbers.NormalizeDigitsOnly(s) }

// PhoneNational is a canonical number as people in region write it: the national form for numbers of that country, else
// the international one, so that no spreadsheet takes it for a formula at home. What is no number comes back as it is.
func PhoneNational(e164, region string) string {
	n, err := phonenumbers.Parse(e164, region)
	if err != nil || phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE {
		return e164
	}
	if int(n.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(strings.ToUpper(region)) {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
