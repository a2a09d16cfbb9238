package match_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"tandem/internal/match"
	"tandem/internal/record"
)

// overlap is two lists of business contacts with the dirt of real accounts, and the truth about them.
type overlap struct {
	ghl, commonsku []match.Person
	truth          map[record.Ref]record.Ref // GHL to commonsku
}

// newOverlap makes n people of whom half are on both sides and a quarter on each alone. They work in offices that share
// an address, a switchboard and an office@ address; some are families with one address, last name and phone at home;
// some are namesakes in other companies; one side knows them by nicknames, typing errors, other spellings of the
// company, moved, or without phone or e-mail. The same seed gives the same people.
func newOverlap(n int, seed uint64) overlap {
	r := rand.New(rand.NewPCG(seed, 7))
	o := overlap{truth: map[record.Ref]record.Ref{}}
	people := make([]match.Person, 0, n)
	for len(people) < n {
		if r.IntN(10) == 0 {
			people = append(people, family(r, len(people))...)
		} else {
			people = append(people, office(r, len(people))...)
		}
	}
	people = people[:n]
	for i, p := range people {
		a, b := p, dirty(r, p)
		a.Ref = record.Ref{Side: record.GHL, Kind: record.Contact, ID: "g" + strconv.Itoa(r.IntN(1<<30)) + "x" + strconv.Itoa(i)}
		b.Ref = record.Ref{Side: record.Commonsku, Kind: record.Contact, ID: "c" + strconv.Itoa(r.IntN(1<<30)) + "x" + strconv.Itoa(i)}
		switch r.IntN(4) {
		case 0:
			o.ghl = append(o.ghl, a)
		case 1:
			o.commonsku = append(o.commonsku, b)
		default:
			o.ghl, o.commonsku = append(o.ghl, a), append(o.commonsku, b)
			o.truth[a.Ref] = b.Ref
		}
	}
	return o
}

func pick(r *rand.Rand, words string) string {
	list := strings.Fields(words)
	x := r.Float64() // some are far more usual than others
	return list[int(x*x*float64(len(list)))]
}

const (
	firstNames = `James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica
		Thomas Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty Anthony Margaret Mark Sandra Donald Ashley Steven
		Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Dorothy George Melissa Timothy Deborah
		José Zoë François Björn Siobhan Chloë Anna Anne Eric Erica Aaliyah Thandiwe Priya Rajesh Mei Hiroshi Olga Sergei Fatima
		Yusuf Ingrid Lars Paulo Beatriz Camila Mateo Wren Juniper Atticus Ottilie`
	lastNames = `Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson
		Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen
		King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts O'Brien
		Müller Núñez Østergaard MacDonald van-der-Berg Kowalczyk Papadopoulos Fitzgerald Abernathy Zimmermann Okonkwo Yamamoto
		Bhattacharya Lindqvist Castellanos Hathaway Pemberton Winterbourne Szczepanski`
	cities  = `Chicago Toronto Austin Denver Boston Seattle Atlanta Portland Nashville Columbus Phoenix Calgary Halifax Omaha Tulsa`
	trades  = `Signs Roofing Dental Foods Motors Realty Brewing Fitness Design Media Law Travel Plumbing Coffee Bank Labs`
	streets = `Main Oak Maple Cedar Elm Washington Lake Hill Walnut Spring Park Ridge Church Mill River Sunset Bloor Queen Dundas Market`
)

