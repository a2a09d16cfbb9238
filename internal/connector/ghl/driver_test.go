package ghl

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

const location = "ve9EPM428h8vShlRW1KT"

// far answers as the facts say, by pattern; it keeps what it was asked.
type far struct {
	mu    sync.Mutex
	asked []string // "PUT /contacts/abc {…}"
}

func (f *far) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// answers is what each pattern of http.ServeMux answers: "201 {…}", or "{…}" for a 200.
type answers map[string]string

func drive(t *testing.T, o Options, a answers) (*Driver, *far) {
	t.Helper()
	f := &far{}
	mux := http.NewServeMux()
	for pattern, answer := range a {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			f.mu.Lock()
			f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
			f.mu.Unlock()
			status := 200
			if _, err := fmt.Sscanf(answer, "%d ", &status); err == nil {
				answer = answer[4:]
			}
			w.WriteHeader(status)
			io.WriteString(w, answer)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	o.Pair, o.BaseURL, o.LocationID, o.Base = "acme", server.URL, location, conforming{t, server.Client().Transport}
	o.Token = func(context.Context) (string, error) { return "pit-x", nil }
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d, f
}

func ref(id string) record.Ref { return record.Ref{Side: record.GHL, Kind: record.Contact, ID: id} }

func class(err error) connector.Class { return connector.ClassOf(err) }

func TestAnUpdateSendsWhatChangedAndReadsBack(t *testing.T) {
	d, f := drive(t, Options{}, answers{"PUT /contacts/{id}": `{"succeded":true,"contact":{"id":"c1","firstName":"Ann","phone":"+13125550100","country":"US","dateUpdated":"2026-01-02T03:04:05.006Z"}}`})
	r, err := d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref("c1"), Fields: map[string]record.Value{
		"phone": record.Text("+1 312 555 0100"), "companyName": record.Text("Acme"), "city": {},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.requests(); len(got) != 1 || got[0] != `PUT /contacts/c1 {"city":"","companyName":"Acme","phone":"+1 312 555 0100"}` {
		t.Errorf("sent %q", got)
	}
	if r.Text("phone") != "+13125550100" || r.Changed.UnixMilli() != 1767323045006 {
		t.Errorf("the read-back is %v at %s", r.Fields, r.Changed)
	}
	if v, shown := r.Fields["companyName"]; !shown || !v.IsEmpty() {
		t.Error("companyName was taken with a 200 and not stored: the answer has to show it as empty")
	}
}

func TestAnUpdateWhoseAnswerShowsNothingIsReadBack(t *testing.T) {
	d, f := drive(t, Options{}, answers{"PUT /contacts/{id}": `{"succeeded":true}`, "GET /contacts/{id}": `{"contact":{"id":"c1","city":"Rome"}}`})
	r, err := d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref("c1"), Fields: map[string]record.Value{"city": record.Text("Roma")}})
	if err != nil || r.Text("city") != "Rome" || len(f.requests()) != 2 {
		t.Errorf("%v, %v after %q", r.Fields, err, f.requests())
	}
}

func TestACreateSaysWhereAndShowsWhatWasMadeUp(t *testing.T) {
	d, f := drive(t, Options{}, answers{"POST /contacts/": `201 {"contact":{"id":"new","country":"US","type":"lead","createdBy":{"source":"INTEGRATION","sourceId":"app-1"},"tags":["vip"]}}`})
	r, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: ref(""), Fields: map[string]record.Value{
		"firstName": record.Text("Ann"), "lastName": {}, "tags": record.Set("VIP"),
	}})
	if err != nil || r.Ref != ref("new") || r.Text("country") != "US" || r.CreatedBy != "app-1" {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := f.requests()[0]; got != `POST /contacts/ {"firstName":"Ann","locationId":"`+location+`","tags":["VIP"]}` {
		t.Errorf("sent %s", got)
	}
}

func TestACreateRefusedWith422MayHaveHappened(t *testing.T) {
	d, f := drive(t, Options{}, answers{"POST /contacts/": `422 {"statusCode":422,"message":["property x should not exist"],"traceId":"1"}`})
	_, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: ref("")})
	e, _ := connector.AsError(err)
	if e == nil || e.Class != connector.Invalid || !e.Maybe || e.Field != "x" || len(f.requests()) != 1 {
		t.Errorf("%+v after %q", e, f.requests())
	}
}

func TestACreateThatAnswersNothingIsAmbiguous(t *testing.T) {
	for _, body := range []string{`201 {}`, `201 {"contact":{}}`, `201 {"contact":[1]}`, `201 {"contact":`} {
		d, f := drive(t, Options{}, answers{"POST /contacts/": body})
		_, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: ref("")})
		if class(err) != connector.Ambiguous || len(f.requests()) != 1 {
			t.Errorf("%s: %v after %d requests", body, err, len(f.requests()))
		}
	}
}

