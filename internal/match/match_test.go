package match_test

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"tandem/internal/match"
	"tandem/internal/record"

	"pgregory.net/rapid"
)

// The own overlap set: no wrong automatic link, at least 98 % of the true pairs linked.
func TestOverlap(t *testing.T) {
	for seed := range uint64(3) {
		o := newOverlap(6000, seed)
		res := match.Match(o.ghl, o.commonsku, match.Options{})
		right, wrong, asked := 0, 0, map[record.Ref]bool{}
		for _, d := range res.Links {
			if o.truth[d.GHL] == d.Commonsku {
				right++
				continue
			}
			wrong++
			t.Errorf("wrong link: %v and %v: %s", find(o.ghl, d.GHL), find(o.commonsku, d.Commonsku), d.Text())
		}
		linked := map[record.Ref]bool{}
		for _, d := range res.Links {
			linked[d.GHL] = true
		}
		for _, d := range res.Asks {
			if o.truth[d.GHL] == d.Commonsku {
				asked[d.GHL] = true
			}
		}
		missed := 0
		for _, p := range o.ghl {
			if far, ok := o.truth[p.Ref]; ok && !linked[p.Ref] {
				if missed++; missed <= 8 {
					t.Logf("not linked, asked %v: %v and %v", asked[p.Ref], p, find(o.commonsku, far))
				}
			}
		}
		recall := 100 * float64(right) / float64(len(o.truth))
		t.Logf("seed %d: %d people and %d, %d true pairs: %d linked (%.2f %%), %d wrong, %d rows to ask, %d true pairs among them, %d in neither; %d sure, %d pairs compared",
			seed, len(o.ghl), len(o.commonsku), len(o.truth), right, recall, wrong, len(res.Asks), len(asked), len(o.truth)-right-len(asked), res.Stats.Sure, res.Stats.Compared)
		if recall < 98 {
			t.Errorf("seed %d: %.2f %% of true pairs linked, want 98 %%", seed, recall)
		}
	}
}

func find(list []match.Person, ref record.Ref) match.Person {
	for _, p := range list {
		if p.Ref == ref {
			return p
		}
	}
	return match.Person{}
}

// Whatever order the rows come in, the outcome is the same; every record is in one list; a score is the sum of its
// reasons; nobody is linked twice (I2).
func TestMatchHoldsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64Range(0, 1<<40).Draw(t, "seed")
		o := newOverlap(rapid.IntRange(0, 120).Draw(t, "people"), seed)
		if len(o.ghl) > 2 && rapid.Bool().Draw(t, "twin") {
			twin := o.ghl[1]
			twin.Ref.ID = "twin"
			o.ghl = append(o.ghl, twin)
		}
		res := match.Match(o.ghl, o.commonsku, match.Options{})
		r := rand.New(rand.NewPCG(seed, 1))
		r.Shuffle(len(o.ghl), func(i, j int) { o.ghl[i], o.ghl[j] = o.ghl[j], o.ghl[i] })
		r.Shuffle(len(o.commonsku), func(i, j int) { o.commonsku[i], o.commonsku[j] = o.commonsku[j], o.commonsku[i] })
		if again := match.Match(o.ghl, o.commonsku, match.Options{}); !reflect.DeepEqual(res, again) {
			t.Fatalf("another order of rows, another outcome:\n%v\n%v", res, again)
		}
		linked, placed := map[record.Ref]int{}, map[record.Ref]bool{}
		for _, d := range append(res.Links, res.Asks...) {
			sum := 0.0
			for _, x := range d.Reasons {
				sum += x.Weight
			}
			if sum != d.Score {
				t.Fatalf("score %v, reasons add up to %v: %s", d.Score, sum, d.Text())
			}
			placed[d.GHL], placed[d.Commonsku] = true, true
			if d.Outcome == match.Linked {
				linked[d.GHL]++
				linked[d.Commonsku]++
			}
		}
		for ref, n := range linked {
			if n > 1 {
				t.Fatalf("%v is linked %d times", ref, n)
			}
		}
		for _, ref := range append(res.OnlyGHL, res.OnlyCommonsku...) {
			if placed[ref] {
				t.Fatalf("%v is placed and without a counterpart", ref)
			}
			placed[ref] = true
		}
		if want := len(o.ghl) + len(o.commonsku); len(placed) != want {
			t.Fatalf("%d records in the outcome, %d in the input", len(placed), want)
		}
	})
}

func ghl(id, first, last string) match.Person {
	return match.Person{Ref: record.Ref{Side: record.GHL, Kind: record.Contact, ID: id}, First: first, Last: last}
}

func sku(id, first, last string) match.Person {
	p := ghl(id, first, last)
	p.Ref.Side = record.Commonsku
	return p
}

func with(p match.Person, email, phone, company string) match.Person {
	p.Email, p.Phone, p.Company = email, phone, company
	return p
}

