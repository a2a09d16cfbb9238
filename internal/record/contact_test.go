package record

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPhone(t *testing.T) {
	for _, c := range []struct{ raw, region, want string }{
		{"+13125550100", "US", "+13125550100"},
		{"(312) 555-0100", "US", "+13125550100"},
		{"312.555.0100", "CA", "+13125550100"},
		{"1-312-555-0100", "US", "+13125550100"},
		{"001 312 555 0100", "GB", "+13125550100"},
		{"011 44 20 7946 0958", "US", "+442079460958"},
		{"020 7946 0958", "GB", "+442079460958"},
		{"+44 (0)20 7946 0958", "US", "+442079460958"},
		{"030 901820", "DE", "+4930901820"},
		{"06 1234 5678", "IT", "+390612345678"}, // Italy keeps its zero
		{"312-555-0100 x12", "US", "+13125550100;ext=12"},
		{"312-555-0100 ext. 12", "US", "+13125550100;ext=12"},
		{"+13125550100;ext=12", "US", "+13125550100;ext=12"},
		{"1-800-FLOWERS", "US", "+18003569377"},
		{"tel:+1-312-555-0100", "US", "+13125550100"},
		{"555-0100", "US", "5550100"}, // no area code: nobody could call it from afar
		{"12345", "US", "12345"},
		{"+1 555", "US", "1555"},
		{"+ 31 2", "US", "312"},
		{"+49 301 2345", "US", "+493012345"},
		{"+0123456789", "US", "+0123456789"}, // without the plus it would be another number
		{"٣١٢٥٥٥٠١٠٠", "US", "+13125550100"},
		{"312-555-0100 or 312-555-0199", "US", "31255501003125550199"},
		{strings.Repeat("9", 300), "US", strings.Repeat("9", 300)},
		{"n/a", "US", ""},
		{"", "US", ""},
		{"+", "US", ""},
		{"3125550100", "", "3125550100"},
		{"+13125550100", "", "+13125550100"},
	} {
		if got := Phone(c.raw, c.region); got != c.want {
			t.Errorf("Phone(%q, %q) = %q, want %q", c.raw, c.region, got, c.want)
		}
	}
}

// The fast path must read exactly as the library does.
func TestPhoneFastPathAgreesWithTheLibrary(t *testing.T) {
	digit := rapid.SampledFrom([]string{"0", "1", "2", "5", "9", "(", ")", "-", ".", " ", "+", "+1", "312", "555"})
	hits := 0
	rapid.Check(t, func(t *rapid.T) {
		raw := ""
		for _, p := range rapid.SliceOfN(digit, 5, 14).Draw(t, "parts") {
			raw += p
		}
		for _, region := range []string{"US", "CA", "GB", ""} {
			fast, ok := northAmerican(raw, region)
			if !ok {
				continue
			}
			hits++
			if slow, _ := phone(raw, region); slow != fast {
				t.Fatalf("%q in %q: fast %q, library %q", raw, region, fast, slow)
			}
		}
	})
	if hits == 0 {
		t.Error("the fast path was never taken")
	}
}

func TestPhoneNational(t *testing.T) {
	for _, c := range []struct{ number, region, want string }{
		{"+13125550100", "US", "(312) 555-0100"},
		{"+13125550100", "CA", "(312) 555-0100"},
		{"+13125550100", "GB", "+1 312-555-0100"},
		{"+442079460958", "gb", "020 7946 0958"},
		{"+13125550100;ext=12", "US", "(312) 555-0100 ext. 12"},
		{"12345", "US", "12345"},
		{"", "US", ""},
	} {
		if got := PhoneNational(c.number, c.region); got != c.want {
			t.Errorf("PhoneNational(%q, %q) = %q, want %q", c.number, c.region, got, c.want)
		}
	}
}

func TestPhoneNationalReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom([]string{"US", "GB", "DE", "AU", "FR"}).Draw(t, "region")
		key := Phone(rapid.StringMatching(`[0-9]{6,12}( x[0-9]{1,4})?`).Draw(t, "raw"), region)
		if got := Phone(PhoneNational(key, region), region); got != key {
			t.Fatalf("%q is shown as %q, which reads as %q", key, PhoneNational(key, region), got)
		}
	})
}

