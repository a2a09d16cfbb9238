package record

import (
	"strings"
	"testing"
)

func TestCountry(t *testing.T) {
	for raw, want := range map[string]string{
		"US": "US", "us": "US", "USA": "US", "U.S.A.": "US", "U.S.": "US", "United States": "US", "united  states of america": "US", "America": "US",
		"the United States": "US", "UK": "GB", "U.K.": "GB", "England": "GB", "Great Britain": "GB", "Scotland": "GB", "GBR": "GB",
		"Deutschland": "DE", "GERMANY": "DE", "deu": "DE", "España": "ES", "Holland": "NL", "The Netherlands": "NL", "Österreich": "AT",
		"Côte d’Ivoire": "CI", "Cote d'Ivoire": "CI", "Ivory Coast": "CI", "Trinidad and Tobago": "TT", "Trinidad & Tobago": "TT",
		"Saint Lucia": "LC", "St. Lucia": "LC", "Korea, Republic of": "KR", "Congo, Democratic Republic of the": "CD", "Viet Nam": "VN",
		"Türkiye": "TR", "Hong Kong": "HK", "Mexico": "MX", "México": "MX", "Canada": "CA", "Czech Republic": "CZ", "Kosovo": "XK",
		"Narnia": "Narnia", "  New   Narnia ": "New Narnia", "XX": "XX", "": "",
	} {
		if got := Country(raw); got != want {
			t.Errorf("Country(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestCountryTable(t *testing.T) {
	spellings := map[string]string{}
	lines := strings.Split(strings.TrimSpace(countryTable), "\n")
	if len(lines) != 250 { // 249 of ISO 3166-1 and Kosovo
		t.Errorf("%d countries", len(lines))
	}
	for _, l := range lines {
		code := l[:2]
		if got := CountryName(code); got != strings.Split(l[7:], "|")[0] {
			t.Errorf("%s is named %q", code, got)
		}
		for _, s := range append(strings.Split(l[7:], "|"), code, l[3:6]) {
			key := countryKey(s)
			if other, taken := spellings[key]; taken && other != code || key == "" {
				t.Errorf("%q (%q) means both %s and %s", s, key, other, code)
			}
			spellings[key] = code
		}
		if Country(CountryName(code)) != code || Country(l[3:6]) != code {
			t.Errorf("%s does not read back", code)
		}
	}
}

func TestRegion(t *testing.T) {
	for _, c := range []struct{ raw, country, want string }{
		{"IL", "US", "IL"}, {"il", "US", "IL"}, {"Illinois", "US", "IL"}, {"Calif.", "US", "CA"}, {"D.C.", "US", "DC"}, {"Washington, D.C.", "US", "DC"},
		{"New York", "US", "NY"}, {"N.Y.", "US", "NY"}, {"W. Va.", "US", "WV"}, {"Puerto Rico", "US", "PR"},
		{"Ontario", "CA", "ON"}, {"Québec", "CA", "QC"}, {"quebec", "CA", "QC"}, {"PQ", "CA", "QC"}, {"Newfoundland & Labrador", "CA", "NL"},
		{"Victoria", "AU", "VIC"}, {"wa", "AU", "WA"}, {"Western Australia", "AU", "WA"},
		{"Greater  London", "GB", "Greater London"}, {"IL", "GB", "IL"}, {"il", "DE", "il"},
		{"Ontario", "", "ON"}, {"wa", "", "WA"}, {"Texas", "", "TX"}, {"Bavaria", "US", "Bavaria"}, {"", "US", ""},
	} {
		if got := Region(c.raw, c.country); got != c.want {
			t.Errorf("Region(%q, %q) = %q, want %q", c.raw, c.country, got, c.want)
		}
	}
}

func TestRegionTable(t *testing.T) {
	count := map[string]int{}
	for line := range strings.SplitSeq(strings.TrimSpace(regionTable), "\n") {
		f := strings.Split(line, "|")
		count[f[0]]++
		for _, spelling := range f[1:] {
			if got := Region(spelling, f[0]); got != f[1] {
				t.Errorf("%s: %q is %s, not %s", f[0], spelling, got, f[1])
			}
		}
		if RegionName(f[1], f[0]) != f[2] {
			t.Errorf("%s %s is named %q", f[0], f[1], RegionName(f[1], f[0]))
		}
	}
	if count["US"] != 50+1+5+3 || count["CA"] != 13 || count["AU"] != 8 {
		t.Errorf("regions: %v", count)
	}
}

func TestPostalCode(t *testing.T) {
	for _, c := range []struct{ raw, country, want string }{
		{"60601", "US", "60601"}, {"60601-1234", "US", "60601-1234"}, {"606011234", "US", "60601-1234"}, {"60601 1234", "US", "60601-1234"},
		{"2134", "US", "2134"}, {"k1a0b1", "CA", "K1A 0B1"}, {"K1A-0B1", "CA", "K1A 0B1"}, {"sw1a1aa", "GB", "SW1A 1AA"}, {"M1 1AE", "GB", "M1 1AE"},
		{"m11ae", "GB", "M1 1AE"}, {"1012ab", "NL", "1012 AB"}, {"2000", "AU", "2000"}, {" d-10115 ", "DE", "D-10115"},
		{"k1a0b1", "", "K1A 0B1"}, {"606011234", "", "60601-1234"}, {"sw1a1aa", "", "SW1A 1AA"}, {"SW1A 1AA", "US", "SW1A 1AA"}, {"", "US", ""},
	} {
		if got := PostalCode(c.raw, c.country); got != c.want {
			t.Errorf("PostalCode(%q, %q) = %q, want %q", c.raw, c.country, got, c.want)
		}
	}
}
