package ghl

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/internal/connector"
	"tandem/internal/operation"
)

// The table of facts-ghl.md, "Quotas & errors".
func TestRefusalsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		op     string
		status int
		body   string
		want   connector.Class
		field  string
	}{
		{operation.ContactGet, 401, `{"statusCode":401,"message":"Invalid token: access token is invalid"}`, connector.Auth, ""},
		{operation.ContactGet, 401, `{"message":"Invalid JWT"}`, connector.Auth, ""},
		{operation.ContactGet, 401, `{"message":"The token is not authorized for this scope."}`, connector.Forbidden, ""},
		{operation.ContactGet, 401, `{"message":"Token's user type mismatch!"}`, connector.Forbidden, ""},
		{operation.ContactGet, 401, `{"message":"This authClass type is not allowed to access this scope. Please try with a different one."}`, connector.Forbidden, ""},
		{operation.ContactGet, 403, `{"message":"The token does not have access to this location."}`, connector.Forbidden, ""},
		{operation.ContactGet, 400, `{"message":"Contact with id x not found"}`, connector.Gone, ""},
		{operation.ContactUpdate, 404, `{"message":"Contact with id x not found"}`, connector.Gone, ""},
		{operation.ContactGet, 400, `{"message":"The event id is invalid"}`, connector.Gone, ""},
		{operation.ContactGet, 400, `{"message":"The opportunity doesn't exist or is deleted"}`, connector.Gone, ""},
		{operation.ContactGet, 404, `{"statusCode":404,"message":"Cannot GET /contact/x"}`, connector.Absent, ""},
		{operation.ContactSearch, 404, `{"message":"Not Found"}`, connector.Absent, ""},
		{operation.ContactUpdate, 422, `{"message":["property gender should not exist","email must be an email"],"error":"Unprocessable Entity"}`, connector.Invalid, "gender"},
		{operation.ContactUpdate, 400, `{"message":"phone must be a string"}`, connector.Invalid, "phone"},
		{operation.ContactUpdate, 400, `{"message":7,"meta":null}`, connector.Invalid, ""},
		{operation.ContactUpdate, 400, `{"message":"This location does not allow duplicated contacts.","meta":[]}`, connector.Duplicate, ""},
		{operation.ContactGet, 401, `<html>blocked</html>`, connector.Transient, ""},
		{operation.ContactGet, 404, `<html>`, connector.Transient, ""},
		{operation.ContactGet, 403, ``, connector.Transient, ""},
		{operation.ContactGet, 429, ``, connector.Throttled, ""},
	} {
		o, _ := operation.Get(c.op)
		e := classify(o, c.status, http.Header{}, []byte(c.body))
		if e == nil || e.Class != c.want || e.Field != c.field {
			t.Errorf("%d %s: %+v, want %s", c.status, c.body, e, c.want)
		}
	}
	if e := classify(operation.Operation{}, 502, http.Header{}, []byte("<html>")); e != nil {
		t.Errorf("a 502 says all by its status, and became %+v", e)
	}
}

func TestTheDaysEndIsToldByItsHeader(t *testing.T) {
	h := http.Header{}
	h.Set("X-RateLimit-Daily-Remaining", "0")
	h.Set("X-RateLimit-Daily-Reset", "5400000")
	if e := classify(operation.Operation{}, 429, h, nil); e.Class != connector.Quota || e.After != 90*time.Minute {
		t.Errorf("%+v", e)
	}
	h.Del("X-RateLimit-Daily-Reset")
	if e := classify(operation.Operation{}, 429, h, nil); e.After != time.Hour {
		t.Errorf("without a reset: %+v", e)
	}
}

func TestAMissingScopeNamesIt(t *testing.T) {
	o, _ := operation.Get(operation.ContactUpdate)
	e := classify(o, 401, http.Header{}, []byte(`{"message":"The token is not authorized for this scope."}`))
	if !strings.Contains(e.Mend, "contacts.write") {
		t.Errorf("mend: %s", e.Mend)
	}
}