func live(p match.Person, street, city, postal string) match.Person {
	p.Street, p.City, p.Postal = street, city, postal
	return p
}

// Each case is a history in which a matcher does harm, or fails to help.
func TestCases(t *testing.T) {
	list := func(p ...match.Person) []match.Person { return p }
	for _, c := range []struct {
		name           string
		ghl, commonsku []match.Person
		linked         map[string]string
		links, asks    int // the number of rows
	}{
		{"an e-mail and a nickname", list(with(ghl("1", "Bob", "Lee"), "b@x.com", "", "")), list(with(sku("a", "Robert", "Lee"), "b@x.com", "", "")), map[string]string{"1": "a"}, 1, 0},
		{"a phone, names swapped", list(with(ghl("1", "Lee", "Robert"), "", "+13125550100", "")), list(with(sku("a", "Robert", "Lee"), "", "+13125550100", "")), map[string]string{"1": "a"}, 1, 0},
		{"an e-mail, no name", list(with(ghl("1", "", ""), "b@x.com", "", "")), list(with(sku("a", "Robert", "Lee"), "b@x.com", "", "")), map[string]string{"1": "a"}, 1, 0},
		{"diacritics and a typing error", list(with(ghl("1", "José", "Nuñez"), "j@x.com", "", "")), list(with(sku("a", "Jose", "Nunes"), "j@x.com", "", "")), map[string]string{"1": "a"}, 1, 0},
		{"a couple with one e-mail", list(with(ghl("1", "Anna", "Lee"), "lee@x.com", "", "")), list(with(sku("a", "Peter", "Lee"), "lee@x.com", "", "")), nil, 0, 1},
		{"an office's e-mail", list(with(ghl("1", "Anna", "Lee"), "office@x.com", "", "Acme")), list(with(sku("a", "Peter", "Ward"), "office@x.com", "", "Acme")), nil, 0, 0},
		{"a switchboard", list(with(ghl("1", "Anna", "Lee"), "", "+13125550100", "Acme"), with(ghl("2", "Peter", "Ward"), "", "+13125550100", "Acme")),
			list(with(sku("a", "Anna", "Lee"), "", "+13125550100", "ACME Inc."), with(sku("b", "Ruth", "Ames"), "", "+13125550100", "Acme")), map[string]string{"1": "a"}, 1, 0},
		{"father and son", list(live(ghl("1", "John", "Ashby Sr"), "5 Main St", "Omaha", "68101")), list(live(sku("a", "John", "Ashby Jr"), "5 Main St", "Omaha", "68101")), nil, 0, 1},
		{"father and son with one phone", list(with(ghl("1", "John", "Ashby Sr"), "", "+13125550100", "")), list(with(sku("a", "John", "Ashby Jr"), "", "+13125550100", "")), nil, 0, -1},
		{"a namesake: everything else differs", list(with(ghl("1", "John", "Smith"), "j@x.com", "+13125550100", "Acme")), list(with(sku("a", "John", "Smith"), "js@y.com", "+13125550199", "Globex")), nil, 0, -1},
		{"a name alone", list(ghl("1", "John", "Smith")), list(sku("a", "John", "Smith")), nil, 0, -1},
		{"nothing at all", list(ghl("1", "", "")), list(sku("a", "", "")), nil, 0, 0},
		{"the same person twice", list(with(ghl("1", "Anna", "Lee"), "anna@x.com", "", ""), with(ghl("2", "Anna", "Lee"), "anna@x.com", "", "")),
			list(with(sku("a", "Anna", "Lee"), "anna@x.com", "", "")), map[string]string{"1": "a"}, 1, 1},
		{"two people, one e-mail, one counterpart", list(with(ghl("1", "Anna", "Lee"), "lee@x.com", "", ""), with(ghl("2", "Peter", "Lee"), "lee@x.com", "", "")),
			list(with(sku("a", "Ruth", "Lee"), "lee@x.com", "", "")), nil, 0, -1},
		{"Anna and Anne at one address", list(live(ghl("1", "Anna", "Lee"), "5 Main St", "Omaha", "68101"), live(ghl("2", "Anne", "Lee"), "5 Main St", "Omaha", "68101")),
			list(live(sku("a", "Anna", "Lee"), "5 Main Street", "Omaha", "68101"), live(sku("b", "Anne", "Lee"), "5 Main Street", "Omaha", "68101")), map[string]string{"1": "a", "2": "b"}, -1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := match.Match(c.ghl, c.commonsku, match.Options{})
			got := map[string]string{}
			for _, d := range res.Links {
				got[d.GHL.ID] = d.Commonsku.ID
				if c.linked[d.GHL.ID] != d.Commonsku.ID {
					t.Errorf("linked %s and %s: %s", d.GHL.ID, d.Commonsku.ID, d.Text())
				}
			}
			for _, d := range res.Asks {
				t.Logf("ask %s and %s, %.1f: %s", d.GHL.ID, d.Commonsku.ID, d.Score, d.Text())
			}
			if c.links >= 0 && len(got) != c.links || c.asks >= 0 && len(res.Asks) != c.asks {
				t.Errorf("%d links and %d asks, want %d and %d: %+v", len(got), len(res.Asks), c.links, c.asks, res)
			}
		})
	}
}

