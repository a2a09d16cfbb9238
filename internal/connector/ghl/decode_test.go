package ghl

import (
	"encoding/json"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

const ours = `"id":"c1","firstName":"Ann","lastName":"O'Neil","email":"Ann@Example.com","phone":"+13125550100","companyName":"Acme","city":"Rome",` +
	`"tags":["b","a"],"dnd":false,"assignedTo":null,"customFields":[{"id":"f1","value":"x"},{"id":"f2","value":["q","p"]},{"id":"f9","value":"unknown"}]`

func fieldsAre(t *testing.T, what string, got map[string]record.Value, want map[string]record.Value) {
	t.Helper()
	for f, v := range want {
		if !got[f].Equal(v) {
			t.Errorf("%s: %s is %q, want %q", what, f, got[f], v)
		}
	}
	for f, v := range got {
		if _, ok := want[f]; !ok && !v.IsEmpty() {
			t.Errorf("%s: %s is there with %q", what, f, v)
		}
	}
}

func learned(t *testing.T) *Driver {
	t.Helper()
	d, err := New(Options{BaseURL: "https://x.example", Token: nil})
	if err != nil {
		t.Fatal(err)
	}
	d.custom.byID = map[string]customField{"f1": {id: "f1", key: "shirt", dataType: "TEXT"}, "f2": {id: "f2", key: "likes", dataType: "CHECKBOX"}}
	d.custom.at = time.Now()
	return d
}

// All four shapes of one contact read as one contact. Source of the differences: facts-ghl.md "Contacts".
func TestEachShapeOfAContactReadsAlike(t *testing.T) {
	d := learned(t)
	want := map[string]record.Value{
		"firstName": record.Text("Ann"), "lastName": record.Text("O'Neil"), "email": record.Text("Ann@Example.com"), "phone": record.Text("+13125550100"),
		"companyName": record.Text("Acme"), "city": record.Text("Rome"), "address1": record.Text("1 Main"), "tags": record.Set("a", "b"), "dnd": record.Text("false"),
		"dateOfBirth": record.Text("1990-09-25"), "customFields.shirt": record.Text("x"), "customFields.likes": record.Set("p", "q"),
	}
	var in singleEnvelope
	single := `{"contact":{` + ours + `,"address1":"1 Main","dateOfBirth":"1990-09-25T00:00:00.000Z","firstNameLowerCase":"ann","dateUpdated":"2026-01-02T03:04:05.006Z","createdBy":{"sourceId":"app"}}}`
	if err := json.Unmarshal([]byte(single), &in); err != nil {
		t.Fatal(err)
	}
	r, err := d.decodeSingle(in, time.Now())
	if err != nil || r.CreatedBy != "app" || r.Changed.UnixMilli() != 1767323045006 {
		t.Errorf("%+v, %v", r, err)
	}
	fieldsAre(t, "single read", r.Fields, want)

	r, after, ok := d.decodeSearchRow([]byte(`{` + ours + `,"address":"1 Main","dateOfBirth":654220800000,"contactName":"ann o'neil","searchAfter":[1,"c1"]}`))
	if !ok || string(after) != `[1,"c1"]` {
		t.Errorf("after %s, %v", after, ok)
	}
	fieldsAre(t, "search row", r.Fields, want)

	e, err := d.DecodeEvent([]byte(`{"type":"ContactUpdate","locationId":"loc","webhookId":"w","timestamp":"2026-01-02T03:04:05.006Z",` + ours + `,"address1":"1 Main","dateOfBirth":"1990-09-25T00:00:00.000Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	fieldsAre(t, "webhook", e.Fields, want)
}

func TestADeletedContactIsReadAsDeleted(t *testing.T) {
	d := learned(t)
	for body, want := range map[string]bool{`{"contact":{"id":"a","deleted":true}}`: true, `{"contact":{"id":"a","deleted":false}}`: false, `{"contact":{"id":"a"}}`: false} {
		var in singleEnvelope
		if err := json.Unmarshal([]byte(body), &in); err != nil {
			t.Fatal(err)
		}
		if r, err := d.decodeSingle(in, time.Now()); err != nil || r.Deleted.IsZero() == want {
			t.Errorf("%s: deleted %s, %v", body, r.Deleted, err)
		}
	}
}

func TestAnEventNamesItsRecord(t *testing.T) {
	d := learned(t)
	contact := ref("c1")
	for body, want := range map[string]Event{
		`{"type":"ContactDelete","locationId":"l","id":"c1","firstName":"Ann"}`:                    {Type: "ContactDelete", Ref: contact, Deleted: true},
		`{"type":"TaskComplete","id":"t1","contactId":"c1"}`:                                       {Type: "TaskComplete", Ref: record.Ref{Side: "ghl", Kind: record.Task, ID: "t1"}, Parent: contact},
		`{"type":"TaskCreate","id":"t1"}`:                                                          {Type: "TaskCreate", Ref: record.Ref{Side: "ghl", Kind: record.Task, ID: "t1"}},
		`{"type":"NoteDelete","id":"n1","contactId":"c1"}`:                                         {Type: "NoteDelete", Ref: record.Ref{Side: "ghl", Kind: record.Note, ID: "n1"}, Parent: contact, Deleted: true},
		`{"type":"AppointmentUpdate","locationId":"l","appointment":{"id":"a1","contactId":"c1"}}`: {Type: "AppointmentUpdate", Ref: record.Ref{Side: "ghl", Kind: record.Appointment, ID: "a1"}, Parent: contact},
		`{"type":"RecordUpdate","id":"b1"}`:                                                        {Type: "RecordUpdate", Ref: record.Ref{Side: "ghl", Kind: record.Company, ID: "b1"}},
		`{"type":"UserCreate","id":"u1"}`:                                                          {Type: "UserCreate", Ref: record.Ref{Side: "ghl", Kind: record.User, ID: "u1"}},
		`{"type":"INSTALL","companyId":"co","appId":"x"}`:                                          {Type: "INSTALL"},
		`{"type":"OpportunityUpdate","id":"o1"}`:                                                   {Type: "OpportunityUpdate"},
	} {
		e, err := d.DecodeEvent([]byte(body))
		if err != nil || e.Type != want.Type || e.Ref != want.Ref || e.Parent != want.Parent || e.Deleted != want.Deleted || e.Fields != nil {
			t.Errorf("%s\n got %+v, %v\nwant %+v", body, e, err, want)
		}
	}
	if e, err := d.DecodeEvent([]byte(`{"type":"LocationUpdate","id":"loc"}`)); err != nil || e.LocationID != "loc" || !e.Ref.IsZero() {
		t.Errorf("%+v, %v", e, err)
	}
	for _, body := range []string{`{"id":"c1"}`, `[]`, `{`, ``, `"x"`} {
		if e, err := d.DecodeEvent([]byte(body)); err == nil {
			t.Errorf("%q reads as %+v", body, e)
		}
	}
}

func TestCustomFieldsAreReadAndWrittenByTheirType(t *testing.T) {
	fields := `{"customFields":[{"id":"f1","name":"Shirt","fieldKey":"contact.shirt","dataType":"SINGLE_OPTIONS","picklistOptions":["S","M"]},{"id":"f2","fieldKey":"contact.likes","dataType":"MULTIPLE_OPTIONS","picklistOptions":["p","q"]},` +
		`{"id":"f3","fieldKey":"contact.budget","dataType":"MONETORY"},{"id":"f4","fieldKey":"contact.file","dataType":"FILE_UPLOAD"},{"id":"f5","fieldKey":"contact.note","dataType":"LARGE_TEXT"},{"id":"d1","name":"Folder","documentType":"folder","fieldKey":"contact.folder"}]}`
	d, f := drive(t, Options{CustomFields: true}, answers{
		"GET /locations/{id}/customFields": fields,
		"GET /contacts/{id}":               `{"contact":{"id":"c1","customFields":[{"id":"f1","value":"M"},{"id":"f3","value":12.5},{"id":"f4","value":{"u-1":{"url":"https://x.example"}}}]}}`,
		"PUT /contacts/{id}":               `{"succeded":true,"contact":{"id":"c1"}}`,
	})
	r, err := d.Get(t.Context(), ref("c1"))
	if err != nil {
		t.Fatal(err)
	}
	fieldsAre(t, "read", r.Fields, map[string]record.Value{"customFields.shirt": record.Text("M"), "customFields.budget": record.Text("12.5"), "customFields.file": record.Set("u-1")})
	can := d.Can().Kinds[record.Contact].Fields
	if !can["customFields.shirt"].Writable || can["customFields.file"].Writable || can["customFields.shirt"].Label != "Shirt" || len(can["customFields.likes"].Options) != 2 {
		t.Errorf("capabilities %+v", can)
	}
	if _, there := can["customFields.folder"]; there {
		t.Error("a folder is listed as a field")
	}
	_, err = d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref("c1"), Fields: map[string]record.Value{
		"customFields.shirt": record.Text("S"), "customFields.likes": {}, "customFields.budget": record.Text("1200"), "customFields.note": {},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.requests()[2]; got != `PUT /contacts/c1 {"customFields":[{"field_value":1200,"id":"f3"},{"field_value":[],"id":"f2"},{"field_value":"","id":"f5"},{"field_value":"S","id":"f1"}]}` {
		t.Errorf("sent %s", got)
	}
	for name, v := range map[string]record.Value{
		"customFields.shirt": record.Text("XXL"), "customFields.likes": record.Set("p", "z"), "customFields.budget": record.Text("much"), "customFields.file": record.Text("x"), "customFields.gone": record.Text("x"),
	} {
		_, err := d.Write(t.Context(), connector.Write{Verb: connector.Update, Ref: ref("c1"), Fields: map[string]record.Value{name: v}})
		if e, _ := connector.AsError(err); e == nil || e.Class != connector.Invalid || e.Field != name {
			t.Errorf("%s = %s: %v", name, v, err)
		}
	}
	if n := len(f.requests()); n != 3 {
		t.Errorf("%d requests, want the fields once, one read, one write", n)
	}
}

func TestWithoutTheNamesOfCustomFieldsNothingIsReadAsCleared(t *testing.T) {
	d, f := drive(t, Options{CustomFields: true}, answers{"GET /locations/{id}/customFields": `401 {"message":"The token is not authorized for this scope."}`})
	if _, err := d.Get(t.Context(), ref("c1")); class(err) != connector.Forbidden || len(f.requests()) != 1 {
		t.Errorf("%v after %q", err, f.requests())
	}
}

func TestANewCustomFieldIsLearnedSoon(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	d, f := drive(t, Options{CustomFields: true, Now: func() time.Time { return now }}, answers{
		"GET /locations/{id}/customFields": `{"customFields":[]}`, "GET /contacts/{id}": `{"contact":{"id":"c1","customFields":[{"id":"new","value":"x"}]}}`,
	})
	for range 5 {
		if _, err := d.Get(t.Context(), ref("c1")); err != nil {
			t.Fatal(err)
		}
		now = now.Add(20 * time.Second)
	}
	if n := len(f.requests()); n != 7 {
		t.Errorf("%d requests for five reads in 100 s, want the list twice", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"type":"ContactUpdate",` + ours + `}`, `{"contact":{` + ours + `}}`, `{"type":"AppointmentCreate","appointment":[]}`, `{"tags":[null,{},"x"]}`, `{"id":1,"customFields":[{"id":"f2","value":{"a":{}}}]}`} {
		f.Add([]byte(s))
	}
	d, err := New(Options{BaseURL: "https://x.example"})
	if err != nil {
		f.Fatal(err)
	}
	d.custom.byID = map[string]customField{"f1": {key: "k"}, "f2": {key: "l", dataType: "CHECKBOX"}}
	d.custom.at = time.Now()
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := d.DecodeEvent(b); err == nil && e.Type == "" {
			t.Errorf("an event without a type: %s", b)
		}
		if r, _, ok := d.decodeSearchRow(b); ok && r.Ref.ID == "" {
			t.Errorf("a row without an id: %s", b)
		}
		var in singleEnvelope
		if json.Unmarshal(b, &in) == nil {
			if r, err := d.decodeSingle(in, time.Now()); err == nil && r.Ref.ID == "" {
				t.Errorf("a contact without an id: %s", b)
			}
		}
		_ = classify(op("ghl.contacts.get-contact"), 400, nil, b)
	})
}

func BenchmarkDecodeEvent(b *testing.B) {
	d, err := New(Options{BaseURL: "https://x.example"})
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"type":"ContactUpdate","locationId":"loc","webhookId":"w",` + ours + `,"address1":"1 Main"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.DecodeEvent(body); err != nil {
			b.Fatal(err)
		}
	}
}
