package match

import (
	"strings"

	"tandem/internal/record"
)

// usualHousehold is how often an address is assumed to be another person's, too, where it cannot be counted.
const usualHousehold = 0.5

// households counts how often two people of one side, whose names cannot be one person's, have one address.
func (t *table) households(sides ...folk) {
	known, shared := 0, 0
	for _, f := range sides {
		at := map[[3]int32]int32{}
		for i := range f.rows {
			r := &f.rows[i]
			if r.street == 0 || r.city == 0 && r.postal == 0 {
				continue
			}
			known++
			key := [3]int32{r.street, r.number, r.postal}
			if r.postal == 0 {
				key[2] = -r.city
			}
			j, ok := at[key]
			if !ok {
				at[key] = int32(i)
			} else if !t.name(r).compatible(t.name(&f.rows[j])) {
				shared++
			}
		}
	}
	// Of few addresses nothing is known: a hundred are mixed in of which half are shared by one.
	t.household = (float64(shared) + 1) / (float64(known) + 100)
	if known < 100 {
		t.household = usualHousehold
	}
}

// splitStreet takes the house number, the first word with a digit, out of a folded street.
func splitStreet(s string) (number, street string) {
	if s == "" {
		return "", ""
	}
	for w := range strings.FieldsSeq(s) {
		if strings.ContainsAny(w, "0123456789") {
			number = w
			break
		}
	}
	var b strings.Builder
	b.Grow(len(s))
	taken := false
	for w := range strings.FieldsSeq(s) {
		if w == number && !taken {
			taken = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(streetWord(w))
	}
	return number, b.String()
}

// streetWord spells out what is commonly cut short.
func streetWord(w string) string {
	switch w {
	case "st", "str":
		return "street"
	case "rd":
		return "road"
	case "ave", "av":
		return "avenue"
	case "dr", "drv":
		return "drive"
	case "ln":
		return "lane"
	case "ct", "crt":
		return "court"
	case "pl":
		return "place"
	case "blvd":
		return "boulevard"
	case "cres", "cr":
		return "crescent"
	case "hwy":
		return "highway"
	case "pkwy":
		return "parkway"
	case "ste":
		return "suite"
	case "n":
		return "north"
	case "s":
		return "south"
	case "e":
		return "east"
	case "w":
		return "west"
	}
	return w
}

// foldPostal closes a postal code up; of a ZIP+4 the five digits stay.
func foldPostal(s string) string {
	s = strings.ReplaceAll(record.FoldLoose(s), " ", "")
	if len(s) == 9 && len(digits(s)) == 9 {
		return s[:5]
	}
	return s
}
