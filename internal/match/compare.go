package match

import (
	"math"
	"strings"
)

// Levels of agreement of a name: -1 differs, 0 unknown or an initial, 1 a nickname or typing error, 2 the same.
func firstLevel(a, b string) int {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 2
	case len(a) == 1 && a[0] == b[0], len(b) == 1 && a[0] == b[0]:
		return 0
	case nicknames(a, b):
		return 1
	}
	fa, _, _ := strings.Cut(a, " ")
	fb, _, _ := strings.Cut(b, " ")
	if (fa != a || fb != b) && (fa == fb || nicknames(fa, fb)) {
		return 1
	}
	if similar(a, b) {
		return 1
	}
	return -1
}

func lastLevel(a, b string) int {
	switch {
	case a == "" || b == "":
		return 0
	case a == b, strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", ""):
		return 2
	case len(a) == 1 && a[0] == b[0], len(b) == 1 && a[0] == b[0]:
		return 0
	case strings.HasSuffix(a, " "+b), strings.HasPrefix(a, b+" "), strings.HasSuffix(b, " "+a), strings.HasPrefix(b, a+" "):
		return 1 // Smith-Jones and Jones
	case similar(a, b):
		return 1
	}
	return -1
}

// similar says that two words differ by what a typing error does.
func similar(a, b string) bool {
	if len(a) < 3 || len(b) < 3 {
		return false
	}
	d := distance(a, b)
	longest := max(len(a), len(b))
	if longest >= 4 && strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "") {
		return true
	}
	return d == 1 && longest >= 4 || d == 2 && longest >= 6 || d <= 3 && longest >= 10
}

