package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ClaimRequest asks for rows to run.
type ClaimRequest struct {
	Owner    string        // who asks: a prefix of the tokens, for people
	Limit    int           // at most so many rows
	MaxLane  int           // rows of later lanes are left
	Backfill int           // at most so many rows of the last lane; 0: as many as Limit
	LeaseFor time.Duration // how long others keep off
	Now      time.Time     // zero: the store's clock
	// Paused pairs: only their rows "sys:…" are claimed.
	Paused []string
	// Running is how many jobs of each pair run here already: pairs with fewer come first.
	Running map[string]int
	// Served is when a pair was last given a slot, as a growing number: of equal pairs the one served longest ago is first.
	Served map[string]int64
}

// Claim gives rows that can run to the caller, each under a lease and a new owner token. Pairs take turns, and within a
// pair the least lane and the longest due go first. Its cost grows with the number of pairs, not with the backlog: it
// reads at most Limit rows of each pair and lane, by index.
func (tx *Tx) Claim(r ClaimRequest) ([]Work, error) {
	if r.Limit <= 0 {
		return nil, nil
	}
	if r.Now.IsZero() {
		r.Now = tx.now()
	}
	list, err := tx.claimable(r)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	list = takeTurns(list, r)
	lease := r.Now.Add(r.LeaseFor)
	token := r.Owner + "/" + uuid.NewString()
	sets := make([][]any, len(list))
	for i := range list {
		w := &list[i]
		w.Owner, w.Lease = token+"/"+strconv.Itoa(i), at(us(lease))
		sets[i] = []any{w.Owner, us(lease), us(lease), w.Pair, w.Key}
	}
	return list, tx.each(`update work set owner = ?, lease = ?, ready_at = ?, next_due_at = 0, next_marked_at = 0
		where pair = ? and key = ?`, sets)
}

// claimable are the first rows of each pair and lane that are ready; on PostgreSQL locked, those of others left out.
func (tx *Tx) claimable(r ClaimRequest) ([]Work, error) {
	now := us(r.Now)
	text := claimSQLite
	if tx.postgres {
		text = claimPostgres
	}
	list, err := rows(tx, scanWork, text, r.MaxLane, now, r.Limit)
	if err != nil || len(r.Paused) == 0 {
		return list, err
	}
	list = slices.DeleteFunc(list, func(w Work) bool { return slices.Contains(r.Paused, w.Pair) })
	text = systemRows
	if tx.postgres {
		text += ` for update skip locked`
	}
	for _, pair := range r.Paused {
		more, err := rows(tx, scanWork, text, pair, r.MaxLane, now, r.Limit)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

const (
	// pairsOf walks from pair to pair in the index, without reading the rows between.
	pairsOf = `with recursive p(pair) as (
		select min(pair) from work union all
		select (select min(w.pair) from work w where w.pair > p.pair) from p where p.pair is not null),
		l(lane) as (values (0), (1), (2)) `
	claimSQLite = pairsOf + `select w.pair, w.key, w.lane, w.version, w.due_at, w.not_before, w.attempts, w.waits_for,
		w.marked_at, w.cause, w.last_error, w.owner, w.lease
		from p cross join l cross join work w
		where p.pair is not null and l.lane <= ? and w.pair = p.pair and w.key in (
			select x.key from work x where x.pair = p.pair and x.lane = l.lane and x.ready_at <= ? order by x.ready_at limit ?)`
	claimPostgres = pairsOf + `select w.pair, w.key, w.lane, w.version, w.due_at, w.not_before, w.attempts, w.waits_for,
		w.marked_at, w.cause, w.last_error, w.owner, w.lease
		from p cross join l cross join lateral (
			select * from work x where x.pair = p.pair and x.lane = l.lane and x.ready_at <= $2
			order by x.ready_at limit $3 for update skip locked) w
		where p.pair is not null and l.lane <= $1`
	systemRows = `select ` + workColumns + ` from work where pair = ? and key >= 'sys:' and key < 'sys;' and lane <= ?
		and ready_at <= ? order by lane, ready_at limit ?`
)

// takeTurns orders rows so that each pair has the same number of jobs, and cuts at the limit.
func takeTurns(list []Work, r ClaimRequest) []Work {
	slices.SortFunc(list, func(a, b Work) int {
		return cmp.Or(strings.Compare(a.Pair, b.Pair), cmp.Compare(a.Lane, b.Lane), readyAt(a).Compare(readyAt(b)),
			strings.Compare(a.Key, b.Key))
	})
	turn := make(map[string]int, len(list)) // pair and key to the number of jobs that its pair then has
	have := make(map[string]int)
	for _, w := range list {
		if _, ok := have[w.Pair]; !ok {
			have[w.Pair] = r.Running[w.Pair]
		}
		have[w.Pair]++
		turn[w.Pair+"\x00"+w.Key] = have[w.Pair]
	}
	slices.SortStableFunc(list, func(a, b Work) int {
		return cmp.Or(cmp.Compare(turn[a.Pair+"\x00"+a.Key], turn[b.Pair+"\x00"+b.Key]), cmp.Compare(a.Lane, b.Lane),
			cmp.Compare(r.Served[a.Pair], r.Served[b.Pair]), readyAt(a).Compare(readyAt(b)))
	})
	if room := r.Backfill; room > 0 {
		list = slices.DeleteFunc(list, func(w Work) bool {
			if w.Lane < laneMax {
				return false
			}
			room--
			return room < 0
		})
	}
	return list[:min(len(list), r.Limit)]
}

func readyAt(w Work) time.Time {
	if w.NotBefore.After(w.DueAt) {
		return w.NotBefore
	}
	return w.DueAt
}

// NextDue is the earliest instant at which any row can be claimed, past or future: leases that may end count. ok is
// false if there is none. Of the pairs named as paused only rows "sys:…" count.
func (tx *Tx) NextDue(paused ...string) (t time.Time, ok bool, err error) {
	return tx.NextClaim(ClaimRequest{MaxLane: laneMax, Paused: paused})
}

// NextClaim is NextDue for what a ClaimRequest with these MaxLane and Paused would take.
func (tx *Tx) NextClaim(r ClaimRequest) (t time.Time, ok bool, err error) {
	type first struct {
		pair  string
		ready int64
	}
	list, err := rows(tx, func(s scanner) (f first, err error) { return f, s.Scan(&f.pair, &f.ready) },
		pairsOf+`select pair, ready from (select p.pair, (select min(w.ready_at) from work w
			where w.pair = p.pair and w.lane = l.lane) as ready from p cross join l
			where p.pair is not null and l.lane <= ?) f where ready is not null`, r.MaxLane)
	if err != nil {
		return t, false, err
	}
	least := endOfTime
	for _, f := range list {
		if !slices.Contains(r.Paused, f.pair) {
			least = min(least, f.ready)
		}
	}
	for _, pair := range r.Paused {
		var ready int64
		_, err := tx.row(`select coalesce(min(ready_at), `+never+`) from work where pair = ? and key >= 'sys:' and key < 'sys;'
			and lane <= ?`, []any{pair, r.MaxLane}, &ready)
		if err != nil {
			return t, false, err
		}
		least = min(least, ready)
	}
	return at(least), least < endOfTime, nil
}
