package record

import (
	"strconv"
	"strings"
)

// Bool is the canonical form of a yes or no: "true" or "false" for the usual spellings, else collapsed text.
func Bool(raw string) string {
	s := Name(raw)
	switch strings.ToLower(s) {
	case "true", "yes", "y", "1", "on":
		return "true"
	case "false", "no", "n", "0", "off":
		return "false"
	}
	return s
}

// Number is the canonical form of a number: plain decimal digits without grouping, currency sign, leading or trailing
// zeros; no digit is ever rounded away. Commas group thousands only where they stand every three digits, as "1,5" is
// another number in another country; text that is no such number stays collapsed text.
func Number(raw string) string {
	s := Name(raw)
	n := s
	sign := ""
	if rest, ok := strings.CutPrefix(n, "-"); ok {
		sign, n = "-", rest
	} else {
		n = strings.TrimPrefix(n, "+")
	}
	for _, c := range []string{"$", "€", "£"} {
		n = strings.TrimPrefix(n, c)
	}
	n, exp, ok := cutExponent(strings.TrimSpace(n))
	whole, frac, _ := strings.Cut(n, ".")
	whole, grouped := ungroup(whole)
	if !ok || !grouped || !allDigits(frac) || whole+frac == "" {
		return s
	}
	whole, frac = shift(whole, frac, exp)
	whole, frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		frac = "." + frac
	}
	if whole+frac == "0" {
		sign = ""
	}
	return sign + whole + frac
}

// cutExponent takes a small exponent off, as JSON writers put on large numbers.
func cutExponent(s string) (mantissa string, exp int, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	exp, err := strconv.Atoi(s[i+1:])
	return s[:i], exp, err == nil && exp >= -40 && exp <= 40
}

// shift moves the decimal point exp places to the right.
func shift(whole, frac string, exp int) (string, string) {
	for ; exp > 0; exp-- {
		if frac == "" {
			frac = "0"
		}
		whole, frac = whole+frac[:1], frac[1:]
	}
	for ; exp < 0; exp++ {
		if whole == "" {
			whole = "0"
		}
		whole, frac = whole[:len(whole)-1], whole[len(whole)-1:]+frac
	}
	return whole, frac
}

func ungroup(s string) (string, bool) {
	if !strings.Contains(s, ",") {
		return s, allDigits(s)
	}
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if !allDigits(g) || i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3) {
			return s, false
		}
	}
	return strings.Join(groups, ""), true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