// distance is Damerau's (optimal string alignment): insert, delete, replace, swap of neighbours.
func distance(a, b string) int {
	if a == b {
		return 0
	}
	if d := len(a) - len(b); d > 3 || d < -3 {
		return 4
	}
	if len(b) > 62 {
		return 4
	}
	var rows [3][64]int
	for j := 0; j <= len(b); j++ {
		rows[1][j] = j
	}
	prev2, prev, cur := 0, 1, 2
	for i := 1; i <= len(a); i++ {
		rows[cur][0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(rows[prev][j]+1, rows[cur][j-1]+1, rows[prev][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[prev2][j-2]+1)
			}
			rows[cur][j] = d
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return rows[prev][len(b)]
}

// comparison is what was found out about two people.
type comparison struct {
	total   float64
	reasons []Reason
	sure    bool // e-mail or phone that is theirs alone, with a compatible name
	named   bool // the name agrees at all: without it nothing is linked by likeness
	// bare: neither has an e-mail or a phone, so that name and address are all there is to go by.
	bare bool
	// at counts the parts of the address that agree; elsewhere: there are addresses, and no part does.
	at        int
	elsewhere bool
	blocked   bool // never without asking: father and son, a shared value with another name
}

func (c *comparison) add(field, level string, w float64) {
	c.total += w
	c.reasons = append(c.reasons, Reason{field, level, w})
}

// stats says how rare values are.
type stats struct {
	count  map[string]int // field and value -> records of both sides with it
	people map[string]int // e-mail or phone -> different people of one side with it
	n      float64
	floor  float64 // the least number of people among which a value counts as rare
}

// liveFloor is how many people a single record is taken to be compared with.
const liveFloor = 2000

func newStats(g, c []prepared) *stats {
	s := &stats{count: map[string]int{}, people: map[string]int{}, n: float64(len(g) + len(c))}
	for _, list := range [][]prepared{g, c} {
		names := map[string]map[string]bool{}
		for i := range list {
			q := &list[i]
			for _, v := range [...][2]string{{"f", q.first}, {"l", q.last}, {"s", q.street}, {"c", q.city}, {"p", q.postal}, {"k", q.company}, {"b", q.birth}} {
				if v[1] != "" {
					s.count[v[0]+v[1]]++
				}
			}
			for _, v := range append(append([]string{}, q.emails...), q.phones...) {
				if names[v] == nil {
					names[v] = map[string]bool{}
				}
				names[v][q.first+" "+q.last] = true
			}
		}
		for v, who := range names {
			s.people[v] = max(s.people[v], len(who))
		}
	}
	return s
}

// rarity is the weight of agreeing on a value: the rarer the more, within bounds.
func (s *stats) rarity(field, value string, least, most float64) float64 {
	n := math.Max(s.n, s.floor)
	w := math.Log2(n / math.Max(2, float64(s.count[field+value])))
	if s.floor > 0 {
		w -= 1
	}
	return math.Min(most, math.Max(least, w))
}

// compare weighs two people field by field.
func (s *stats) compare(a, b *prepared) comparison {
	var c comparison
	c.reasons = make([]Reason, 0, 8)
	s.names(&c, a, b)
	mail := s.shared(&c, "e-mail", a.emails, b.emails, 13)
	phone := s.shared(&c, "phone", a.phones, b.phones, 10)
	s.address(&c, a, b)
	s.rest(&c, a, b)
	c.bare = len(a.emails)+len(a.phones)+len(b.emails)+len(b.phones) == 0
	if mail <= differs && phone <= differs && c.elsewhere {
		c.blocked = true // a namesake who lives elsewhere
	}
	ok := compatible(a, b)
	if (mail == own || phone == own) && ok && !c.blocked {
		c.sure = true
	}
	if (mail > differs || phone > differs) && !ok || mail == differs && phone == differs {
		c.blocked = true // a shared value with another name; or nothing in common but a name
	}
	return c
}

func (s *stats) names(c *comparison, a, b *prepared) {
	if a.suffix != b.suffix && (a.suffix != "" || b.suffix != "") && a.last == b.last {
		c.add("suffix", "differs", -8)
		c.blocked = true
	}
	if a.last != "" && b.last != "" && a.first != b.first && a.first != "" && b.first != "" {
		x, y := firstLevel(a.first, b.last), lastLevel(a.last, b.first)
		if x >= 1 && y >= 1 {
			c.add("name", "swapped", s.rarity("f", a.first, 3, 9)+s.rarity("l", a.last, 3, 9)-2)
			c.named = true
			return
		}
	}
	first := firstLevel(a.first, b.first)
	switch {
	case a.first == "" || b.first == "":
	case first == 2:
		c.add("first name", "same", s.rarity("f", a.first, 2, 9))
	case first == 1 && nicknames(a.first, b.first):
		c.add("first name", "nickname", math.Max(2, s.rarity("f", a.first, 2, 9)-2))
	case first == 1:
		c.add("first name", "similar", math.Max(2, s.rarity("f", a.first, 2, 9)-3))
	case first == 0:
		c.add("first name", "initial", 1)
	default:
		c.add("first name", "differs", -4)
	}
	last := lastLevel(a.last, b.last)
	switch {
	case a.last == "" || b.last == "":
	case last == 2:
		c.add("last name", "same", s.rarity("l", a.last, 3, 11))
	case last == 1:
		c.add("last name", "similar", math.Max(2, s.rarity("l", a.last, 3, 11)-3))
	case last == 0:
		c.add("last name", "initial", 1)
	default:
		c.add("last name", "differs", -4)
	}
	c.named = first >= 1 && last >= 1 || first == 2 && (a.last == "" || b.last == "") || last == 2 && (a.first == "" || b.first == "")
}

type holding int

const (
	none holding = iota // one of them has none
	differs
	common // the value is shared by several people of a side, or an office's
	own
)

// shared weighs e-mails or phones that both have. One that several people of a side have proves little.
func (s *stats) shared(c *comparison, field string, a, b []string, weight float64) holding {
	if len(a) == 0 || len(b) == 0 {
		return none
	}
	found := differs
	for _, x := range a {
		for _, y := range b {
			if x != y || x == "" {
				continue
			}
			if s.people[x] > 1 || isRole(x) {
				found = max(found, common)
			} else {
				found = own
			}
		}
	}
	switch found {
	case own:
		c.add(field, "same", weight)
	case common:
		c.add(field, "shared by several", 2)
	default:
		c.add(field, "differs", -3)
		return differs
	}
	return found
}

func (s *stats) address(c *comparison, a, b *prepared) {
	parts := 0
	defer func() { c.elsewhere = parts >= 2 && c.at == 0 }()
	if a.street != "" && b.street != "" {
		parts++
		switch {
		case a.street == b.street:
			c.at++
			c.add("street", "same", s.rarity("s", a.street, 1, 12))
		case similarText(a.street, b.street):
			c.at++
			c.add("street", "similar", math.Max(1, s.rarity("s", a.street, 1, 12)-3))
		default:
			c.add("street", "differs", -1.5)
		}
	}
	if a.postal != "" && b.postal != "" {
		parts++
		switch {
		case a.postal == b.postal:
			c.at++
			c.add("postal code", "same", s.rarity("p", a.postal, 1, 9))
		case distance(a.postal, b.postal) == 1:
			c.add("postal code", "similar", math.Max(2.5, s.rarity("p", a.postal, 1, 9)-4))
		default:
			c.add("postal code", "differs", -2)
		}
	}
	if a.city != "" && b.city != "" {
		parts++
		switch {
		case a.city == b.city:
			c.at++
			c.add("city", "same", s.rarity("c", a.city, 0.5, 7))
		case similar(a.city, b.city) || similarText(a.city, b.city):
			c.at++
			c.add("city", "similar", math.Max(2, s.rarity("c", a.city, 0.5, 7)-3))
		default:
			c.add("city", "differs", -1.5)
		}
	}
	if a.state != "" && b.state != "" {
		if a.state == b.state {
			c.add("state", "same", 1)
		} else {
			c.add("state", "differs", -1)
		}
	}
}

func (s *stats) rest(c *comparison, a, b *prepared) {
	if a.company != "" && b.company != "" {
		switch {
		case a.company == b.company:
			c.add("company", "same", s.rarity("k", a.company, 1, 6))
		case similarText(a.company, b.company):
			c.add("company", "similar", 2)
		default:
			c.add("company", "differs", -2.5)
		}
	}
	if a.birth != "" && b.birth != "" {
		switch {
		case a.birth == b.birth:
			c.add("date of birth", "same", s.rarity("b", a.birth, 4, 11))
		case distance(a.birth, b.birth) <= 1:
			c.add("date of birth", "similar", 5)
		default:
			c.add("date of birth", "differs", -4)
		}
	}
}

// similarText compares texts of several words: a typing error in one, or most words the same.
func similarText(a, b string) bool {
	if similar(a, b) || similar(strings.ReplaceAll(a, " ", ""), strings.ReplaceAll(b, " ", "")) {
		return true
	}
	wa, wb := strings.Fields(a), strings.Fields(b)
	if len(wa) == 0 || len(wb) == 0 {
		return false
	}
	if len(wa) > len(wb) {
		wa, wb = wb, wa
	}
	hits := 0
	used := uint64(0)
	for _, x := range wa {
		for j, y := range wb {
			if j < 64 && used&(1<<j) == 0 && (x == y || similar(x, y)) {
				used |= 1 << j
				hits++
				break
			}
		}
	}
	return hits == len(wa) && hits*2 >= len(wb) || len(wb) >= 3 && hits*3 >= len(wb)*2
}
