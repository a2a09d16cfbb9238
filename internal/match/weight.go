package match

import (
	"math"
	"strconv"
)

// model has the weights. The weight of a level is log2(m/u): how often one person's records agree so far, against how
// often two people's do (Fellegi and Sunter, 1969). For a value that both have, u is how usual the value is.
type model struct {
	t      *table
	m, u   [compared][levels]float64
	bits   [compared][levels]float64 // log2(m/u); of the same value log2(m), since its rarity is added
	people int                       // of how many one might be the other
	live   bool                      // the table is a selection: how rare a value is cannot be told from it
}

// usualM and usualU are what is assumed before anything is learned: rates of levels among records of one person and of
// two, where both have a value. Each line adds up to 1. They are round figures on purpose.
var usualM = [compared][levels]float64{
	fFirst:   {differs: .03, loose: .03, initial: .02, nickname: .06, near: .08, same: .78},
	fLast:    {differs: .03, loose: .03, initial: .01, near: .09, same: .84},
	fMail:    {differs: .35, common: .05, same: .60},
	fPhone:   {differs: .35, common: .10, same: .55},
	fStreet:  {differs: .10, loose: .07, near: .13, same: .70},
	fNumber:  {differs: .08, near: .07, same: .85},
	fCity:    {differs: .10, loose: .02, near: .10, same: .78},
	fPostal:  {differs: .09, near: .08, same: .83},
	fState:   {differs: .05, near: .03, same: .92},
	fCompany: {differs: .18, loose: .07, near: .10, same: .65},
	fBirth:   {differs: .04, near: .06, same: .90},
}

var usualU = [compared][levels]float64{
	fFirst:   {differs: .952, loose: .03, initial: .003, nickname: .003, near: .004, same: .008},
	fLast:    {differs: .9645, loose: .03, initial: .001, near: .0025, same: .002},
	fMail:    {differs: .9985, common: .001, same: .0005},
	fPhone:   {differs: .9965, common: .003, same: .0005},
	fStreet:  {differs: .9675, loose: .03, near: .002, same: .0005},
	fNumber:  {differs: .92, near: .06, same: .02},
	fCity:    {differs: .955, loose: .02, near: .005, same: .02},
	fPostal:  {differs: .986, near: .01, same: .004},
	fState:   {differs: .85, near: .02, same: .13},
	fCompany: {differs: .98, loose: .015, near: .003, same: .002},
	fBirth:   {differs: .9984, near: .0015, same: .0001},
}

// background is how many people of nowhere every count is mixed with, so that a dozen records do not make a name common;
// believed is how many comparisons the assumed rates weigh against what is learned.
const background, believed = 1000, 200

func newModel(t *table, people int) *model {
	w := &model{t: t, m: usualM, u: usualU, people: max(people, 50)}
	w.settle()
	return w
}

// settle takes the logarithms of rates that have changed.
func (w *model) settle() {
	for f := range w.bits {
		for l := differs; l < same; l++ {
			w.bits[f][l] = math.Log2(w.m[f][l] / w.u[f][l])
		}
		w.bits[f][same] = math.Log2(w.m[f][same])
	}
}

// rarity is -log2 of how usual a value is.
func (w *model) rarity(f field, c *column, id int32) float64 {
	if w.live {
		return -math.Log2(usualU[f][same])
	}
	return -math.Log2((float64(c.count[id]) + background*usualU[f][same]) / (float64(c.total) + background))
}

// part is one reason in the making.
type part struct {
	field  field
	level  level
	weight float64
}

// parts weighs a comparison. Their sum is the score: log2 of the odds that the two are one person.
func (w *model) parts(a, b *row, p *pattern, out *[int(fChance) + 1]part) (n int, total, beyond float64) {
	add := func(f field, l level, weight float64) {
		out[n] = part{f, l, weight}
		n++
		total += weight
	}
	for f := field(0); f < compared; f++ {
		l := p.level[f]
		if l == missing {
			continue
		}
		weight := w.bits[f][l]
		switch l {
		case same:
			c, id := w.value(f, a, b)
			weight += w.rarity(f, c, id)
		case common:
			c, id := w.value(f, a, b)
			weight = min(6, math.Max(0, w.rarity(f, c, id)-2))
		}
		add(f, l, weight)
		if f > fLast {
			beyond += weight
		}
	}
	if p.swapped {
		add(fOrder, differs, -4)
	}
	if p.suffix {
		add(fSuffix, differs, -6)
	}
	// A family lives at one address under one name, colleagues sit at another with one switchboard: what people share says
	// no more than how seldom an address is shared here. Where the first name does not speak for one person, a last name is
	// such a thing too.
	home := 0.0
	for _, q := range out[:n] {
		switch {
		case q.field == fLast && p.level[fFirst] <= loose:
			home += math.Max(0, q.weight)
		case q.field >= fStreet && q.field <= fCompany, q.field == fOrder && p.level[fFirst] <= loose, q.level == common:
			home += q.weight // names are swapped as often in a family
		}
	}
	if most := math.Log2(float64(w.people)/2) - math.Log2(w.t.household); home > most {
		add(fHome, common, most-home)
	}
	add(fChance, missing, -math.Log2(float64(w.people)))
	return n, total, beyond
}

// value is where a value that both have stands.
func (w *model) value(f field, a, b *row) (*column, int32) {
	t := w.t
	switch f {
	case fFirst:
		return t.first, a.first
	case fLast:
		return t.last, a.last
	case fMail:
		return t.mail, firstShared(a.mails, b.mails)
	case fPhone:
		return t.phone, firstShared(a.phones, b.phones)
	case fStreet:
		return t.street, a.street
	case fNumber:
		return t.number, a.number
	case fCity:
		return t.city, a.city
	case fPostal:
		return t.postal, a.postal
	case fState:
		return t.state, a.state
	case fCompany:
		return t.company, a.company
	}
	return t.birth, a.birth
}

// verdict is what a pair came to, without the words.
type verdict struct {
	total   float64
	sure    bool
	linking bool // it may be linked without asking, if nobody else is as near
}

// corroborated is how many bits must come from something else than the name for a link without asking.
const corroborated = 3

func (w *model) judge(a, b *row, o *Options) verdict {
	p := w.t.compare(a, b)
	if p.strangers() {
		return verdict{total: math.Inf(-1)}
	}
	var parts [int(fChance) + 1]part
	_, total, beyond := w.parts(a, b, &p, &parts)
	v := verdict{total: total, sure: p.sure()}
	v.linking = v.sure || !p.barred() && total >= o.LinkAt && beyond >= corroborated && (p.named() || p.settled())
	return v
}

// reasons tells the same comparison in words; the weights add up to the score.
func (w *model) reasons(a, b *row) (list []Reason, total float64) {
	p := w.t.compare(a, b)
	var parts [int(fChance) + 1]part
	n, total, _ := w.parts(a, b, &p, &parts)
	list = make([]Reason, n)
	for i, q := range parts[:n] {
		list[i] = Reason{Field: q.field.String(), Level: w.words(q, &p, a, b), Weight: q.weight}
	}
	return list, total
}

func (w *model) words(q part, p *pattern, a, b *row) string {
	t := w.t
	switch {
	case q.field == fChance:
		return "one of " + strconv.Itoa(w.people) + " people"
	case q.field == fOrder:
		return "swapped"
	case q.field == fHome:
		return "may be shared"
	case q.field == fFirst && q.level == nickname && !p.swapped:
		return "nickname: " + t.first.text[a.first] + "/" + t.first.text[b.first]
	case q.field == fFirst && p.alike:
		return "alike, but both are usual"
	}
	return q.level.String()
}
