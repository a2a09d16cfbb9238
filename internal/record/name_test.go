package record

import (
	"testing"

	"pgregory.net/rapid"
)

func TestName(t *testing.T) {
	for raw, want := range map[string]string{
		"":                          "",
		" \t\n":                     "",
		"  Ann \u00a0 Lee\r\n":      "Ann Lee",
		"Jose\u0301":                "José",
		"A\u200bnn\ufeff L\u00adee": "Ann Lee",
		"Ann\x00Lee":                "Ann Lee",
		"A\u200dnn":                 "Ann",
		"می\u200cخواهم":             "می\u200cخواهم", // the joiner is spelling
		"👩\u200d🚒":                  "👩\u200d🚒",
		"Ann\xff":                   "Ann\ufffd",
		"ANN lee":                   "ANN lee",
	} {
		if got := Name(raw); got != want {
			t.Errorf("Name(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestFoldIsTheSameClientName(t *testing.T) {
	same := [][2]string{{"Acme  Inc", "ACME inc"}, {"Straße GmbH", "STRASSE GMBH"}, {"Café", "CAFE\u0301"}, {"Σίσυφος", "ΣΊΣΥΦΟΣ"}, {"A\u00a0B", "a b "}}
	for _, s := range same {
		if Fold(s[0]) != Fold(s[1]) {
			t.Errorf("%q folds to %q, %q to %q", s[0], Fold(s[0]), s[1], Fold(s[1]))
		}
	}
	other := [][2]string{{"Acme Inc", "Acme, Inc"}, {"Café", "Cafe"}, {"Acme", "Acme Inc"}, {"H2O", "H²O"}}
	for _, s := range other {
		if Fold(s[0]) == Fold(s[1]) {
			t.Errorf("%q and %q are two clients and fold to one: %q", s[0], s[1], Fold(s[0]))
		}
	}
}

func TestFoldLoose(t *testing.T) {
	for raw, want := range map[string]string{
		"José  Ñúñez":        "jose nunez",
		"O’Brien-Smith, Jr.": "obrien smith jr",
		"Łukasz Ørsted":      "lukasz orsted",
		"U.S. Steel":         "us steel",
		"Æther & Sønner":     "aether sonner",
		"ﬁne":                "fine",
		"Straße":             "strasse",
		"ÀÉÎ":                "aei",
		"Иван":               "иван",
		"--":                 "",
		"１２ Main":            "12 main",
		"Dvořák":             "dvorak",
		"a\u200db":           "ab",
	} {
		if got := FoldLoose(raw); got != want {
			t.Errorf("FoldLoose(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestSplitName(t *testing.T) {
	for full, want := range map[string][2]string{
		"":                          {"", ""},
		"Ann":                       {"Ann", ""},
		"Ann Lee":                   {"Ann", "Lee"},
		"  ann   lee ":              {"ann", "lee"},
		"Mary Ann Smith":            {"Mary Ann", "Smith"},
		"J. R. Smith":               {"J. R.", "Smith"},
		"Ludwig van Beethoven":      {"Ludwig", "van Beethoven"},
		"Anna van den Berg":         {"Anna", "van den Berg"},
		"Juan de la Cruz":           {"Juan", "de la Cruz"},
		"Otto von Bismarck":         {"Otto", "von Bismarck"},
		"Osama bin Zayed":           {"Osama", "bin Zayed"},
		"Omar al-Rashid":            {"Omar", "al-Rashid"},
		"Gerard 't Hooft":           {"Gerard", "'t Hooft"},
		"José Ortega y Gasset":      {"José", "Ortega y Gasset"},
		"Van Morrison":              {"Van", "Morrison"},
		"Dos Passos John":           {"Dos Passos", "John"},
		"van Gogh":                  {"", "van Gogh"},
		"John Smith Jr":             {"John", "Smith Jr"},
		"John Smith, Jr.":           {"John", "Smith, Jr."},
		"John Smith III":            {"John", "Smith III"},
		"Ann Lee, PhD, MBA":         {"Ann", "Lee, PhD, MBA"},
		"Martin Luther King Jr.":    {"Martin Luther", "King Jr."},
		"Prince Jr":                 {"Prince", "Jr"},
		"Smith, John":               {"John", "Smith"},
		"Smith,John":                {"John", "Smith"},
		"van den Berg, Anna":        {"Anna", "van den Berg"},
		"Smith Jr., John":           {"John", "Smith Jr."},
		"Smith, John, Jr.":          {"John", "Smith Jr."},
		"Smith, John Paul":          {"John Paul", "Smith"},
		"Smith,":                    {"Smith", ""},
		", John":                    {"John", ""},
		"Ben Mac Smith":             {"Ben Mac", "Smith"},
		"王小明":                       {"王小明", ""},
		"Dr. Ann Lee":               {"Dr. Ann", "Lee"},
		"Charles the Great IV":      {"Charles the", "Great IV"},
		"Maria dos Santos e Silva":  {"Maria", "dos Santos e Silva"},
		"Jean-Luc de Picard-Dupont": {"Jean-Luc", "de Picard-Dupont"},
	} {
		first, last := SplitName(full)
		if first != want[0] || last != want[1] {
			t.Errorf("SplitName(%q) = %q, %q; want %q, %q", full, first, last, want[0], want[1])
		}
	}
}

func TestSplitNameLosesNothing(t *testing.T) {
	word := rapid.SampledFrom([]string{"Ann", "lee", "van", "de", "la", "Jr.", "III", "PhD", "y", "al", "Ørsted", "J.", "O'Brien", "王"})
	rapid.Check(t, func(t *rapid.T) {
		full := ""
		for _, w := range rapid.SliceOfN(word, 0, 6).Draw(t, "words") {
			full += " " + w
		}
		first, last := SplitName(full)
		if got := JoinName(first, last); got != Name(full) {
			t.Fatalf("%q became %q and %q, together %q", full, first, last, got)
		}
	})
}

func FuzzSplitName(f *testing.F) {
	for _, s := range []string{"Smith, John, Jr.", ",", ", ,", "van", "de, la", "Jr, Sr", "a,b,c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, full string) {
		first, last := SplitName(full)
		if Name(first) != first || Name(last) != last {
			t.Errorf("%q became %q and %q, which are not canonical", full, first, last)
		}
		if len(words(full)) > 0 && len(words(first))+len(words(last)) == 0 {
			t.Errorf("%q lost all its letters", full)
		}
	})
}

// words are the letters and digits of a name.
func words(s string) string { return FoldLoose(s) }

func TestCompanyKey(t *testing.T) {
	for raw, want := range map[string]string{
		"The Acme Company, Inc.":   "acme",
		"ACME":                     "acme",
		"Acme L.L.C.":              "acme",
		"Smith & Sons Ltd":         "smith and sons",
		"Smith and Sons":           "smith and sons",
		"Smith & Co.":              "smith",
		"Müller GmbH & Co. KG":     "muller",
		"The Company":              "company",
		"Inc":                      "inc",
		"A.T. Cross":               "at cross",
		"Day Spa":                  "day spa",
		"Acme Corporation Limited": "acme",
		"":                         "",
	} {
		if got := CompanyKey(raw); got != want {
			t.Errorf("CompanyKey(%q) = %q, want %q", raw, got, want)
		}
	}
}
