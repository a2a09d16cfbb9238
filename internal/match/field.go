package match

// field is what two records are compared on.
type field uint8

const (
	fFirst field = iota
	fLast
	fMail
	fPhone
	fStreet
	fNumber
	fCity
	fPostal
	fState
	fCompany
	fBirth
	compared // the fields above have levels that are learned

	fOrder  // first and last name swapped
	fSuffix // father and son
	fHome   // an address that says little
	fChance // how many people it might have been
)

func (f field) String() string {
	return [...]string{"first name", "last name", "e-mail", "phone", "street", "house number", "city", "postal code", "state", "company", "date of birth",
		"", "names", "suffix", "address", "chance"}[f]
}

func (l level) String() string {
	return [...]string{"missing", "differs", "a little alike", "initial", "nickname", "similar", "shared by several", "same"}[l]
}

// pattern is the comparison of two records: a level a field, and what no single field says.
type pattern struct {
	level   [compared]level
	swapped bool // first and last name
	suffix  bool // Jr against Sr, or against none
	alike   bool // two first names that are both usual: Anna and Anne, no slip of the hand
	usual   bool // two last names that are both usual: Miller and Müller
	bare    bool // neither record has an e-mail or a phone
}

// compare finds the levels of two rows; of strangers only those of what names them.
func (t *table) compare(a, b *row) pattern {
	p := t.compareNames(a, b)
	if !p.strangers() { // most of what a block brings together: nothing more can make them one
		t.compareRest(a, b, &p)
	}
	return p
}

// compareNames finds the levels of names, e-mails and phones.
func (t *table) compareNames(a, b *row) (p pattern) {
	p.level[fFirst] = t.first.compare(firstLevel, a.first, b.first)
	p.level[fLast] = t.last.compare(lastLevel, a.last, b.last)
	if p.level[fFirst] <= loose && p.level[fLast] <= loose {
		p.level[fFirst], p.level[fLast], p.swapped = t.name(a).swapped(t.name(b), p.level[fFirst], p.level[fLast])
	}
	p.bare = len(a.mails)+len(a.phones)+len(b.mails)+len(b.phones) == 0
	p.level[fMail] = holding(a.mails, b.mails, t.mailShared)
	p.level[fPhone] = holding(a.phones, b.phones, t.phoneShared)
	p.suffix = a.suffix != b.suffix && p.level[fLast] != differs
	switch {
	case !p.swapped:
		p.alike = p.level[fFirst] == near && t.first.usual(a.first) && t.first.usual(b.first)
	case p.level[fFirst] == near || p.level[fLast] == near:
		p.alike = t.alike(t.first.text[a.first], t.last.text[b.last]) || t.alike(t.last.text[a.last], t.first.text[b.first])
	}
	if p.alike {
		p.level[fFirst] = loose
	}
	if p.usual = p.level[fLast] == near && !p.swapped && t.last.usual(a.last) && t.last.usual(b.last); p.usual {
		p.level[fLast] = loose
	}
	return p
}

// compareRest finds the levels of everything else.
func (t *table) compareRest(a, b *row, p *pattern) {
	p.level[fStreet] = t.street.compare(textLevel, a.street, b.street)
	p.level[fNumber] = t.number.compare(codeLevel, a.number, b.number)
	p.level[fCity] = t.city.compare(textLevel, a.city, b.city)
	p.level[fPostal] = t.postal.compare(codeLevel, a.postal, b.postal)
	p.level[fState] = t.state.compare(codeLevel, a.state, b.state)
	p.level[fCompany] = t.company.compare(textLevel, a.company, b.company)
	p.level[fBirth] = t.birth.compare(codeLevel, a.birth, b.birth)
}

// alike says of names that were swapped whether they are two usual first names.
func (t *table) alike(a, b string) bool {
	return a != b && t.first.usual(t.first.ids[a]) && t.first.usual(t.first.ids[b]) && !nicknames(a, b)
}

// strangers says that both names differ and that nothing of their own is in common, where there is something of their own.
func (p *pattern) strangers() bool {
	return p.level[fFirst] == differs && p.level[fLast] == differs && !p.bare && p.level[fMail] <= differs && p.level[fPhone] <= differs
}

// usual says that a value is no mistake: so many do not slip the same way.
func (c *column) usual(id int32) bool { return id > 0 && c.count[id] >= max(6, c.total/2000) }

func holding(a, b []int32, shared []bool) level {
	if len(a) == 0 || len(b) == 0 {
		return missing
	}
	found := differs
	for _, x := range a {
		for _, y := range b {
			switch {
			case x != y:
			case shared[x]:
				found = max(found, common)
			default:
				found = same
			}
		}
	}
	return found
}

func firstShared(a, b []int32) int32 {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return x
			}
		}
	}
	return 0
}

// own says that they have an e-mail or phone in common that is nobody else's.
func (p *pattern) own() bool { return p.level[fMail] == same || p.level[fPhone] == same }

// compatible is Compatible, by levels. That two usual names are one is believed of an e-mail, not of a family's phone.
func (p *pattern) compatible() bool {
	f, l := p.level[fFirst], p.level[fLast]
	return (f == missing || f >= initial || p.alike && p.level[fMail] == same) && (l == missing || l >= initial || p.usual && p.level[fMail] == same)
}

// sure is identity: an e-mail or phone of one's own, with a compatible name. A suffix that one of them lacks leaves doubt.
func (p *pattern) sure() bool { return p.own() && p.compatible() && !p.suffix }

// at counts the parts of the address that agree, of how many that both have.
func (p *pattern) at() (agree, known int) {
	for _, f := range [...]field{fStreet, fCity, fPostal} {
		if p.level[f] != missing {
			known++
		}
		if p.level[f] >= near || f == fStreet && p.level[f] == loose {
			agree++
		}
	}
	return agree, known
}

// barred says that a person has to decide, however high the score: father and son, a shared e-mail under another name,
// two usual first names, or records with nothing in common but a name.
func (p *pattern) barred() bool {
	mail, phone := p.level[fMail], p.level[fPhone]
	agree, known := p.at()
	switch {
	case p.suffix:
		return true
	case mail >= common || phone >= common:
		return !p.compatible()
	case p.alike && !p.bare:
		return p.level[fBirth] != same
	case mail == differs && phone == differs:
		return true
	}
	return known >= 2 && agree == 0
}

// named says that the names speak for one person: neither part differs, and one of them says so clearly.
func (p *pattern) named() bool {
	f, l := p.level[fFirst], p.level[fLast]
	return f != differs && l != differs && !p.alike && max(f, l) >= nickname && (f != initial || l >= near)
}

// settled says that a name that does not speak for one person may be a mistake all the same: nothing but name and address
// is known, and the address agrees. With an e-mail or a phone about, somebody else of the household is likelier.
func (p *pattern) settled() bool {
	agree, _ := p.at()
	return p.bare && agree >= 2 && p.level[fFirst]+p.level[fLast] > 0
}
