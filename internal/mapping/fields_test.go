package mapping

import (
	"context"
	"strings"
	"testing"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func rec(s record.Side, id string, fields ...string) record.Record {
	r := record.Record{Ref: record.Ref{Side: s, Kind: record.Contact, ID: id}, Fields: map[string]record.Value{}}
	for i := 0; i < len(fields); i += 2 {
		v := record.Text(fields[i+1])
		if fields[i] == "tags" || strings.HasPrefix(fields[i], "set:") {
			v = record.Set(strings.Fields(fields[i+1])...)
		}
		r.Fields[strings.TrimPrefix(fields[i], "set:")] = v
	}
	return r
}

func ghl(id string, fields ...string) record.Record { return rec(record.GHL, id, fields...) }

func commonsku(id string, fields ...string) record.Record {
	return rec(record.Commonsku, id, fields...)
}

// sync reads, merges, writes and settles once, against sides that store what they are given. It returns what was
// written to each side, and leaves v as it is afterwards.
func sync(t fataler, table Table, v *View) map[record.Side]Changes {
	t.Helper()
	fields, problems := table.Fields(context.Background(), *v)
	if len(problems) > 0 {
		t.Fatalf("rows that cannot be read: %+v", problems)
	}
	outcomes := merge.Record(fields, noon)
	changes, before := table.Writes(outcomes, *v), *v
	for s, c := range changes {
		r := v.record(s)
		held := map[string]record.Value{}
		for k, x := range r.Fields {
			held[k] = x
		}
		for k, x := range c.Fields {
			held[k] = x
		}
		for k, x := range c.Sets {
			held[k] = x.Whole
		}
		r.Fields = held
		if r.Ref.ID == "" {
			r.Ref.ID = "new"
		}
		if s == record.GHL {
			v.GHL = r
		} else {
			v.Commonsku = r
		}
	}
	bases, lost := table.Settle(outcomes, before, *v)
	if len(lost) > 0 {
		t.Fatalf("written and not stored: %+v", lost)
	}
	all := map[string]merge.Base{}
	for n, b := range v.Bases {
		all[n] = b
	}
	for n, b := range bases {
		all[n] = b
	}
	v.Bases = all
	return changes
}

// quiet fails unless another round writes nothing.
func quiet(t fataler, table Table, v *View) {
	t.Helper()
	for s, c := range sync(t, table, v) {
		if !c.Empty() {
			t.Fatalf("the next round still writes to %s: %+v", s, c)
		}
	}
}

func wantFields(t testing.TB, c Changes, want ...string) {
	t.Helper()
	if len(c.Fields) != len(want)/2 {
		t.Errorf("writes %v, want %v", c.Fields, want)
	}
	for i := 0; i < len(want); i += 2 {
		if v, ok := c.Fields[want[i]]; !ok || v.Text() != want[i+1] {
			t.Errorf("%s: %q (%v), want %q", want[i], v.Text(), ok, want[i+1])
		}
	}
}

var env = record.Env{Region: "US", Zone: time.UTC}

func TestANewContactGetsTheNamesThatCommonskuDemands(t *testing.T) {
	table := build(t)
	for _, c := range []struct {
		name        string
		fields      []string
		first, last string
	}{
		{"both names", []string{"firstName", "Ann", "lastName", "Lee"}, "Ann", "Lee"},
		{"no last name", []string{"firstName", "Ann", "email", "ann@example.com"}, "Ann", "-"},
		{"no first name", []string{"lastName", "Lee", "email", "ann@example.com"}, "-", "Lee"},
		{"no names", []string{"email", "ann@example.com", "phone", "+13125550100"}, "ann", "-"},
		{"no names and no e-mail", []string{"phone", "+13125550100"}, "+13125550100", "-"},
		{"nothing", []string{"city", "Rome"}, "-", "-"},
	} {
		v := View{GHL: ghl("g1", c.fields...), Commonsku: commonsku(""), Env: env}
		got := sync(t, table, &v)[record.Commonsku].Fields
		if got["first_name"].Text() != c.first || got["last_name"].Text() != c.last {
			t.Errorf("%s: %q %q, want %q %q", c.name, got["first_name"].Text(), got["last_name"].Text(), c.first, c.last)
		}
		quiet(t, table, &v) // the placeholders do not travel back
		if v.GHL.Text("firstName") == "ann" || v.GHL.Text("lastName") == "-" {
			t.Errorf("%s: a placeholder reached GHL: %v", c.name, v.GHL.Fields)
		}
	}
}

func TestPlaceholdersGoWhenARealValueAppears(t *testing.T) {
	table := build(t)
	v := View{GHL: ghl("g1", "email", "ann@example.com"), Commonsku: commonsku(""), Env: env}
	sync(t, table, &v)

	v.GHL.Fields["firstName"], v.GHL.Fields["lastName"] = record.Text("Anna"), record.Text("Lee")
	wantFields(t, sync(t, table, &v)[record.Commonsku], "first_name", "Anna", "last_name", "Lee")
	quiet(t, table, &v)

	v.GHL.Fields["lastName"] = record.Value{} // cleared: commonsku demands one
	wantFields(t, sync(t, table, &v)[record.Commonsku], "last_name", "-")
	quiet(t, table, &v)

	v.Commonsku.Fields["last_name"] = record.Text("Leeson") // and a person replaces the placeholder
	wantFields(t, sync(t, table, &v)[record.GHL], "lastName", "Leeson")
	quiet(t, table, &v)
}

func TestAPersonNamedLikeHerMailboxIsNoPlaceholder(t *testing.T) {
	table := build(t)
	v := View{GHL: ghl("g1", "firstName", "ann", "email", "ann@example.com"), Commonsku: commonsku(""), Env: env}
	sync(t, table, &v)
	v.GHL.Fields["firstName"] = record.Text("Anna")
	wantFields(t, sync(t, table, &v)[record.Commonsku], "first_name", "Anna")
	quiet(t, table, &v)
}

func TestAMadeUpCountryNeverTravels(t *testing.T) {
	table := build(t)
	v := View{
		GHL: ghl("g1", "firstName", "Ann", "lastName", "Lee", "country", "US"), Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee"), Env: env,
		MadeUp: map[MadeUp]record.Value{{record.GHL, "country"}: record.Text("US")},
	}
	if c := sync(t, table, &v)[record.Commonsku]; !c.Empty() {
		t.Fatalf("a made-up country travels: %+v", c)
	}
	v.MadeUp = nil // from now on the base tells it
	quiet(t, table, &v)
	v.Commonsku.Fields["country"] = record.Text("Canada")
	wantFields(t, sync(t, table, &v)[record.GHL], "country", "CA")
	quiet(t, table, &v)
}

func TestACountryThatGHLMakesUpOnCreateIsBase(t *testing.T) {
	table := build(t)
	before := View{GHL: ghl(""), Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee"), Env: env}
	fields, _ := table.Fields(context.Background(), before)
	outcomes := merge.Record(fields, noon)
	after := before
	after.GHL = ghl("g1", "firstName", "Ann", "lastName", "Lee", "country", "US") // GHL's answer to the create
	bases, lost := table.Settle(outcomes, before, after)
	if len(lost) > 0 {
		t.Fatalf("lost: %+v", lost)
	}
	after.Bases = bases
	quiet(t, table, &after)
	after.Commonsku.Fields["country"] = record.Text("US") // the same, but now somebody says so
	quiet(t, table, &after)
	after.Commonsku.Fields["country"] = record.Value{}
	wantFields(t, sync(t, table, &after)[record.GHL], "country", "")
}

func TestAnEditOfAMadeUpValueTravels(t *testing.T) {
	table := build(t)
	v := View{GHL: ghl("g1", "firstName", "Ann", "lastName", "Lee", "country", "US"), Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee"), Env: env,
		Bases: map[string]merge.Base{"country": {GHL: record.Text("US")}}}
	quiet(t, table, &v)
	v.GHL.Fields["country"] = record.Text("CA")
	wantFields(t, sync(t, table, &v)[record.Commonsku], "country", "CA")
}

func TestThePhoneRowIsBoundToItsSlot(t *testing.T) {
	table := build(t)
	g := ghl("g1", "phone", "+13125550100")
	c := commonsku("c1", "first_name", "Ann", "last_name", "Lee", "phone", "312-555-0199", "cell", "(312) 555-0100")
	g.Fields["firstName"], g.Fields["lastName"] = record.Text("Ann"), record.Text("Lee")
	slot := PhoneSlot(g, c, env)
	if slot != "cell" {
		t.Fatalf("slot %q: GHL's number is commonsku's cell", slot)
	}
	v := View{GHL: g, Commonsku: c, Env: env, PhoneSlot: slot}
	quiet(t, table, &v)
	v.GHL.Fields["phone"] = record.Text("+13125550177")
	got := sync(t, table, &v)[record.Commonsku]
	if _, touched := got.Fields["phone"]; touched || got.Fields["cell"].IsEmpty() {
		t.Errorf("wrote %v, want the cell and not the phone", got.Fields)
	}
	quiet(t, table, &v)

	for want, numbers := range map[string][3]string{
		"phone": {"+13125550100", "312-555-0100", "312-555-0100"},
	} {
		got := PhoneSlot(ghl("g", "phone", numbers[0]), commonsku("c", "phone", numbers[1], "cell", numbers[2]), env)
		if got != want {
			t.Errorf("%v: slot %q, want %q", numbers, got, want)
		}
	}
	if got := PhoneSlot(ghl("g"), commonsku("c", "cell", "312-555-0100"), env); got != "phone" {
		t.Errorf("no number in GHL: slot %q", got)
	}
}

func TestTagsKeepTheirSpelling(t *testing.T) {
	table := build(t)
	v := View{GHL: ghl("g1", "firstName", "Ann", "lastName", "Lee", "tags", "vip golf"), Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee", "tags", "VIP Buyer"), Env: env}
	got := sync(t, table, &v)
	c, g := got[record.Commonsku].Sets["tags"], got[record.GHL].Sets["tags"]
	if c.Whole.String() != "Buyer, VIP, golf" || strings.Join(c.Add, " ") != "golf" || len(c.Remove) > 0 {
		t.Errorf("commonsku: %+v", c)
	}
	if g.Whole.String() != "buyer, golf, vip" || strings.Join(g.Add, " ") != "buyer" {
		t.Errorf("GHL: %+v", g)
	}
	quiet(t, table, &v)
	v.GHL.Fields["tags"] = record.Set("golf", "buyer")
	if c := sync(t, table, &v)[record.Commonsku].Sets["tags"]; strings.Join(c.Remove, " ") != "VIP" || c.Whole.String() != "Buyer, golf" {
		t.Errorf("removing takes the side's own spelling: %+v", c)
	}
	quiet(t, table, &v)
}

func TestALongTextIsCutAndItsTailSurvives(t *testing.T) {
	table, _ := build(t).Bind(Account{Commonsku: map[record.Kind]map[string]Known{}})
	for i := range table.Rows {
		if table.Rows[i].Name == "street" {
			table.Rows[i].Max = 10
		}
	}
	v := View{GHL: ghl("g1", "firstName", "Ann", "lastName", "Lee", "address1", "1234 Long Street Name"), Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee"), Env: env}
	wantFields(t, sync(t, table, &v)[record.Commonsku], "street", "1234 Long…")
	quiet(t, table, &v)
	v.Commonsku.Fields["street"] = record.Text("9876 Long…")
	wantFields(t, sync(t, table, &v)[record.GHL], "address1", "9876 Long Street Name")
	quiet(t, table, &v)
	v.Commonsku.Fields["street"] = record.Text("Box 1")
	wantFields(t, sync(t, table, &v)[record.GHL], "address1", "Box 1")
	quiet(t, table, &v)
}

func TestSpecialRowsAreReadAndWrittenByTheCaller(t *testing.T) {
	table := build(t)
	v := View{GHL: ghl("g1", "firstName", "Ann", "lastName", "Lee", "companyName", "ACME"), Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee", "client_id", "k1"), Env: env}
	fields, _ := table.Fields(context.Background(), v)
	for _, f := range fields {
		if f.Name == "company" || f.Name == "rep" {
			t.Errorf("%s was read though nobody gave its key", f.Name)
		}
	}
	clients := map[string]string{"ACME": "k2", "k1": "k1"}
	v.Key = func(row Row, s record.Side, raw record.Value) (record.Value, bool) {
		return record.Text(clients[raw.Text()]), row.Special == Company
	}
	v.Put = func(_ Row, s record.Side, key record.Value) (record.Value, bool) {
		return key, s == record.Commonsku
	}
	v.Bases = map[string]merge.Base{"company": {GHL: record.Text("Old Co"), Commonsku: record.Text("k1"), Key: record.Text("k1")}}
	wantFields(t, sync(t, table, &v)[record.Commonsku], "client_id", "k2")
}

func TestAClientsRowsAreReadWithTheClient(t *testing.T) {
	table := build(t, Override{Name: "type", Commonsku: "client.status"})
	client := record.Record{Ref: record.Ref{Side: record.Commonsku, Kind: record.Company, ID: "k1"}, Fields: map[string]record.Value{"status": record.Text("Lead")}}
	v := View{GHL: ghl("g1", "website", "https://acme.com", "type", "customer", "city", "Rome"), Commonsku: client, Env: env}
	got := sync(t, table, &v)[record.Commonsku].Fields
	if len(got) != 2 || got["website"].IsEmpty() || got["status"].Text() != "customer" {
		t.Errorf("client gets %v, want website and status", got)
	}
	quiet(t, table, &v)
	v.GHL.Fields["type"] = record.Text("lead") // one lead must not take a customer from all colleagues
	quiet(t, table, &v)
	v.GHL.Fields["website"] = record.Text("https://acme.org") // the client has one
	quiet(t, table, &v)
	v.Commonsku.Fields["status"] = record.Text("House Account") // a status that we do not know is never replaced
	v.GHL.Fields["type"] = record.Text("customer")
	quiet(t, table, &v)
}

func TestWhatASideDropsIsNamed(t *testing.T) {
	table := build(t)
	v := View{GHL: ghl("g1", "city", "Boston", "tags", "vip"), Commonsku: commonsku("c1", "city", "Rome", "first_name", "-", "last_name", "-"), Env: env,
		Bases: map[string]merge.Base{"city": {GHL: record.Text("Rome"), Commonsku: record.Text("Rome"), Key: record.Text("Rome")}}}
	fields, _ := table.Fields(context.Background(), v)
	outcomes := merge.Record(fields, noon)
	bases, lost := table.Settle(outcomes, v, v) // commonsku answered 200 and changed nothing
	if len(lost) != 2 || lost[0].Row != "city" || lost[0].Side != record.Commonsku || lost[0].Have.Text() != "Rome" || lost[1].Row != "tags" {
		t.Fatalf("lost: %+v", lost)
	}
	v.Bases = map[string]merge.Base{}
	for n, b := range bases {
		v.Bases[n] = b
	}
	quiet(t, table, &v) // a named state, no retry loop
}

func TestRegionsAreReadByTheCountryOfTheRecord(t *testing.T) {
	table := build(t)
	v := View{GHL: ghl("g1", "firstName", "Ann", "lastName", "Lee", "country", "CA", "state", "ON"), Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee", "country", "Canada", "state", "Ontario"), Env: env}
	for s, c := range sync(t, table, &v) {
		if !c.Empty() {
			t.Errorf("%s: Ontario, Canada is ON, CA, yet it writes %+v", s, c)
		}
	}
}

// fataler is a test or a property test.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}
