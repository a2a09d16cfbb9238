package commonsku_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

func TestARecordIsReadUnderCanonicalNames(t *testing.T) {
	a := newAccount(t)
	a.on("GET /contacts/c1", 200, `{"data":{"contact_id":"c1","client_id":"k1","client_name":"Acme","contact_first_name":"Ann","contact_last_name":null,
		"contact_email":"ann@acme.com","contact_phone":3125550100,"address":{"line_1":"1 Main St","country":null,"city":"Chicago"},"tags":["b","a","a"],
		"date_created":"2026-11-01 08:00:00","date_updated":"2026-11-23 18:04:05","date_deleted":"0000-00-00 00:00:00","new_field":{"x":1}}}`)
	r, err := a.with(t, load(t, "default")).Get(t.Context(), contact("c1"))
	if err != nil {
		t.Fatal(err)
	}
	want := fields("client_id", "k1", "client_name", "Acme", "first_name", "Ann", "email", "ann@acme.com", "phone", "3125550100", "street", "1 Main St", "city", "Chicago")
	want["tags"] = record.Set("a", "b")
	if fmt.Sprint(r.Fields) != fmt.Sprint(want) {
		t.Errorf("fields %v,\nwant   %v", r.Fields, want)
	}
	if r.Ref != contact("c1") || r.Parent != client("k1") || !r.Deleted.IsZero() {
		t.Errorf("%+v", r)
	}
	if r.Created != time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC) || r.Changed != time.Date(2026, 11, 23, 18, 4, 5, 0, time.UTC) {
		t.Errorf("stamps %s, %s", r.Created, r.Changed)
	}
}

func TestStampsAreInTheAccountsZone(t *testing.T) {
	a := newAccount(t)
	a.on("GET /contacts/c1", 200, `{"data":{"contact_id":"c1","date_updated":"2026-11-23 18:04:05","date_deleted":"2026-11-23 19:00:00"}}`)
	r, err := a.driver(t, builtin(t, "default", "zone: UTC", "zone: America/Chicago")).Get(t.Context(), contact("c1"))
	if err != nil || r.Changed != time.Date(2026, 11, 24, 0, 4, 5, 0, time.UTC) || r.Deleted != time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC) {
		t.Errorf("changed %s, deleted %s, %v", r.Changed, r.Deleted, err)
	}
}

