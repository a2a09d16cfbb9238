package match

import "math"

// sampled is how many comparisons the rates are learned from at most, rounds how often: after three the weights move by
// less than a tenth of a bit.
const sampled, rounds = 100_000, 3

// learn fits the rates of levels to these people, without labels: u from pairs at random, nearly all of which are two
// people; m by expectation maximisation over the pairs that a block brought together. Both are mixed with what is usual,
// so that little data moves little. Deterministic: the samples are taken at fixed strides.
func (w *model) learn(g, c folk, pairs []uint64) {
	w.learnU(g, c)
	step := max(1, len(pairs)/sampled)
	type sample struct {
		a, b *row
		p    pattern
	}
	var list []sample
	for i := 0; i < len(pairs); i += step {
		a, b := &g.rows[pairs[i]>>32], &c.rows[uint32(pairs[i])]
		if p := w.t.compare(a, b); p.named() || p.own() || p.settled() {
			list = append(list, sample{a, b, p})
		}
	}
	var parts [int(fChance) + 1]part
	for range rounds {
		var sum [compared][levels]float64
		for i := range list {
			s := &list[i]
			_, total, _ := w.parts(s.a, s.b, &s.p, &parts)
			if total < 0 { // even odds are no teacher
				continue
			}
			share := 1 - 1/(1+math.Exp2(total))
			for f, l := range s.p.level {
				sum[f][l] += share
			}
		}
		for f := range sum {
			mix(&w.m[f], &usualM[f], &sum[f])
		}
		w.settle()
	}
}

func (w *model) learnU(g, c folk) {
	var sum [compared][levels]float64
	n := min(len(g.rows)*len(c.rows), sampled)
	for i := range n {
		// Strides prime to nearly all sizes walk both lists evenly.
		a, b := &g.rows[i*7919%len(g.rows)], &c.rows[(i*104729+i/len(c.rows))%len(c.rows)]
		p := w.t.compareNames(a, b)
		w.t.compareRest(a, b, &p)
		for f, l := range p.level {
			sum[f][l]++
		}
	}
	for f := range sum {
		mix(&w.u[f], &usualU[f], &sum[f])
	}
}

// mix makes rates of counts, with the usual ones believed as if from that many comparisons. What is missing says nothing.
func mix(rate, usual, sum *[levels]float64) {
	all := float64(believed)
	for l := differs; l < levels; l++ {
		all += sum[l]
	}
	for l := differs; l < levels; l++ {
		rate[l] = (sum[l] + believed*usual[l]) / all
	}
}
