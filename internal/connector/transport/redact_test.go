package transport

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestErrorsShowNoSecretsAndNobody(t *testing.T) {
	for in, want := range map[string]string{
		"Contact with id seD4PfOuKoVMLkEZqohJ not found":          "Contact with id seD4PfOuKoVMLkEZqohJ not found",
		"ann.lee@example.com is taken":                            "[e-mail] is taken",
		`{"email":"ann@example.com","phone":"+1 (312) 555-0100"}`: `{"email":"[e-mail]","phone":"[phone]"}`,
		"phone +13125550100 exists":                               "phone [phone] exists",
		"phone 312-555-0100 exists":                               "phone [phone] exists",
		"call 3125550100":                                         "call [phone]",
		"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.x":                  "Bearer [secret]",
		"key pit-1234-abcd":                                       "key [secret]",
		"Version 2021-07-28 is required":                          "Version 2021-07-28 is required",
		"email=ann%40example.com&x=1":                             "email=[e-mail]&x=1",
		"read tcp 127.0.0.1:4000->127.0.0.1:80: connection reset": "read tcp 127.0.0.1:4000->127.0.0.1:80: connection reset",
		"token " + strings.Repeat("aB3", 20):                      "token [secret]",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q)\n got %q\nwant %q", in, got, want)
		}
	}
	if e := redacted(errors.New("x ann@example.com")); strings.Contains(e.Error(), "@") || errors.Unwrap(e) != nil {
		t.Errorf("%v can still be unwrapped to what it was", e)
	}
}

func FuzzRedact(f *testing.F) {
	for _, s := range []string{"ann@example.com", "+1 312 555 0100", "(312) 555-0100 ext", "Bearer eyJx", "é\xff", "+++++((((", strings.Repeat("z@", 400)} {
		f.Add(s)
	}
	mail := regexp.MustCompile(`[a-z0-9]@[a-z0-9]`)
	international := regexp.MustCompile(`\+[0-9]{8,}`)
	f.Fuzz(func(t *testing.T, s string) {
		got := Redact(s)
		if mail.MatchString(got) {
			t.Errorf("an address is left in %q", got)
		}
		if international.MatchString(got) {
			t.Errorf("a number is left in %q", got)
		}
		if len(got) > 4*textMax || utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%d bytes, broken: %q", len(got), got)
		}
	})
}
