package transport

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"
)

const textMax = 300 // bytes of a far side's words in an error

// redactedError shows only its redacted text; what it was made of is gone, so that no log can print it.
type redactedError string

func (e redactedError) Error() string { return string(e) }

func redacted(err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known // callers tell a shutdown from a fault by it
		}
	}
	if err == nil {
		return nil
	}
	return redactedError(Redact(err.Error()))
}

// Redact takes e-mail addresses, phone numbers and credentials out of a text from outside and shortens it. Ids stay: they
// are what a person needs to find the record.
func Redact(s string) string {
	if len(s) > textMax {
		cut := textMax
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		n := strings.IndexFunc(s, separator)
		if n < 0 {
			n = len(s)
		}
		if n > 0 {
			b.WriteString(word(s[:n]))
			s = s[n:]
			continue
		}
		if n := phone(s); n > 0 {
			b.WriteString("[phone]")
			s = s[n:]
			continue
		}
		_, size := utf8.DecodeRuneInString(s)
		b.WriteString(s[:size])
		s = s[size:]
	}
	return b.String()
}

func separator(r rune) bool {
	return r <= ' ' || strings.ContainsRune(`"'<>(),;:[]{}=&?/\|+`, r)
}

// word redacts one word by what it looks like.
func word(w string) string {
	switch {
	case strings.Contains(w, "@") || strings.Contains(w, "%40"):
		return "[e-mail]"
	case strings.HasPrefix(w, "pit-") || strings.HasPrefix(w, "eyJ") || len(w) >= 40 && !strings.Contains(w, "…"):
		return "[secret]"
	case digits(w) >= 7 && digits(w)+strings.Count(w, "-")+strings.Count(w, ".") == len(w) && !date(w):
		return "[phone]"
	}
	return w
}

// phone is the length of a phone number written with a plus, brackets or spaces at the start of s, else 0.
func phone(s string) int {
	if s[0] != '+' && s[0] != '(' {
		return 0
	}
	n, d := 0, 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || strings.IndexByte("+()-. ", s[n]) >= 0) {
		if s[n] >= '0' && s[n] <= '9' {
			d++
		}
		n++
	}
	if d < 7 {
		return 0
	}
	for s[n-1] == ' ' || s[n-1] == '(' {
		n--
	}
	return n
}

// date says that w is a date like 2021-07-28, as in Version.
func date(w string) bool { return len(w) == 10 && w[4] == '-' && w[7] == '-' }

func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