func TestADuplicateNamesWhoIsInTheWay(t *testing.T) {
	d, _ := drive(t, Options{}, answers{"POST /contacts/": `400 {"statusCode":400,"message":"This location does not allow duplicated contacts.","meta":{"contactId":"other","matchingField":"phone"}}`})
	_, err := d.Write(t.Context(), connector.Write{Verb: connector.Create, Ref: ref("")})
	if e, _ := connector.AsError(err); e == nil || e.Class != connector.Duplicate || e.InWay != ref("other") || e.Field != "phone" {
		t.Errorf("%+v", e)
	}
}

func TestWhatGHLWouldRefuseOrLoseNeverLeaves(t *testing.T) {
	d, f := drive(t, Options{}, answers{})
	for name, v := range map[string]record.Value{
		"gender": record.Text("f"), "id": record.Text("x"), "additionalEmails": record.Set("a@b.example"), "tags": record.Set("a"), "dnd": {},
	} {
		_, err := d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref("c1"), Fields: map[string]record.Value{name: v}})
		if e, _ := connector.AsError(err); e == nil || e.Class != connector.Invalid || e.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(f.requests()) != 0 {
		t.Errorf("left: %q", f.requests())
	}
}

func TestTagsChangeByElement(t *testing.T) {
	d, f := drive(t, Options{}, answers{
		"POST /contacts/{id}/tags": `201 {"tags":["old","vip"],"tagsAdded":["vip"]}`, "DELETE /contacts/{id}/tags": `{"tags":[],"tagsRemoved":["old"]}`,
	})
	r, err := d.Write(t.Context(), connector.Write{Verb: connector.AddTags, Ref: ref("c1"), Fields: map[string]record.Value{"tags": record.Set("VIP")}})
	if err != nil || !r.Get("tags").Equal(record.Set("old", "vip")) {
		t.Errorf("%v, %v", r.Fields, err)
	}
	r, err = d.Write(t.Context(), connector.Write{Verb: connector.RemoveTags, Ref: ref("c1"), Fields: map[string]record.Value{"tags": record.Set("old", "vip")}})
	if v, shown := r.Fields["tags"]; err != nil || !shown || !v.IsEmpty() {
		t.Errorf("%v, %v", r.Fields, err)
	}
	if got := f.requests(); len(got) != 2 || got[1] != `DELETE /contacts/c1/tags {"tags":["old","vip"]}` {
		t.Errorf("sent %q", got)
	}
}

func TestFindingSomebodyAsksTheLocationItself(t *testing.T) {
	d, f := drive(t, Options{}, answers{"GET /contacts/search/duplicate": `{"contact":{"id":"c1","email":"ann+x@example.com"}}`})
	rows, err := d.Find(t.Context(), connector.Lookup{Kind: record.Contact, Email: "ann+x@example.com"})
	if err != nil || len(rows) != 1 || rows[0].Ref != ref("c1") {
		t.Errorf("%v, %v", rows, err)
	}
	if got := f.requests()[0]; got != "GET /contacts/search/duplicate?email=ann%2Bx%40example.com&locationId="+location {
		t.Errorf("asked %s", got)
	}
	d, _ = drive(t, Options{}, answers{"GET /contacts/search/duplicate": `{"contact":null}`})
	if rows, err := d.Find(t.Context(), connector.Lookup{Kind: record.Contact, Phone: "+13125550100"}); err != nil || len(rows) != 0 {
		t.Errorf("nobody: %v, %v", rows, err)
	}
}

