package plan

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tandem/internal/record"
)

func sample() []Record {
	ann := record.Record{Ref: record.Ref{Side: record.GHL, Kind: record.Contact, ID: "g1"}, Fields: map[string]record.Value{"email": record.Text("ann@example.com")}}
	return []Record{
		{Kind: record.Contact, GHL: "g1", Commonsku: "c1", LinkID: 7, Label: "Ann Lee", Action: Update, Calls: Calls{2, 1}, Seen: Look(ann, record.Record{}),
			Writes: []Write{
				{Side: record.Commonsku, Verb: "update", Field: "phone", Old: record.Text("+13125550122"), New: record.Text("+13125550111"), Reason: "newest: GHL edited 09:02:00, commonsku 09:01:00 (UTC)"},
				{Side: record.GHL, Verb: "add_tags", Field: "tags", Old: record.Set("vip"), New: record.Set("vip", "golf"), Reason: "edited in commonsku"},
			}},
		{Kind: record.Company, GHL: "", Commonsku: "k1", Label: "Acme\x1b[31m", Action: Create, Calls: Calls{0, 1}},
		{Kind: record.Contact, GHL: "g2", Action: Ask, Reason: "two people may be meant", Calls: Calls{1, 0}},
	}
}

func TestTextShowsEachWriteWithOldNewAndReason(t *testing.T) {
	got := New("acme", sample()).Text()
	for _, want := range []string{
		"3 records, 5 calls (3 reads, 2 writes)",
		"update contact Ann Lee (GHL g1, commonsku c1)\n  ghl add_tags tags: vip -> golf, vip (edited in commonsku)\n  commonsku update phone: +13125550122 -> +13125550111 (newest: GHL edited 09:02:00",
		"ask contact (GHL g2, commonsku new): two people may be meant",
		"KIND     LINK  CREATE  UPDATE  ARCHIVE  DELETE  ASK  CONFLICT  FIELDS TO GHL  FIELDS TO COMMONSKU  CALLS",
		"contact  0     0       1       0        0       1    0         1              1                    4",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") {
		t.Error("a control code of a value reaches the terminal")
	}
	if strings.Index(got, "create company") > strings.Index(got, "update contact") {
		t.Error("parents come before children")
	}
}

func TestAnEmptyPlanSaysSo(t *testing.T) {
	p := New("acme", nil)
	if !p.Empty() || p.NeedsPerson() || !strings.Contains(p.Text(), "Nothing to do") {
		t.Errorf("empty plan: %s", p.Text())
	}
	if b, _ := json.Marshal(p); !strings.Contains(string(b), `"records":[]`) {
		t.Errorf("a script wants a list: %s", b)
	}
}

func TestJSONCarriesIdsOldAndNew(t *testing.T) {
	b, err := json.Marshal(New("acme", sample()))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"ghl_id":"g1"`, `"commonsku_id":"c1"`, `"old":"+13125550122"`, `"new":"+13125550111"`, `"old":["vip"]`, `"new":["golf","vip"]`, `"cost":{"reads":3,"writes":2}`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("missing %s in %s", want, b)
		}
	}
	p, err := Parse(b)
	if err != nil || !reflect.DeepEqual(p, New("acme", sample())) {
		t.Errorf("read back: %v\n%+v", err, p)
	}
	edited := strings.Replace(string(b), "+13125550111", "+13125550199", 1)
	if _, err := Parse([]byte(edited)); err == nil || !strings.Contains(err.Error(), "edited") {
		t.Errorf("an edited plan was accepted: %v", err)
	}
}

func TestNeedsPerson(t *testing.T) {
	if !New("acme", sample()).NeedsPerson() {
		t.Error("a plan with an ask needs a person")
	}
	if New("acme", sample()[:2]).NeedsPerson() {
		t.Error("updates and creates need nobody")
	}
}

// The address depends on what is written, and not on the order in which it was found.
func TestAddressIsOfTheContent(t *testing.T) {
	want := New("acme", sample())
	rapid.Check(t, func(t *rapid.T) {
		rs := sample()
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		rnd.Shuffle(len(rs), func(i, j int) { rs[i], rs[j] = rs[j], rs[i] })
		for i := range rs {
			w := rs[i].Writes
			rnd.Shuffle(len(w), func(i, j int) { w[i], w[j] = w[j], w[i] })
		}
		if got := New("acme", rs); !reflect.DeepEqual(got, want) {
			t.Fatalf("shuffled: %s, want %s", got.ID, want.ID)
		}
		// Any change of any text gives another address.
		i := rapid.IntRange(0, 2).Draw(t, "record")
		rs = sample()
		change := rapid.SampledFrom([]func(r *Record){
			func(r *Record) { r.GHL += "x" }, func(r *Record) { r.Commonsku += "x" }, func(r *Record) { r.LinkID++ },
			func(r *Record) { r.Action = Delete }, func(r *Record) { r.Calls.Writes++ }, func(r *Record) { r.Seen.GHL += "x" },
			func(r *Record) { r.Writes = append(slices.Clone(r.Writes), Write{Field: "x"}) },
		}).Draw(t, "change")
		change(&rs[i])
		if New("acme", rs).ID == want.ID {
			t.Fatal("another content, the same address")
		}
	})
}

func TestMovedNamesTheSide(t *testing.T) {
	rec := func(side record.Side, phone string) record.Record {
		return record.Record{Ref: record.Ref{Side: side, Kind: record.Contact, ID: "1"}, Fields: map[string]record.Value{"phone": record.Text(phone), "city": {}}}
	}
	r := Record{Seen: Look(rec(record.GHL, "1"), rec(record.Commonsku, "1"))}
	same := rec(record.GHL, "1")
	delete(same.Fields, "city") // absent and empty are the same
	if got := r.Moved(same, rec(record.Commonsku, "1")); len(got) != 0 {
		t.Errorf("nothing moved, got %v", got)
	}
	if got := r.Moved(rec(record.GHL, "1"), rec(record.Commonsku, "2")); !slices.Equal(got, []record.Side{record.Commonsku}) {
		t.Errorf("commonsku moved, got %v", got)
	}
	if got := r.Moved(rec(record.GHL, "2"), record.Record{}); !slices.Equal(got, []record.Side{record.GHL, record.Commonsku}) {
		t.Errorf("both moved, got %v", got)
	}
	created := Record{Seen: Look(rec(record.GHL, "1"), record.Record{})}
	if got := created.Moved(rec(record.GHL, "1"), rec(record.Commonsku, "1")); !slices.Equal(got, []record.Side{record.Commonsku}) {
		t.Errorf("a counterpart appeared since, got %v", got)
	}
}

func FuzzParse(f *testing.F) {
	b, _ := json.Marshal(New("acme", sample()))
	f.Add(b)
	f.Add([]byte(`{"id":"x","records":[{"writes":[{"old":1}]}]}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if q, err := Parse(again); err != nil || q.ID != p.ID {
			t.Fatalf("a plan that was read is not read again: %v", err)
		}
		_ = p.Text()
	})
}
