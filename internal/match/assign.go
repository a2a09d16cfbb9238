package match

import (
	"cmp"
	"slices"
)

// scored is a pair that may be one person.
type scored struct {
	g, c int32
	verdict
}

// placing is the one-to-one assignment: who is linked, and what is left.
type placing struct {
	w          *model
	o          *Options
	g, c       folk
	pairs      []scored
	ofG, ofC   index
	gTo, cTo   []int32 // the pair that links a record; free, or linked before
	links      []int32 // pairs, in the order of linking
	asks       []int32
	gAsk, cAsk []bool
}

const (
	free   = -1
	before = -2
)

// index lists the pairs of each record, best first: those of record i are list[from[i]:from[i+1]].
type index struct{ from, list []int32 }

func (x index) of(i int32) []int32 { return x.list[x.from[i]:x.from[i+1]] }

func newIndex(n int, pairs []scored, of func(*scored) int32) index {
	x := index{from: make([]int32, n+1), list: make([]int32, len(pairs))}
	for i := range pairs {
		x.from[of(&pairs[i])+1]++
	}
	for i := range n {
		x.from[i+1] += x.from[i]
	}
	next := slices.Clone(x.from)
	for i := range pairs {
		r := of(&pairs[i])
		x.list[next[r]] = int32(i)
		next[r]++
	}
	return x
}

// assign links each record at most once (I2): sure identity first, then mutual best with a margin. It goes over what is
// left until nothing moves, since a rival who finds his own counterpart stands in nobody's way.
func (s *placing) assign() {
	slices.SortFunc(s.pairs, func(a, b scored) int {
		if a.sure != b.sure {
			if a.sure {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.g, b.g), cmp.Compare(a.c, b.c))
	})
	s.ofG = newIndex(len(s.g.rows), s.pairs, func(p *scored) int32 { return p.g })
	s.ofC = newIndex(len(s.c.rows), s.pairs, func(p *scored) int32 { return p.c })
	for moved := true; moved; {
		moved = false
		for i := range s.pairs {
			p := &s.pairs[i]
			if p.linking && s.gTo[p.g] == free && s.cTo[p.c] == free && s.clear(p) {
				s.gTo[p.g], s.cTo[p.c] = int32(i), int32(i)
				s.links = append(s.links, int32(i))
				moved = true
			}
		}
	}
	s.ask()
}

// clear says that no rival on either side is as near. A rival that is the same person entered twice is none: the better
// of the two is linked, the surplus asked.
func (s *placing) clear(p *scored) bool {
	for _, i := range s.ofG.of(p.g) {
		if q := &s.pairs[i]; q.c != p.c && s.rivals(p, q, s.cTo[q.c]) && !s.twins(s.c, p.c, q.c, p, q) {
			return false
		}
	}
	for _, i := range s.ofC.of(p.c) {
		if q := &s.pairs[i]; q.g != p.g && s.rivals(p, q, s.gTo[q.g]) && !s.twins(s.g, p.g, q.g, p, q) {
			return false
		}
	}
	return true
}

// rivals says whether q, which shares a record with p, leaves doubt about p; taken is the pair of q's other record.
func (s *placing) rivals(p, q *scored, taken int32) bool {
	switch {
	case taken == before || taken >= 0 && s.pairs[taken].total >= q.total+s.o.Margin:
		return false // that one is somebody else's, clearly
	case p.sure && !q.sure:
		return q.total > p.total+s.o.Margin
	}
	return q.total > p.total-s.o.Margin
}

// twins says whether two records of one side are one person, of whom p's is the one to link: the better, else the first.
func (s *placing) twins(f folk, mine, theirs int32, p, q *scored) bool {
	if q.sure == p.sure && (q.total > p.total || q.total == p.total && theirs < mine) || q.sure && !p.sure {
		return false
	}
	return s.w.judge(&f.rows[mine], &f.rows[theirs], s.o).linking
}

// askMost is how many counterparts of one record a person is asked about.
const askMost = 5

// ask lists what a person has to decide: pairs of two unplaced records, and surplus records of a person who is linked.
func (s *placing) ask() {
	s.gAsk, s.cAsk = make([]bool, len(s.g.rows)), make([]bool, len(s.c.rows))
	gCount, cCount := make([]uint8, len(s.g.rows)), make([]uint8, len(s.c.rows))
	for i := range s.pairs {
		p := &s.pairs[i]
		gFree, cFree := s.gTo[p.g] == free, s.cTo[p.c] == free
		switch {
		case !gFree && !cFree, gCount[p.g] >= askMost && gFree, cCount[p.c] >= askMost && cFree:
			continue
		case gFree && cFree:
		case !p.linking, gFree && s.gAsk[p.g], cFree && s.cAsk[p.c]:
			continue // near to somebody who is placed, but not the same; or asked about already
		}
		if gFree {
			s.gAsk[p.g] = true
			gCount[p.g]++
		}
		if cFree {
			s.cAsk[p.c] = true
			cCount[p.c]++
		}
		s.asks = append(s.asks, int32(i))
	}
}
