package match

import (
	"cmp"
	"hash/maphash"
	"slices"

	"tandem/internal/record"
)

// candidate is a pair worth comparing, by index.
type candidate struct{ g, c int }

// groupMost is how many pairs one block may have: a bigger one says nothing (everybody in one town), and other keys find
// the people in it.
const groupMost = 2500

// block finds the pairs worth comparing, by several keys, so that a mistake in any one field does not hide a pair. Memory
// and time grow with the number of records, not with its square.
func block(g, c []prepared) []candidate {
	seed := maphash.MakeSeed()
	var out []candidate
	for key := range keysOf {
		type entry struct {
			hash  uint64
			index int32
		}
		build := func(list []prepared) []entry {
			var es []entry
			for i := range list {
				for _, k := range keysOf[key](&list[i]) {
					if k != "" {
						es = append(es, entry{maphash.String(seed, k), int32(i)})
					}
				}
			}
			slices.SortFunc(es, func(a, b entry) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.index, b.index)) })
			return es
		}
		eg, ec := build(g), build(c)
		for i, j := 0, 0; i < len(eg) && j < len(ec); {
			switch {
			case eg[i].hash < ec[j].hash:
				i++
			case eg[i].hash > ec[j].hash:
				j++
			default:
				h := eg[i].hash
				i2, j2 := i, j
				for i2 < len(eg) && eg[i2].hash == h {
					i2++
				}
				for j2 < len(ec) && ec[j2].hash == h {
					j2++
				}
				if (i2-i)*(j2-j) <= groupMost {
					for x := i; x < i2; x++ {
						for y := j; y < j2; y++ {
							out = append(out, candidate{int(eg[x].index), int(ec[y].index)})
						}
					}
				}
				i, j = i2, j2
			}
		}
	}
	slices.SortFunc(out, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.g, b.g), cmp.Compare(a.c, b.c)) })
	return slices.Compact(out)
}

// keysOf are the blocking keys.
var keysOf = [...]func(*prepared) []string{
	func(p *prepared) []string { return p.emails },
	func(p *prepared) []string { return p.phones },
	func(p *prepared) []string { // both orders, so that swapped names meet
		if p.first > p.last {
			return join(p.last, p.first)
		}
		return join(p.first, p.last)
	},
	func(p *prepared) []string { return join(prefix(p.last, 4), prefix(p.first, 1), p.postal) },
	func(p *prepared) []string { return join(prefix(p.first, 3), p.postal) },
	func(p *prepared) []string { return join(prefix(p.last, 3), p.street) },
	func(p *prepared) []string { return join(p.first, p.city) },
	func(p *prepared) []string { return join(p.last, prefix(p.first, 1)) },
	func(p *prepared) []string { return join(p.street) },
	func(p *prepared) []string { return join(prefix(p.street, 9), prefix(p.city, 4)) },
	func(p *prepared) []string { return join(prefix(p.street, 9), p.postal) },
	func(p *prepared) []string { return join(prefix(p.road(), 8), p.city) },
	func(p *prepared) []string { return join(prefix(p.road(), 8), p.last) },
	func(p *prepared) []string { return join(prefix(p.road(), 8), p.first) },
	func(p *prepared) []string { return join(prefix(p.road(), 8), p.number) },
	func(p *prepared) []string { return join(prefix(p.road(), 6), prefix(p.postal, 3)) },
	func(p *prepared) []string { return join(p.last, p.postal) },
	func(p *prepared) []string { return join(p.last, prefix(p.city, 5)) },
	func(p *prepared) []string { return join(p.first, prefix(p.city, 5)) },
	func(p *prepared) []string { return join(p.first, p.number) },
	func(p *prepared) []string { return join(p.last, p.number) },
	func(p *prepared) []string { // both orders, by what a typing error at the end leaves
		return append(join(prefix(p.first, 4), prefix(p.city, 3)), join(prefix(p.last, 4), prefix(p.city, 3))...)
	},
	func(p *prepared) []string { return join(p.first, prefix(p.last, 2), prefix(p.postal, 2)) },
	func(p *prepared) []string { return join(p.last, p.company) },
	func(p *prepared) []string { return join(p.first, p.company) },
	func(p *prepared) []string { return join(p.number, prefix(p.first, 2), prefix(p.city, 3)) },
	func(p *prepared) []string { return join(p.number, p.postal) },
	func(p *prepared) []string {
		if p.birth == "" {
			return nil
		}
		return []string{"b" + p.birth}
	},
}

// join makes one key of parts, none where a part is missing.
func join(parts ...string) []string {
	k := ""
	for _, p := range parts {
		if p == "" {
			return nil
		}
		k += p + "|"
	}
	return []string{k}
}

func prefix(s string, n int) string {
	if len(s) < n {
		return s
	}
	return s[:n]
}

func isRole(v string) bool { return record.IsRoleEmail(v) }
