package commonsku_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/record"
)

func TestInspectTellsHowTheProfileFits(t *testing.T) {
	a := newAccount(t)
	a.do("GET /contacts", func(w http.ResponseWriter, _ url.Values, _ map[string]any) {
		w.Header().Set("Date", testNow.Format(http.TimeFormat))
		fmt.Fprint(w, `{"data":[
			{"contact_id":"c1","client_id":"k1","client_name":"A","first":"Ann","contact_last_name":"Lee","contact_email":"a@b.c","contact_phone":"1","contact_cell":null,
			 "position":null,"department_name":null,"address":null,"tags":[],"date_created":"2026-11-01 00:00:00","date_updated":"2026-11-24 18:00:00","date_deleted":null,
			 "social":{"x":"1"}},{"id":7}],"meta":{"total":2}}`)
	})
	f, err := a.with(t, load(t, "default")).Inspect(t.Context(), record.Contact)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.Unknown, []string{"first", "id", "social.x"}) || !slices.Equal(f.Missing, []string{"contact_first_name"}) {
		t.Errorf("unknown %q, missing %q", f.Unknown, f.Missing)
	}
	if f.Rows != 2 || f.BadRows != 1 || f.Total != 2 || f.Ahead != 6*time.Hour {
		t.Errorf("%+v", f)
	}
	if _, err := a.with(t, load(t, "default")).Inspect(t.Context(), record.Note); connector.ClassOf(err) != connector.Absent {
		t.Errorf("a kind that is not there: %v", err)
	}
}
