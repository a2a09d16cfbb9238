package match

import (
	"slices"
	"strings"

	"tandem/internal/record"
)

// column holds the different values of one field, each once: a value is its number, 0 is none.
type column struct {
	ids   map[string]int32
	text  []string
	count []int32 // records of both sides with the value
	total int32   // records of both sides with any value
	known []known // comparisons made lately, by a hash of the two values
}

// known is a comparison of two values: in one office the same two streets meet again and again.
type known struct {
	pair  uint64
	level level
}

// knownMost is how many comparisons a column remembers; a newer one takes an older one's place.
const knownMost = 1 << 14

// compare is f of two values, from memory where it can be.
func (c *column) compare(f func(a, b string) level, a, b int32) level {
	if a == 0 || b == 0 {
		return missing
	}
	if a == b {
		return same
	}
	pair := uint64(a)<<32 | uint64(b)
	k := &c.known[(pair*0x9E3779B97F4A7C15)>>50]
	if k.pair != pair {
		*k = known{pair, f(c.text[a], c.text[b])}
	}
	return k.level
}

func newColumn() *column {
	return &column{ids: map[string]int32{"": 0}, text: []string{""}, count: []int32{0}, known: make([]known, knownMost)}
}

func (c *column) id(s string) int32 {
	if s == "" {
		return 0
	}
	id, ok := c.ids[s]
	if !ok {
		id = int32(len(c.text))
		c.ids[s] = id
		c.text, c.count = append(c.text, s), append(c.count, 0)
	}
	c.count[id]++
	c.total++
	return id
}

// table has the columns of all fields, for both sides.
type table struct {
	first, last, number, street, city, state, postal, company, birth *column
	mail, phone                                                      *column
	folded, companies                                                map[string]string // values that come again and again, folded once
	mailShared, phoneShared                                          []bool            // by number: an office's, or several people's
	household                                                        float64           // how often an address is somebody else's, too
}

func newTable() *table {
	c := newColumn
	return &table{first: c(), last: c(), number: c(), street: c(), city: c(), state: c(), postal: c(), company: c(), birth: c(), mail: c(), phone: c(),
		household: usualHousehold, folded: map[string]string{}, companies: map[string]string{}}
}

// row is a person as numbers in the table.
type row struct {
	first, last, number, street, city, state, postal, company, birth int32
	mails, phones                                                    []int32
	suffix                                                           string
}

// folk is one side, sorted by id.
type folk struct {
	people []Person
	rows   []row
}

// enter folds the people of one side into the table. The order of the input is lost here, for good.
func (t *table) enter(list []Person) folk {
	people := slices.Clone(list)
	slices.SortFunc(people, func(a, b Person) int { return strings.Compare(a.Ref.ID, b.Ref.ID) })
	people = slices.CompactFunc(people, func(a, b Person) bool { return a.Ref == b.Ref })
	f := folk{people: people, rows: make([]row, len(people))}
	for i := range people {
		f.rows[i] = t.row(&people[i])
	}
	return f
}

func (t *table) row(p *Person) row {
	n := foldName(p.First, p.Last)
	number, street := splitStreet(record.FoldLoose(p.Street))
	r := row{
		first: t.first.id(n.first), last: t.last.id(n.last), suffix: n.suffix, number: t.number.id(number), street: t.street.id(street),
		city: t.city.id(fold(t.folded, p.City)), state: t.state.id(fold(t.folded, p.State)), postal: t.postal.id(foldPostal(p.Postal)),
		company: t.company.id(companyKey(t.companies, p.Company)), birth: t.birth.id(digits(p.BirthDate)),
	}
	r.mails = ids(t.mail, p.Email, p.OtherEmails)
	r.phones = ids(t.phone, p.Phone, p.OtherPhones)
	return r
}

func ids(c *column, one string, others []string) []int32 {
	if one == "" && len(others) == 0 {
		return nil
	}
	out := make([]int32, 0, 1+len(others))
	for i := -1; i < len(others); i++ {
		s := one
		if i >= 0 {
			s = others[i]
		}
		if s != "" {
			if id := c.id(s); !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

func (t *table) name(r *row) name { return name{t.first.text[r.first], t.last.text[r.last], r.suffix} }

// share finds the e-mails and phones that cannot tell who somebody is: a role's address, or one that two people of one
// side hold whose names cannot be one person's.
func (t *table) share(sides ...folk) {
	t.mailShared, t.phoneShared = make([]bool, len(t.mail.text)), make([]bool, len(t.phone.text))
	for id, s := range t.mail.text {
		t.mailShared[id] = id > 0 && record.IsRoleEmail(s)
	}
	for _, f := range sides {
		t.several(f, t.mailShared, func(r *row) []int32 { return r.mails })
		t.several(f, t.phoneShared, func(r *row) []int32 { return r.phones })
	}
}

// holders is how many holders of one value are compared with the next one: somebody else shows up early.
const holders = 4

func (t *table) several(f folk, shared []bool, of func(*row) []int32) {
	held := make([][]int32, len(shared))
	for i := range f.rows {
		for _, id := range of(&f.rows[i]) {
			if shared[id] {
				continue
			}
			me := t.name(&f.rows[i])
			for _, j := range held[id] {
				if other := t.name(&f.rows[j]); !me.compatible(other) {
					shared[id] = true
					break
				}
			}
			if len(held[id]) < holders {
				held[id] = append(held[id], int32(i))
			}
		}
	}
}

func fold(known map[string]string, s string) string {
	if s == "" {
		return ""
	}
	f, ok := known[s]
	if !ok {
		f = record.FoldLoose(s)
		known[s] = f
	}
	return f
}

func companyKey(known map[string]string, s string) string {
	if s == "" {
		return ""
	}
	f, ok := known[s]
	if !ok {
		f = record.CompanyKey(s)
		known[s] = f
	}
	return f
}

func digits(s string) string {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] >= '0' && s[i] <= '9'
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
