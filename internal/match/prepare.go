package match

import (
	"strings"

	"tandem/internal/record"
)

// prepared is a person in folded form.
type prepared struct {
	p                                                        Person
	first, last, suffix, email, phone, company, street, city string
	state, postal, country, birth, number                    string
	emails, phones                                           []string
}

func prepareAll(list []Person) []prepared {
	out := make([]prepared, len(list))
	for i, p := range list {
		out[i] = prepare(p)
	}
	return out
}

func prepare(p Person) prepared {
	q := prepared{
		p: p, first: record.FoldLoose(p.First), last: record.FoldLoose(p.Last), email: p.Email, phone: p.Phone,
		company: record.CompanyKey(p.Company), street: record.FoldLoose(p.Street), city: record.FoldLoose(p.City),
		state: record.FoldLoose(p.State), postal: strings.ReplaceAll(record.FoldLoose(p.Postal), " ", ""), country: p.Country, birth: digits(p.BirthDate),
	}
	words := strings.Fields(q.last)
	for len(words) > 1 {
		switch words[len(words)-1] {
		case "jr", "junior":
			q.suffix = "jr"
		case "sr", "senior":
			q.suffix = "sr"
		case "ii", "iii", "iv":
			q.suffix = words[len(words)-1]
		case "phd", "md", "esq", "cpa":
		default:
			q.last = strings.Join(words, " ")
			words = nil
			continue
		}
		words = words[:len(words)-1]
		q.last = strings.Join(words, " ")
	}
	if i := strings.IndexByte(q.street, ' '); i > 0 && q.street[0] >= '0' && q.street[0] <= '9' {
		q.number = q.street[:i]
	}
	if p.Email != "" {
		q.emails = append(append(q.emails, p.Email), p.OtherEmails...)
	} else {
		q.emails = p.OtherEmails
	}
	if p.Phone != "" {
		q.phones = append(append(q.phones, p.Phone), p.OtherPhones...)
	} else {
		q.phones = p.OtherPhones
	}
	return q
}

// road is the street without its number.
func (p *prepared) road() string {
	return strings.ReplaceAll(strings.TrimPrefix(p.street, p.number), " ", "")
}

func digits(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// Compatible says whether two names can be one person's: equal, a nickname, a typing error, an initial, swapped, or one
// of them missing. Father and son (Jr, Sr) are not.
func Compatible(a, b Person) bool {
	x, y := prepare(a), prepare(b)
	return compatible(&x, &y)
}

func compatible(a, b *prepared) bool {
	if a.suffix != b.suffix && a.suffix != "" && b.suffix != "" {
		return false
	}
	if a.first == "" && a.last == "" || b.first == "" && b.last == "" {
		return true
	}
	straight := firstLevel(a.first, b.first) >= 0 && lastLevel(a.last, b.last) >= 0
	crossed := a.last != "" && b.last != "" && firstLevel(a.first, b.last) >= 1 && lastLevel(a.last, b.first) >= 1
	return straight || crossed
}
