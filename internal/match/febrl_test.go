package match_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/match"
	"tandem/internal/record"
)

// shared is the folder of labelled people; where it is missing the measurement is skipped, but in CI.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TANDEM_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "data", "match")
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("TANDEM_REQUIRE_SHARED") == "1" {
			t.Fatalf("the labelled people are not at %s", dir)
		}
		t.Skip("the labelled people are not here")
	}
	return dir
}

type labelled struct {
	match.Person
	n int
}

func load(t *testing.T, file string, side record.Side) (out []labelled) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		n, err := strconv.Atoi(strings.Split(row[0], "-")[1])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, labelled{match.Person{
			// The reference tells nothing: it is the line, not the record's own id.
			Ref:   record.Ref{Side: side, Kind: record.Contact, ID: strconv.Itoa(i)},
			First: row[1], Last: row[2], Street: strings.TrimSpace(row[3] + " " + row[4] + " " + row[5]), City: row[6], Postal: row[7], State: row[8], BirthDate: row[9],
		}, n})
	}
	return out
}

// The labelled people: no wrong automatic link in any measurement, and at least 99 % of the true pairs linked from name
// and address alone, also where two of three records are strangers.
func TestLabelledPeople(t *testing.T) {
	dir := shared(t)
	a, b := load(t, filepath.Join(dir, "febrl4a.csv"), record.GHL), load(t, filepath.Join(dir, "febrl4b.csv"), record.Commonsku)
	for _, m := range []struct {
		name   string
		birth  bool
		keepA  func(int) bool
		keepB  func(int) bool
		recall float64
	}{
		{"name and address", false, nil, nil, 0.99},
		{"with date of birth", true, nil, nil, 0.99},
		{"mostly strangers", false, func(n int) bool { return n%2 == 1 || n%5 == 0 }, func(n int) bool { return n%2 == 0 || n%5 == 0 }, 0.99},
	} {
		t.Run(m.name, func(t *testing.T) {
			pick := func(list []labelled, keep func(int) bool) (people []match.Person, of map[record.Ref]int) {
				of = map[record.Ref]int{}
				for _, l := range list {
					if keep != nil && !keep(l.n) {
						continue
					}
					if !m.birth {
						l.BirthDate = ""
					}
					people = append(people, l.Person)
					of[l.Ref] = l.n
				}
				return people, of
			}
			ga, na := pick(a, m.keepA)
			cb, nb := pick(b, m.keepB)
			truth := map[int]bool{}
			for _, n := range na {
				truth[n] = true
			}
			pairs := 0
			for _, n := range nb {
				if truth[n] {
					pairs++
				}
			}
			res := match.Match(ga, cb, match.Options{})
			right, wrong, asked := 0, 0, map[int]bool{}
			for _, d := range res.Links {
				if na[d.GHL] == nb[d.Commonsku] {
					right++
				} else {
					wrong++
					t.Logf("wrong link: %v", d.Text())
				}
			}
			for _, d := range res.Asks {
				if na[d.GHL] == nb[d.Commonsku] {
					asked[na[d.GHL]] = true
				}
			}
			t.Logf("%d people and %d, %d true pairs: %d linked (%.2f %%), %d wrong, %d rows to ask, %d true pairs among them, %d in neither", len(ga), len(cb), pairs,
				right, 100*float64(right)/float64(pairs), wrong, len(res.Asks), len(asked), pairs-right-len(asked))
			if wrong > 0 {
				t.Errorf("%d wrong automatic links, want none", wrong)
			}
			if got := float64(right) / float64(pairs); got < m.recall {
				t.Errorf("%.2f %% of true pairs linked, want %.0f %%", 100*got, 100*m.recall)
			}
		})
	}
}