func TestAnUpdateSendsOnlyWhatChangesAndClearsWithNull(t *testing.T) {
	a := newAccount(t)
	a.on("PATCH /contacts/c1", 200, `{"data":{"contact_id":"c1","client_id":"k1","contact_phone":null,"contact_email":"ann@acme.com","address":null,"tags":[],"date_updated":"2026-11-24 12:00:00"}}`)
	r, err := a.with(t, load(t, "default")).Write(t.Context(), connector.Write{Verb: connector.Update, Ref: contact("c1"),
		Fields: map[string]record.Value{"email": record.Text("ann@acme.com"), "phone": {}, "tags": {}, "street": record.Text("1 Main St"), "city": {}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `PATCH /contacts/c1 {"address":{"city":null,"line_1":"1 Main St"},"contact_email":"ann@acme.com","contact_phone":null,"tags":[]}`
	if calls := a.made(); len(calls) != 1 || calls[0] != want {
		t.Errorf("sent %q,\nwant  %q", calls, want)
	}
	// What the answer holds as empty is empty now; what it does not hold is not told.
	for _, f := range []string{"phone", "street", "city", "tags"} {
		if v, told := r.Fields[f]; !told || !v.IsEmpty() {
			t.Errorf("%s: %q, told %v; the answer shows it empty", f, v, told)
		}
	}
	if _, told := r.Fields["first_name"]; told {
		t.Error("first_name is told, though the answer has none")
	}
}

func TestAnAnswerWithoutARecordMeansTheWriteWasTaken(t *testing.T) {
	a := newAccount(t)
	a.on("PATCH /contacts/c1", 204, ``)
	r, err := a.with(t, load(t, "default")).Write(t.Context(), connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("email", "x@y.z")})
	if err != nil || r.Text("email") != "x@y.z" || r.Ref.ID != "c1" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWritesThatCannotBeAreRefusedBeforeAnyCall(t *testing.T) {
	a := newAccount(t)
	d := a.with(t, load(t, "default"))
	stays := a.driver(t, builtin(t, "default", "moves: true", "moves: false"))
	sticky := a.driver(t, builtin(t, "default", "phone: phone", "phone: {path: phone, clear: omit}"))
	for name, c := range map[string]struct {
		d     connector.Driver
		w     connector.Write
		field string
	}{
		"an unknown field":       {d, connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("shoe_size", "9")}, "shoe_size"},
		"a read-only field":      {d, connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("client_name", "X")}, "client_name"},
		"a create without names": {d, connector.Write{Verb: connector.Create, Ref: contact(""), Parent: client("k1"), Fields: fields("first_name", "Ann")}, "last_name"},
		"a create without home":  {d, connector.Write{Verb: connector.Create, Ref: contact(""), Fields: fields("first_name", "Ann", "last_name", "Lee")}, "client_id"},
		"a note on a task":       {d, connector.Write{Verb: connector.Create, Ref: record.Ref{Side: record.Commonsku, Kind: record.Note}, Parent: record.Ref{Kind: record.Task, ID: "t"}, Fields: fields("text", "x")}, "parent_type"},
		"an update of nobody":    {d, connector.Write{Verb: connector.Update, Ref: contact(""), Fields: fields("email", "x@y.z")}, ""},
		"a move that cannot be":  {stays, connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("client_id", "k2")}, "client_id"},
		"clearing what stays":    {sticky, connector.Write{Verb: connector.Update, Ref: client("k1"), Fields: map[string]record.Value{"phone": {}}}, "phone"},
	} {
		_, err := c.d.Write(t.Context(), c.w)
		if e, ok := connector.AsError(err); !ok || e.Class != connector.Invalid || e.Field != c.field {
			t.Errorf("%s: %v (field %q), want invalid %q", name, err, e.Field, c.field)
		}
	}
	if calls := a.made(); len(calls) > 0 {
		t.Errorf("made %q", calls)
	}
	if stays.Can().Kinds[record.Contact].Fields["client_id"].Writable {
		t.Error("the client is said to be writable where contacts cannot move")
	}
}