func TestAWalkFollowsTheCursorAndKnowsItsGaps(t *testing.T) {
	d, f := drive(t, Options{}, answers{"POST /contacts/search": `{"contacts":[{"id":"a","dateUpdated":"2026-01-01T00:00:00.000Z","searchAfter":[1,"a"]},{"id":"b","searchAfter":[2,"b"]}],"total":5}`})
	page, err := d.Page(t.Context(), connector.Query{Kind: record.Contact, Since: time.UnixMilli(1767225600000), Limit: 2})
	if err != nil || len(page.Records) != 2 || page.Total != 5 || !page.Complete || page.Next != `[2,"b"]` || page.ServerTime.IsZero() {
		t.Fatalf("%+v, %v", page, err)
	}
	if _, err := d.Page(t.Context(), connector.Query{Kind: record.Contact, Limit: 2, Cursor: page.Next}); err != nil {
		t.Fatal(err)
	}
	var first, second map[string]any
	for i, into := range []*map[string]any{&first, &second} {
		_, body, _ := strings.Cut(f.requests()[i], "{")
		if err := json.Unmarshal([]byte("{"+body), into); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(first["filters"]) != "[map[field:dateUpdated operator:range value:map[gte:2026-01-01T00:00:00.000Z]]]" || first["page"] != 1.0 || first["searchAfter"] != nil {
		t.Errorf("first page asked by %v", first)
	}
	if second["page"] != nil || fmt.Sprint(second["searchAfter"]) != "[2 b]" {
		t.Errorf("second page asked by %v", second)
	}
	d, _ = drive(t, Options{}, answers{"POST /contacts/search": `{"contacts":[{"id":"a"},{"name":"no id"},7],"total":3}`})
	if page, err := d.Page(t.Context(), connector.Query{Kind: record.Contact}); err != nil || page.Complete || len(page.Records) != 1 || page.Next != "" {
		t.Errorf("rows that cannot be read: %+v, %v", page, err)
	}
	for _, body := range []string{`{}`, `{"contacts":null}`, `[]`, `{"contacts":{}}`, ``} {
		d, _ := drive(t, Options{}, answers{"POST /contacts/search": body})
		if page, err := d.Page(t.Context(), connector.Query{Kind: record.Contact}); err == nil {
			t.Errorf("%q reads as a list of %d", body, len(page.Records))
		}
	}
}

func TestUsersComeFromTheOldListWhereTheSearchIsSilent(t *testing.T) {
	loc := `{"location":{"id":"` + location + `","name":"Acme","companyId":"co","country":"us","timezone":"America/Chicago","settings":{"allowDuplicateContact":true}}}`
	for search, asked := range map[string]int{`{"users":[{"id":"u1","email":"a@x.example"}]}`: 2, `{"users":[]}`: 3, `401 {"message":"The token is not authorized for this scope."}`: 3} {
		d, f := drive(t, Options{}, answers{"GET /locations/{id}": loc, "GET /users/search": search, "GET /users/{$}": `{"users":[{"id":"u1","email":"a@x.example"},{"id":"u2","deleted":true}]}`})
		acc, err := d.Describe(t.Context())
		if err != nil || acc.Country != "US" || acc.Zone != "America/Chicago" || !acc.DuplicatesAllowed || len(acc.Users) == 0 || len(f.requests()) != asked {
			t.Errorf("%s: %+v, %v after %q", search, acc, err, f.requests())
		}
		if asked == 3 && acc.Users[1].Active {
			t.Error("a deleted user counts as active")
		}
	}
	d, _ := drive(t, Options{}, answers{"GET /locations/{id}": loc, "GET /users/search": `401 {"message":"The token is not authorized for this scope."}`, "GET /users/{$}": `401 {"message":"The token is not authorized for this scope."}`})
	if acc, err := d.Describe(t.Context()); err != nil || len(acc.Users) != 0 {
		t.Errorf("without users.readonly: %+v, %v", acc, err)
	}
}

func TestBusinesses(t *testing.T) {
	row := `{"id":"63771dcac1116f0e21de8e12","name":"Acme","website":"acme.example","updatedAt":"2026-01-02T00:00:00.000Z"}`
	d, f := drive(t, Options{}, answers{
		"GET /businesses/{$}": `{"businesses":[` + row + `]}`, "GET /businesses/{id}": `{"business":` + row + `}`, "POST /businesses/{$}": `201 {"success":true,"buiseness":` + row + `}`,
		"PUT /businesses/{id}": `{"success":true,"buiseness":` + row + `}`, "DELETE /businesses/{id}": `{"success":true}`,
	})
	co := record.Ref{Side: record.GHL, Kind: record.Company, ID: "63771dcac1116f0e21de8e12"}
	for _, since := range []time.Time{{}, time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)} {
		page, err := d.Page(t.Context(), connector.Query{Kind: record.Company, Since: since})
		if err != nil || len(page.Records) != map[bool]int{true: 1, false: 0}[since.IsZero()] {
			t.Errorf("since %s: %+v, %v", since, page, err)
		}
	}
	for _, w := range []connector.Write{
		{Verb: connector.Create, Ref: record.Ref{Side: record.GHL, Kind: record.Company}, Fields: map[string]record.Value{"name": record.Text("Acme"), "city": {}}},
		{Verb: connector.Update, Ref: co, Fields: map[string]record.Value{"city": {}}},
	} {
		if r, err := d.Write(t.Context(), w); err != nil || r.Ref != co || r.Text("website") != "acme.example" {
			t.Errorf("%s: %+v, %v", w.Verb, r, err)
		}
	}
	if r, err := d.Get(t.Context(), co); err != nil || r.Text("name") != "Acme" {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := d.Write(t.Context(), connector.Write{Verb: connector.Delete, Ref: co}); err != nil {
		t.Error(err)
	}
	if got := f.requests()[2]; got != `POST /businesses/ {"locationId":"`+location+`","name":"Acme"}` {
		t.Errorf("sent %s", got)
	}
}

func TestAnEchoIsAllowedForEachEventThatAWriteCauses(t *testing.T) {
	d, _ := drive(t, Options{}, answers{})
	for verb, want := range map[connector.Verb]string{
		connector.Create: "ContactCreate ContactUpdate ContactTagUpdate", connector.AddTags: "ContactUpdate ContactTagUpdate", connector.Delete: "ContactDelete",
	} {
		if got := strings.Join(d.EventTypesOf(connector.Write{Verb: verb, Ref: ref("c"), Fields: map[string]record.Value{"tags": record.Set("a")}}), " "); got != want {
			t.Errorf("%s: %s, want %s", verb, got, want)
		}
	}
	if got := d.EventTypesOf(connector.Write{Verb: connector.Update, Ref: ref("c"), Fields: map[string]record.Value{"city": {}}}); len(got) != 1 || got[0] != "ContactUpdate" {
		t.Errorf("update: %v", got)
	}
}