// What is linked already is nobody's counterpart again; its twin is asked about, not made a second time.
func TestLinkedBefore(t *testing.T) {
	g := []match.Person{with(ghl("1", "Anna", "Lee"), "anna@x.com", "", ""), with(ghl("2", "Anna", "Lee"), "anna@x.com", "", "")}
	c := []match.Person{with(sku("a", "Anna", "Lee"), "anna@x.com", "", "")}
	res := match.Match(g, c, match.Options{Linked: []match.Pair{{GHL: g[1].Ref, Commonsku: c[0].Ref}}})
	if len(res.Links) != 0 || len(res.Asks) != 1 || res.Asks[0].GHL.ID != "1" || len(res.OnlyGHL)+len(res.OnlyCommonsku) != 0 {
		t.Errorf("want one question about the twin, got %+v", res)
	}
}

func TestCandidates(t *testing.T) {
	me := with(sku("a", "Bob", "Lee"), "bob@x.com", "", "Acme")
	pool := []match.Person{with(ghl("1", "Robert", "Lee"), "bob@x.com", "", ""), with(ghl("2", "Robert", "Lee"), "rl@y.com", "", "Globex"), with(ghl("3", "Ruth", "Ames"), "", "", "")}
	out := match.Candidates(me, pool, match.Options{})
	if len(out) == 0 || out[0].GHL.ID != "1" || out[0].Commonsku.ID != "a" || out[0].Outcome != match.Linked || !out[0].Sure {
		t.Fatalf("want a sure link to 1, got %+v", out)
	}
	for _, d := range out[1:] {
		if d.Outcome == match.Linked || d.GHL.ID == "3" {
			t.Errorf("%s: %v, %s", d.GHL.ID, d.Outcome, d.Text())
		}
	}
}

func TestCompatible(t *testing.T) {
	for _, c := range []struct {
		a, b match.Person
		want bool
	}{
		{ghl("", "Bob", "Lee"), sku("", "Robert", "Lee"), true},
		{ghl("", "R", "Lee"), sku("", "Robert", "Lee"), true},
		{ghl("", "Lee", "Bob"), sku("", "Robert", "Lee"), true},
		{ghl("", "Robert", "Jonson"), sku("", "Robert", "Johnson"), true},
		{ghl("", "Zoë", "Smith-Jones"), sku("", "Zoe", "Jones"), true},
		{ghl("", "Robert", ""), sku("", "Bob", "Lee"), true},
		{ghl("", "", ""), sku("", "Bob", "Lee"), true},
		{ghl("", "Anna", "Lee"), sku("", "Peter", "Lee"), false},
		{ghl("", "Anna", "Lee"), sku("", "Anna", "Ward"), false},
		{ghl("", "John", "Lee Jr."), sku("", "John", "Lee Sr"), false},
		{ghl("", "Daniel", "Lee"), sku("", "Danielle", "Lee"), false},
		{ghl("", "Mary Ann", "Lee"), sku("", "Mary Beth", "Lee"), false},
	} {
		if got := match.Compatible(c.a, c.b); got != c.want {
			t.Errorf("%s %s and %s %s: %v, want %v", c.a.First, c.a.Last, c.b.First, c.b.Last, got, c.want)
		}
		if match.Compatible(c.b, c.a) != match.Compatible(c.a, c.b) {
			t.Errorf("%s %s and %s %s: not so the other way round", c.a.First, c.a.Last, c.b.First, c.b.Last)
		}
	}
}

func TestProgress(t *testing.T) {
	o := newOverlap(300, 1)
	last, total := -1, 0
	match.Match(o.ghl, o.commonsku, match.Options{Progress: func(done, all int) { last, total = done, all }})
	if last != total || total == 0 {
		t.Errorf("progress ended at %d of %s", last, strconv.Itoa(total))
	}
}

// Names come from people: no text may break a comparison.
func FuzzCompatible(f *testing.F) {
	f.Add("José", "Núñez Jr", "J", "van der Berg")
	f.Add("", "\xff", "\u200b", "III")
	f.Fuzz(func(t *testing.T, f1, l1, f2, l2 string) {
		a, b := ghl("1", f1, l1), sku("a", f2, l2)
		if match.Compatible(a, b) != match.Compatible(b, a) {
			t.Errorf("%q %q and %q %q: not so the other way round", f1, l1, f2, l2)
		}
		if !match.Compatible(a, a) {
			t.Errorf("%q %q is not compatible with itself", f1, l1)
		}
	})
}
