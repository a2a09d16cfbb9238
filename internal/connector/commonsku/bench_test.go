package commonsku_test

import (
	"bytes"
	"testing"

	"tandem/internal/connector"
	"tandem/internal/connector/commonsku"
	"tandem/internal/record"
)

const benchRow = `{"contact_id":"c1","client_id":"k1","client_name":"Acme","contact_first_name":"Ann","contact_last_name":"Lee","contact_email":"ann@acme.com",
"contact_phone":"+1 312 555 0100","contact_cell":null,"position":"Buyer","department_name":"Marketing","address":{"address_name":"HQ","line_1":"1 Main St",
"line_2":null,"city":"Chicago","state":"IL","postal":"60601","country":"US"},"tags":["vip","customer"],"date_created":"2026-11-01 08:00:00",
"date_updated":"2026-11-23 18:04:05","date_deleted":null}`

func benchDriver(b *testing.B, body []byte) *commonsku.Driver {
	b.Helper()
	d, err := commonsku.New(commonsku.Options{BaseURL: "http://127.0.0.1:1", Token: token, Base: answering{200, body}})
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// What one read costs beside the network; a synced change has one of them on this side, and one update.
func BenchmarkGet(b *testing.B) {
	d := benchDriver(b, []byte(`{"data":`+benchRow+`}`))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Get(b.Context(), contact("c1")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	d := benchDriver(b, []byte(`{"data":`+benchRow+`}`))
	w := connector.Write{Verb: connector.Update, Ref: contact("c1"), Fields: fields("email", "ann@acme.com", "street", "1 Main St", "city", "Chicago")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Write(b.Context(), w); err != nil {
			b.Fatal(err)
		}
	}
}

// A page of a walk: 100 rows.
func BenchmarkPage(b *testing.B) {
	rows := bytes.TrimSuffix(bytes.Repeat([]byte(benchRow+","), 100), []byte(","))
	d := benchDriver(b, []byte(`{"data":[`+string(rows)+`],"meta":{"cursor":null,"total":100}}`))
	b.ReportAllocs()
	for b.Loop() {
		if p, err := d.Page(b.Context(), connector.Query{Kind: record.Contact}); err != nil || len(p.Records) != 100 {
			b.Fatal(err)
		}
	}
}