func TestACreateLeavesOutWhatIsEmpty(t *testing.T) {
	a := newAccount(t)
	a.on("POST /contacts", 201, `{"data":{"contact_id":"c1"}}`)
	w := connector.Write{Verb: connector.Create, Ref: contact(""), Parent: client("k1"), Fields: fields("first_name", "Ann", "last_name", "Lee", "email", "", "street", "")}
	if _, err := a.with(t, load(t, "default")).Write(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if calls := a.made(); calls[0] != `POST /contacts {"client_id":"k1","contact_first_name":"Ann","contact_last_name":"Lee"}` {
		t.Errorf("sent %q", calls)
	}
}

func TestDefaultsOfTheProfileFillACreate(t *testing.T) {
	a := newAccount(t)
	a.do("POST /clients", func(w http.ResponseWriter, _ url.Values, body map[string]any) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"data":{"client_id":"k1","client_name":%q,"industry_name":%q}}`, body["client_name"], body["industry_name"])
	})
	d := a.driver(t, builtin(t, "default", "industry: {path: industry_name,", "industry: {path: industry_name, required: true, default: Other,"))
	r, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: client(""), Fields: fields("name", "Acme")})
	if err != nil || r.Text("industry") != "Other" || r.Ref != client("k1") {
		t.Errorf("%+v, %v", r, err)
	}
	if got := d.Can().Kinds[record.Company].Fields["industry"].Options; strings.Join(got, ",") != "Other" {
		t.Errorf("the industries of the account were not learned from its answers: %q", got)
	}
}

func TestOtherKindsAreReadAndWrittenByTheSameCode(t *testing.T) {
	a := newAccount(t)
	d := a.driver(t, builtin(t, "default", "zone: UTC", "zone: America/Chicago"))
	a.on("POST /events", 201, `{"data":{"event_id":"e1","parent_type":"contact","parent_id":"c1","title":"Call","date_start":"2026-11-24 09:00:00","date_end":"2026-11-24 09:30:00"}}`)
	r, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: record.Ref{Side: record.Commonsku, Kind: record.Appointment}, Parent: contact("c1"),
		Fields: fields("title", "Call", "start", "2026-11-24T15:00:00Z", "end", "2026-11-24T16:30:00+01:00")})
	if err != nil || r.Text("start") != "2026-11-24T15:00:00Z" || r.Parent != contact("c1") {
		t.Errorf("%+v, %v", r, err)
	}
	a.on("PATCH /tasks/t1", 200, `{"data":{"task_id":"t1","parent_type":"PROJECT","parent_id":"p1","title":"Call","completed":1,"date_due":"2026-11-25"}}`)
	r, err = d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: record.Ref{Side: record.Commonsku, Kind: record.Task, ID: "t1"},
		Fields: fields("completed", "true", "due", "2026-11-26T03:00:00Z")})
	if err != nil || r.Text("completed") != "true" || r.Text("due") != "2026-11-25" || !r.Parent.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	want := []string{
		`POST /events {"date_end":"2026-11-24 09:30:00","date_start":"2026-11-24 09:00:00","parent_id":"c1","parent_type":"CONTACT","title":"Call"}`,
		`PATCH /tasks/t1 {"completed":true,"date_due":"2026-11-25"}`,
	}
	if calls := a.made(); strings.Join(calls, "\n") != strings.Join(want, "\n") {
		t.Errorf("sent\n%s\nwant\n%s", strings.Join(calls, "\n"), strings.Join(want, "\n"))
	}
}

func TestPartsOfOneObjectFormAGroup(t *testing.T) {
	a := newAccount(t)
	f := a.with(t, load(t, "default")).Can().Kinds[record.Contact].Fields
	for _, name := range []string{"street", "street2", "city", "state", "postal_code", "country", "address_name"} {
		if f[name].Group != "address" {
			t.Errorf("%s is in group %q", name, f[name].Group)
		}
	}
	if f["email"].Group != "" || f["first_name"].MaxLength != 100 || f["tags"].Type != "set" {
		t.Errorf("%+v %+v %+v", f["email"], f["first_name"], f["tags"])
	}
	whole := a.driver(t, builtin(t, "default", "update: PATCH /contacts/{id}", "update: PUT /contacts/{id}\n    whole_updates: true")).Can().Kinds[record.Contact].Fields
	if whole["email"].Group == "" || whole["email"].Group != whole["street"].Group {
		t.Error("an account that replaces whole records needs all fields in one group")
	}
}

func TestTagsMayBeObjects(t *testing.T) {
	a := newAccount(t)
	a.on("PATCH /contacts/c1", 200, `{"data":{"contact_id":"c1","tags":[{"name":"vip","id":7},{"name":"new"}]}}`)
	d := a.driver(t, builtin(t, "default", "client_name: {path: client_name, writable: false}", "client_name: {path: client_name, writable: false}\n      seen: {path: last_seen, extra: true}",
		"tags: {path: tags, type: set}", "tags: {path: tags, type: set, item: name}"))
	r, err := d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: map[string]record.Value{"tags": record.Set("vip", "new")}})
	if err != nil || !r.Get("tags").Equal(record.Set("new", "vip")) {
		t.Errorf("%+v, %v", r, err)
	}
	if calls := a.made(); calls[0] != `PATCH /contacts/c1 {"tags":[{"name":"new"},{"name":"vip"}]}` {
		t.Errorf("sent %q", calls)
	}
}
