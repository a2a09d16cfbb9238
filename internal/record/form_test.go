package record

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var chicago = time.FixedZone("Chicago", -6*3600)

func envs() *rapid.Generator[Env] {
	return rapid.SampledFrom([]Env{{}, {Region: "US", Zone: chicago, Country: "US"}, {Region: "GB", Zone: time.UTC, Country: "GB"}, {Region: "CA", Country: "CA"}, {Region: "AU", Country: "AU", Zone: time.FixedZone("Sydney", 11*3600)}})
}

func values() *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		if rapid.IntRange(0, 4).Draw(t, "set") == 0 {
			return Set(rapid.SliceOfN(messy(), 0, 4).Draw(t, "items")...)
		}
		return Text(rapid.OneOf(messy(), dates()).Draw(t, "text"))
	})
}

// dates draws days and instants in all layouts, often near the midnights where days change.
func dates() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		at := time.Unix(rapid.Int64Range(-4e9, 8e9).Draw(t, "seconds"), 0)
		if rapid.Bool().Draw(t, "midnight") {
			at = at.UTC().Truncate(24 * time.Hour)
		}
		zone := rapid.SampledFrom([]*time.Location{time.UTC, chicago, time.FixedZone("", 14*3600)}).Draw(t, "zone")
		at = at.In(zone)
		if rapid.Bool().Draw(t, "own midnight") {
			at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
		}
		layout := rapid.SampledFrom([]string{dayLayout, plainLayout, "2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04:05.000Z07:00", "ms"}).Draw(t, "layout")
		if layout == "ms" {
			return Text(millis(at)).Text()
		}
		return at.Format(layout)
	})
}

func TestEveryFormIsALens(t *testing.T) {
	for _, f := range Forms() {
		t.Run(string(f), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				env := envs().Draw(t, "env")
				raw, current := values().Draw(t, "raw"), values().Draw(t, "current")
				side := rapid.SampledFrom(Sides[:]).Draw(t, "side")
				key := f.Key(raw, env)
				if again := f.Key(key, env); !again.Equal(key) {
					t.Fatalf("key %q read again is %q", key, again)
				}
				put := f.Put(key, current, env, side)
				if got := f.Key(put, env); !got.Equal(key) {
					t.Fatalf("put %q into %q: %q, which reads as %q", key, current, put, got)
				}
				if again := f.Put(key, put, env, side); !again.Equal(put) {
					t.Fatalf("a second put changed %q into %q", put, again)
				}
				if same := f.Put(f.Key(current, env), current, env, side); !same.Equal(current) {
					t.Fatalf("put of the key that %q has already changed it into %q", current, same)
				}
			})
		})
	}
}

func TestPutKeepsWhatTheFormCanKeep(t *testing.T) {
	us := Env{Region: "US", Zone: chicago, Country: "US"}
	for _, c := range []struct {
		name     string
		form     Form
		key, cur Value
		side     Side
		want     Value
	}{
		{"a spelling that reads the same stays", FormPhone, Text("+13125550100"), Text("(312) 555-0100"), Commonsku, Text("(312) 555-0100")},
		{"an extension is written for people", FormPhone, Text("+13125550100;ext=12"), Text(""), Commonsku, Text("+13125550100 x12")},
		{"a day into nothing", FormDate, Text("2026-11-26"), Text(""), GHL, Text("2026-11-26")},
		{"a new day keeps its hour", FormDate, Text("2026-11-26"), Text("2026-11-24T15:30:00.000Z"), GHL, Text("2026-11-26T15:30:00.000Z")},
		{"the hour is the one on the wall there", FormDate, Text("2026-11-26"), Text("2026-11-25T02:00:00.000Z"), GHL, Text("2026-11-27T02:00:00.000Z")},
		{"and without a zone", FormDate, Text("2026-11-26"), Text("2026-11-24 15:30:00"), Commonsku, Text("2026-11-26 15:30:00")},
		{"milliseconds stay milliseconds", FormDate, Text("1990-05-02"), Text("641520000000"), GHL, Text("641606400000")},
		{"an offset stays", FormDate, Text("2026-11-26"), Text("2026-11-24T00:00:00+02:00"), GHL, Text("2026-11-26T00:00:00+02:00")},
		{"a list of country names stays one", FormCountry, Text("CA"), Text("United States"), Commonsku, Text("Canada")},
		{"GHL takes codes only", FormCountry, Text("CA"), Text("United States"), GHL, Text("CA")},
		{"codes stay codes", FormCountry, Text("CA"), Text("USA"), Commonsku, Text("CA")},
		{"other tags keep their spelling", FormTags, Set("vip", "new"), Set("VIP", "Old"), Commonsku, Set("VIP", "new")},
		{"GHL holds rich text", FormHTML, Text("a & b\nc"), Text(""), GHL, Text("<p>a &amp; b<br>c</p>")},
		{"commonsku gets what it holds", FormHTML, Text("a & b"), Text("old"), Commonsku, Text("a & b")},
		{"which may be rich too", FormHTML, Text("a & b"), Text("<p>old</p>"), Commonsku, Text("<p>a &amp; b</p>")},
		{"formatting stays where the words do", FormHTML, Text("a b"), Text("<p>a <b>b</b></p>"), GHL, Text("<p>a <b>b</b></p>")},
		{"an empty key clears", FormName, Text(""), Text("Ann"), GHL, Text("")},
		{"but what reads as empty stays", FormPhone, Text(""), Text("n/a"), Commonsku, Text("n/a")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.form.Put(c.key, c.cur, us, c.side); !got.Equal(c.want) {
				t.Errorf("put %q into %q on %s: %q, want %q", c.key, c.cur, c.side, got, c.want)
			}
		})
	}
}

func TestKeyMeetsBothSides(t *testing.T) {
	us := Env{Region: "US", Zone: chicago, Country: "US"}
	for _, c := range []struct {
		form Form
		a, b Value
	}{
		{FormPhone, Text("+13125550100"), Text("312.555.0100")},
		{FormCountry, Text("US"), Text("United States of America")},
		{FormRegion, Text("IL"), Text("illinois")},
		{FormPostal, Text("606011234"), Text("60601-1234")},
		{FormDate, Text("1990-05-01"), Text("641520000000")},
		{FormDate, Text("2026-11-24"), Text("2026-11-25T02:00:00.000Z")},
		{FormWebsite, Text("https://Acme.com/"), Text("acme.com")},
		{FormTags, Set("VIP ", "vip"), Text("Vip")},
		{FormBool, Text("Yes"), Text("true")},
		{FormNumber, Text("$1,234.50"), Text("1234.5")},
		{FormHTML, Text("<p>Called.&nbsp;<b>Twice</b></p><p></p>"), Text("Called. Twice\n")},
		{FormMultiline, Text("a \r\n\r\n\r\nb"), Text("a\n\nb")},
		{FormEmail, Text(" Ann@ACME.com"), Text("ann@acme.com")},
		{FormName, Text("Jose\u0301  Díaz"), Text("José Díaz")},
	} {
		if a, b := c.form.Key(c.a, us), c.form.Key(c.b, us); !a.Equal(b) || a.IsEmpty() {
			t.Errorf("%s: %q reads as %q, %q as %q", c.form, c.a, a, c.b, b)
		}
	}
}