func TestEmail(t *testing.T) {
	for raw, want := range map[string]string{
		" Ann.Lee@ACME.com ": "ann.lee@acme.com",
		"ann+x@acme.com":     "ann+x@acme.com",
		"a\u200bnn@acme.com": "ann@acme.com",
		"ÄNN@müller.de":      "änn@müller.de",
		"":                   "",
	} {
		if got := Email(raw); got != want {
			t.Errorf("Email(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestValidEmail(t *testing.T) {
	for _, s := range []string{"a@b.co", "ann.lee+x@acme.example", "o'brien@acme.com", "änn@müller.de", "a@xn--mller-kva.de", "_x@a-b.org"} {
		if !ValidEmail(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "ann", "@acme.com", "ann@", "ann@acme", "ann lee@acme.com", "a@b@c.com", ".a@b.co", "a..b@c.co", "a.@b.co", "a@b..co", "a@-b.co",
		"a@b.c", "a@1.2.3.44", "ann@acme.com,bob@acme.com", "<ann@acme.com>", "a@b .co", strings.Repeat("a", 65) + "@b.co"} {
		if ValidEmail(s) {
			t.Errorf("%q is accepted", s)
		}
	}
}

func TestIsRoleEmail(t *testing.T) {
	for _, s := range []string{"office@acme.com", "INFO@acme.com", "sales", "sales2@acme.com", "orders+web@acme.com", "accounts-payable@acme.com", "no-reply@acme.com", "customer.service@acme.com"} {
		if !IsRoleEmail(s) {
			t.Errorf("%q is taken for a person's", s)
		}
	}
	for _, s := range []string{"ann@acme.com", "ann.sales@acme.com", "", "@", "12@acme.com", "art.vandelay@acme.com"} {
		if IsRoleEmail(s) {
			t.Errorf("%q is taken for an office's", s)
		}
	}
}

func FuzzEmail(f *testing.F) {
	f.Add("Ann@Acme.com")
	f.Add("sales+@x")
	f.Fuzz(func(t *testing.T, raw string) {
		canonical := Email(raw)
		if ValidEmail(raw) && !ValidEmail(canonical) && len(canonical) <= 254 && strings.IndexByte(canonical, '@') <= 64 {
			t.Errorf("%q is valid, its canonical form %q is not", raw, canonical)
		}
		IsRoleEmail(raw)
	})
}

func FuzzPhone(f *testing.F) {
	f.Add("+1 (312) 555-0100 x12", "US")
	f.Add("00:00:0012", "AU")
	f.Add("+0123456789", "IT")
	f.Fuzz(func(t *testing.T, raw, region string) {
		once := Phone(raw, region)
		if again := Phone(once, region); again != once {
			t.Errorf("%q becomes %q, and that %q", raw, once, again)
		}
		PhoneNational(once, region)
	})
}

func TestWebsite(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Acme.com/":          "acme.com",
		"HTTP://www.acme.com":        "www.acme.com",
		"acme.com":                   "acme.com",
		"//acme.com/":                "acme.com",
		"https://https://acme.com":   "acme.com",
		"https://acme.com:443/Shop/": "acme.com/Shop",
		"http://acme.com:8080/a?B=C": "acme.com:8080/a?B=C",
		"Acme.com?x=/":               "acme.com?x=",
		"MÜLLER.de":                  "müller.de",
		"none at all":                "none at all",
		"ftp://acme.com":             "ftp://acme.com",
		"https://":                   "https://",
		"":                           "",
	} {
		if got := Website(raw); got != want {
			t.Errorf("Website(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestTag(t *testing.T) {
	for raw, want := range map[string]string{" VIP  Customer ": "vip customer", "ÉTÉ": "été", "İ": "i", "": ""} {
		if got := Tag(raw); got != want {
			t.Errorf("Tag(%q) = %q, want %q", raw, got, want)
		}
	}
}

func BenchmarkPhoneHome(b *testing.B) {
	for b.Loop() {
		Phone("(312) 555-0100", "US")
	}
}

func BenchmarkPhoneAbroad(b *testing.B) {
	for b.Loop() {
		Phone("+442079460958", "US")
	}
}

func BenchmarkFoldASCII(b *testing.B) {
	for b.Loop() {
		Fold("Acme Promotional Products Inc")
	}
}

func BenchmarkFoldLooseAccents(b *testing.B) {
	for b.Loop() {
		FoldLoose("José Núñez-O’Brien")
	}
}
