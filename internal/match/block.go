package match

import (
	"math/bits"
	"slices"
	"strings"
)

// groupMost is how many pairs one block may have: a bigger one says nothing (everybody in one town), and other keys find
// the people in it.
const groupMost = 200

// tidyAt is from how many collected pairs on those found twice are thrown out.
const tidyAt = 1 << 23

// block finds the pairs worth comparing, by several keys, so that a mistake in any one or two fields does not hide a pair.
// Memory and time grow with the number of records, not with its square. A pair is index of g << 32 | index of c; sorted.
func block(t *table, g, c folk) []uint64 {
	var pairs []uint64
	tidied := tidyAt
	shift := bits.Len(uint(max(len(g.rows), len(c.rows))))
	mask := uint64(1)<<shift - 1
	var eg, ec []uint64
	for k := range blockKeys {
		eg, ec = t.keys(g, k, shift, eg[:0]), t.keys(c, k, shift, ec[:0])
		for i, j := 0, 0; i < len(eg) && j < len(ec); {
			x, y := eg[i]>>shift, ec[j]>>shift
			if x < y {
				i++
				continue
			}
			if x > y {
				j++
				continue
			}
			i2, j2 := i, j
			for i2 < len(eg) && eg[i2]>>shift == x {
				i2++
			}
			for j2 < len(ec) && ec[j2]>>shift == x {
				j2++
			}
			if (i2-i)*(j2-j) <= groupMost {
				for _, p := range eg[i:i2] {
					for _, q := range ec[j:j2] {
						pairs = append(pairs, (p&mask)<<32|q&mask)
					}
				}
			}
			i, j = i2, j2
		}
		if len(pairs) > tidied {
			slices.Sort(pairs)
			pairs = slices.Compact(pairs)
			tidied = max(tidyAt, 2*len(pairs))
		}
	}
	slices.Sort(pairs)
	return slices.Compact(pairs)
}

// keys hashes every row by the key number k: the hash above, the row's index below, sorted. Hashes that fall together by
// chance only bring a pair more.
func (t *table) keys(f folk, k, shift int, out []uint64) []uint64 {
	add := func(i int, h uint64) {
		if h != 0 {
			out = append(out, h<<shift|uint64(i))
		}
	}
	for i := range f.rows {
		r := &f.rows[i]
		switch k {
		case 0:
			for _, id := range r.mails {
				add(i, hash(num(id)))
			}
		case 1:
			for _, id := range r.phones {
				add(i, hash(num(id)))
			}
		default:
			one, two := t.key(r, k)
			add(i, one)
			if two != one {
				add(i, two)
			}
		}
	}
	slices.Sort(out)
	return out
}

// blockKeys is how many keys there are.
const blockKeys = 23

// key is the hash of key number k, 0 where a part of it is missing. A second one stands for the last name, hashed as a
// first name is, so that swapped names meet.
func (t *table) key(r *row, k int) (uint64, uint64) {
	first, last, city, street := t.first.text[r.first], t.last.text[r.last], t.city.text[r.city], t.street.text[r.street]
	number := num(r.number)
	postal := shuffled(t.postal.text[r.postal])
	switch k {
	case 2:
		return both(hash(text(first)), hash(text(last))), 0
	case 3:
		return hash(text(cut(last, 4)), text(cut(first, 1)), postal), hash(text(cut(first, 4)), text(cut(last, 1)), postal)
	case 4:
		return hash(text(cut(first, 3)), postal), hash(text(cut(last, 3)), postal)
	case 5:
		return hash(text(first), num(r.city)), hash(text(last), num(r.city))
	case 6:
		return hash(text(first), number, text(cut(city, 2))), hash(text(last), number, text(cut(city, 2)))
	case 7:
		return hash(text(cut(first, 4)), text(cut(city, 3))), hash(text(cut(last, 4)), text(cut(city, 3)))
	case 8:
		return hash(num(r.street), number), 0
	case 9:
		return hash(text(cut(street, 6)), postal), 0
	case 10:
		return hash(text(cut(street, 6)), num(r.city)), 0
	case 11:
		return hash(text(cut(street, 6)), text(first)), hash(text(cut(street, 6)), text(last))
	case 12:
		return hash(text(cut(street, 6)), number, text(cut(city, 1))), 0
	case 13:
		return hash(text(longest(street)), postal), 0
	case 14:
		return hash(text(longest(street)), text(cut(city, 3))), 0
	case 15:
		return hash(text(longest(street)), text(cut(first, 2))), hash(text(longest(street)), text(cut(last, 2)))
	case 16:
		return hash(number, postal), 0
	case 17:
		return hash(number, num(r.city), text(cut(first, 1))), hash(number, num(r.city), text(cut(last, 1)))
	case 18:
		return hash(text(first), num(r.company)), hash(text(last), num(r.company))
	case 19:
		return hash(num(r.birth), text(cut(first, 2))), hash(num(r.birth), text(cut(last, 2)))
	case 20:
		return hash(text(last), text(cut(first, 1)), num(r.state)), hash(text(first), text(cut(last, 1)), num(r.state))
	case 21:
		return hash(num(r.city), postal), 0
	case 22:
		return hash(text(longest(street)), number), 0
	}
	return 0, 0
}

// shuffled is the same for codes of the same characters in any order: neighbours are often swapped.
func shuffled(code string) uint64 {
	if code == "" {
		return 0
	}
	h := uint64(len(code))
	for i := range len(code) {
		c := uint64(code[i])
		h += c * c * c * 0x9E3779B97F4A7C15
	}
	return h | 1
}

// longest is the longest word of a street, where the words may come in any order.
func longest(street string) (out string) {
	for w := range strings.FieldsSeq(street) {
		if len(w) > len(out) && gist(w) > 1 {
			out = w
		}
	}
	return out
}

func cut(s string, n int) string { return s[:min(n, len(s))] }

func num(id int32) uint64 { return uint64(id) }

// text is FNV-1a; 0 for none.
func text(s string) uint64 {
	if s == "" {
		return 0
	}
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// hash mixes the parts of a key; 0 where one is missing.
func hash(parts ...uint64) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, p := range parts {
		if p == 0 {
			return 0
		}
		h = (h ^ p) * 0xBF58476D1CE4E5B9
		h ^= h >> 29
	}
	return h | 1
}

// both is the same for a and b as for b and a.
func both(a, b uint64) uint64 {
	if a == 0 || b == 0 {
		return 0
	}
	return hash(min(a, b), max(a, b))
}