// syllables make last names and companies that are rare, as most are.
func syllables(r *rand.Rand) string {
	s := ""
	for range 2 + r.IntN(2) {
		s += pick(r, "ka lo ver min dra sto bel har ton wick ley field mor gan ster ing ham win el dor bri") + ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func somebody(r *rand.Rand) match.Person {
	p := match.Person{First: pick(r, firstNames), Last: pick(r, lastNames)}
	if r.IntN(2) == 0 {
		p.Last = syllables(r)
	}
	return p
}

func at(r *rand.Rand, p *match.Person) {
	p.Street = fmt.Sprintf("%d %s %s", 1+r.IntN(2500), pick(r, streets), pick(r, "Street Avenue Road Drive"))
	p.City, p.State, p.Country = pick(r, cities), pick(r, "IL ON TX CO MA WA GA OR"), "US"
	p.Postal = fmt.Sprintf("%05d", 10000+r.IntN(80000))
}

func phone(r *rand.Rand) string { return fmt.Sprintf("+1312%07d", 2000000+r.IntN(7999999)) }

// office is a few colleagues: one address and switchboard, an office@ that some of them are listed with.
func office(r *rand.Rand, from int) (out []match.Person) {
	var desk match.Person
	at(r, &desk)
	desk.Company = syllables(r) + " " + pick(r, trades) + " " + pick(r, "Inc LLC Ltd Co")
	desk.Phone = phone(r)
	domain := strings.ToLower(syllables(r)) + strconv.Itoa(from) + ".com"
	taken := map[string]bool{}
	for i := range 1 + r.IntN(9) {
		p := somebody(r)
		if taken[p.First+p.Last] {
			continue // two colleagues of one name are beyond anybody's telling
		}
		taken[p.First+p.Last] = true
		p.Company, p.Street, p.City, p.State, p.Postal, p.Country = desk.Company, desk.Street, desk.City, desk.State, desk.Postal, desk.Country
		p.Phone = desk.Phone
		if r.IntN(3) == 0 {
			p.Phone = phone(r)
		}
		p.Email = record.Email(fmt.Sprintf("%s.%s%d@%s", record.FoldLoose(p.First), strings.ReplaceAll(record.FoldLoose(p.Last), " ", ""), i, domain))
		switch r.IntN(8) {
		case 0:
			p.Email = "office@" + domain
		case 1:
			p.Email = ""
		}
		out = append(out, p)
	}
	return out
}

// family is people of one last name at one address with one phone, some of them father and son.
func family(r *rand.Rand, from int) (out []match.Person) {
	home := somebody(r)
	at(r, &home)
	home.Phone = phone(r)
	firsts := strings.Fields("Anna Peter Anne Daniel Danielle Robert Julia")
	k := 2 + r.IntN(3)
	for i := range k {
		p := home
		p.First = firsts[(from+i)%len(firsts)]
		p.Email = ""
		if r.IntN(2) == 0 {
			p.Email = fmt.Sprintf("%s%d@home%d.net", strings.ToLower(p.First), i, from)
		}
		out = append(out, p)
	}
	if r.IntN(3) == 0 {
		son := out[0]
		out[0].Last += " Sr"
		son.Last += " Jr"
		son.Email = ""
		out = append(out, son)
	}
	return out
}

// dirty is how the other side knows the same person.
func dirty(r *rand.Rand, p match.Person) match.Person {
	if r.IntN(4) == 0 {
		for _, pair := range strings.Fields("Robert/Bob William/Bill Richard/Dick Elizabeth/Liz Margaret/Peggy James/Jim Michael/Mike Jennifer/Jen Thomas/Tom Daniel/Dan Deborah/Debbie") {
			if full, short, _ := strings.Cut(pair, "/"); p.First == full {
				p.First = short
			}
		}
	}
	switch r.IntN(12) {
	case 0:
		p.Last = slip(r, p.Last)
	case 1:
		p.First, p.Last = strings.ToUpper(p.First), strings.ToUpper(p.Last)
	case 2:
		if !strings.HasSuffix(p.Last, "r") {
			p.First, p.Last = p.Last, p.First
		}
	case 3:
		p.First, p.Last = record.FoldLoose(p.First), record.FoldLoose(p.Last)
	}
	switch r.IntN(5) {
	case 0:
		p.Company = strings.TrimSuffix(strings.ReplaceAll(p.Company, " Inc", ", Incorporated"), " LLC")
	case 1:
		p.Company = strings.ToUpper(p.Company)
	}
	switch r.IntN(6) {
	case 0:
		p.Phone = ""
	case 1:
		if p.Email != "" { // another phone of hers
			p.Phone = phone(r)
		}
	}
	if r.IntN(10) == 0 && p.Phone != "" {
		p.Email = ""
	}
	switch r.IntN(6) {
	case 0:
		p.Street = strings.NewReplacer(" Street", " St.", " Avenue", " Ave", " Road", " Rd", " Drive", " Dr").Replace(p.Street)
	case 1:
		p.Street = slip(r, p.Street)
	case 2:
		if p.Email != "" {
			p.Street, p.City, p.Postal = "", "", ""
		}
	}
	return p
}

// slip is one typing error behind the first two letters.
func slip(r *rand.Rand, s string) string {
	if len(s) < 5 {
		return s
	}
	i := 2 + r.IntN(len(s)-3)
	if s[i] >= 0x80 || s[i+1] >= 0x80 || s[i] == ' ' || s[i+1] == ' ' {
		return s
	}
	switch r.IntN(3) {
	case 0:
		return s[:i] + s[i+1:]
	case 1:
		return s[:i] + string(s[i+1]) + string(s[i]) + s[i+2:]
	}
	return s[:i] + "e" + s[i:]
}
