package record

import (
	"testing"

	"pgregory.net/rapid"
)

// pieces are what people and programs put into fields: each one has broken somebody's normaliser.
var pieces = []string{
	" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\ufeff", "\u00ad", "\x00", "\x85", "\xff",
	"a", "A", "e", "\u0301", "\u0327", "\u0345", "é", "e\u0301", "ß", "ẞ", "İ", "ı", "ﬁ", "Å", "\u212b", "\u212a", "ø", "Ł", "ſ", "ΐ", "Σ", "ς", "ǰ", "²", "１", "٣",
	"中", "م", "न", "्", "👩", "❤\ufe0f", "O'Brien", "’", ".", ",", ", ", ";", "-", "+", "@", "/", "?", "#", ":", "&", "amp;", "<", ">", "<p>", "</p>", "<br>", "<li>", "<b>",
	"<a href=\"http://x.y/\">", "</a>", "&lt;", "&nbsp;", "0", "1", "7", "12", "312", "555", "0100", "x12", "ext. 4", ";ext=", "00", "+1", "+44", "+49", "(0)",
	"Inc", "LLC", "The", "van", "de", "Jr.", "III", "y", "St", "US", "USA", "GB", "United", "States", "CA", "WA", "K1A 0B1", "http://", "HTTPS://", "//", "www.", "Acme.COM", ":80",
	"1990-05-01", "T", "00:00:00", ".000", "Z", "+05:30", "-0800", "-315619200000", "1e3", "$", "1,234.50", "true", "No",
}

// messy draws a text made of pieces and of anything at all.
func messy() *rapid.Generator[string] {
	part := rapid.OneOf(rapid.SampledFrom(pieces), rapid.SampledFrom(pieces), rapid.StringN(0, 3, -1))
	return rapid.Custom(func(t *rapid.T) string {
		s := ""
		for _, p := range rapid.SliceOfN(part, 0, 10).Draw(t, "parts") {
			s += p
		}
		return s
	})
}

// canonicals are all the forms of a text that must be stable under repetition.
func canonicals() map[string]func(string) string {
	return map[string]func(string) string{
		"Name": Name, "Fold": Fold, "FoldLoose": FoldLoose, "Email": Email, "Tag": Tag, "Website": Website, "CompanyKey": CompanyKey,
		"Country": Country, "Bool": Bool, "Number": Number, "Lines": Lines, "richKey": richKey,
		"Phone US":  func(s string) string { return Phone(s, "US") },
		"Phone GB":  func(s string) string { return Phone(s, "GB") },
		"Phone IT":  func(s string) string { return Phone(s, "IT") },
		"Phone -":   func(s string) string { return Phone(s, "") },
		"Region US": func(s string) string { return Region(s, "US") },
		"Region -":  func(s string) string { return Region(s, "") },
		"Postal GB": func(s string) string { return PostalCode(s, "GB") },
		"Postal -":  func(s string) string { return PostalCode(s, "") },
		"Date": func(s string) string {
			if d, ok := Date(s); ok {
				return d
			}
			return Name(s)
		},
	}
}

func TestCanonicalIsStable(t *testing.T) {
	for name, f := range canonicals() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				raw := messy().Draw(t, "raw")
				once := f(raw)
				if twice := f(once); twice != once {
					t.Fatalf("%q becomes %q, and that %q", raw, once, twice)
				}
			})
		})
	}
}

// FuzzCanonical feeds every canonical form with one text: none may panic, and a second reading changes nothing.
func FuzzCanonical(f *testing.F) {
	for _, p := range pieces {
		f.Add(p)
	}
	f.Add("+1 (312) 555-0100 ext. 12")
	f.Add("<p>AT&amp;T <b>rocks</b></p>")
	all := canonicals()
	f.Fuzz(func(t *testing.T, raw string) {
		for name, form := range all {
			once := form(raw)
			if twice := form(once); twice != once {
				t.Errorf("%s: %q becomes %q, and that %q", name, raw, once, twice)
			}
		}
	})
}
