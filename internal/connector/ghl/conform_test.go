package ghl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"tandem/internal/operation"
)

// vendorFiles are read once. They are not part of the project: without them the tests below still run, only requests are
// not held against them; where TANDEM_REQUIRE_SHARED=1 they must be there.
var vendorFiles = sync.OnceValues(func() (map[string]*openapi3.T, error) {
	root := os.Getenv("TANDEM_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	dir := filepath.Join(root, "vendor", "ghl", "openapi")
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	out := map[string]*openapi3.T{}
	for _, name := range []string{"contacts", "locations", "users", "businesses"} {
		loader := openapi3.NewLoader()
		loader.IsExternalRefsAllowed = true
		doc, err := loader.LoadFromFile(filepath.Join(dir, name+".json"))
		if err != nil {
			return nil, err
		}
		out[name] = doc
	}
	overlay(out["contacts"])
	return out, nil
})

// overlay corrects the vendor's file, each line with its source.
func overlay(contacts *openapi3.T) {
	schemas := contacts.Components.Schemas
	text := openapi3.NewSchemaRef("", openapi3.NewStringSchema().WithNullable())
	// Live updates take both. Source: facts-ghl.md "Contacts", vendor tracker 314.
	schemas["UpdateContactDto"].Value.Properties["companyName"] = text
	schemas["UpdateContactDto"].Value.Properties["type"] = text
	schemas["CreateContactDto"].Value.Properties["type"] = text
	// Typed "object" in the file, with a text as its example.
	schemas["UpdateContactDto"].Value.Properties["dateOfBirth"] = text
	schemas["CreateContactDto"].Value.Properties["dateOfBirth"] = text
	// A number, typed "object" in the file with a number as its example.
	number := openapi3.NewSchemaRef("", openapi3.NewFloat64Schema())
	schemas["NumericField"].Value.Properties["field_value"] = number
	schemas["MonetoryField"].Value.Properties["field_value"] = number
	// Empty in the file. Source: facts-ghl.md "Search, lists, paging".
	search := openapi3.NewObjectSchema().WithProperty("locationId", openapi3.NewStringSchema()).
		WithProperty("pageLimit", openapi3.NewIntegerSchema().WithMin(1).WithMax(500)).WithProperty("page", openapi3.NewIntegerSchema().WithMin(1)).
		WithProperty("searchAfter", openapi3.NewArraySchema().WithItems(&openapi3.Schema{})).
		WithProperty("sort", openapi3.NewArraySchema().WithMaxItems(2).WithItems(openapi3.NewObjectSchema())).
		WithProperty("filters", openapi3.NewArraySchema().WithItems(openapi3.NewObjectSchema()))
	search.Required = []string{"locationId", "pageLimit"}
	*schemas["SearchBodyV2DTO"].Value = *search
	for _, s := range schemas { // GHL refuses a body with one unknown property (tracker 262)
		if s.Value.Type.Is("object") && len(s.Value.Properties) > 0 && s.Value.AdditionalProperties.Schema == nil {
			no := false
			s.Value.AdditionalProperties.Has = &no
		}
	}
}

// conforming holds every request against the vendor's files before it leaves.
type conforming struct {
	t    *testing.T
	base http.RoundTripper
}

func (c conforming) RoundTrip(r *http.Request) (*http.Response, error) {
	docs, err := vendorFiles()
	if err == nil {
		if err := conforms(docs, r); err != nil {
			c.t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
	} else if os.Getenv("TANDEM_REQUIRE_SHARED") == "1" {
		c.t.Errorf("the vendor's files are required: %v", err)
	}
	return c.base.RoundTrip(r)
}

func conforms(docs map[string]*openapi3.T, r *http.Request) error {
	o, ok := operationOf(r)
	if !ok {
		return fmt.Errorf("no operation of the vendor's")
	}
	if got := r.Header.Get("Version"); got != o.Version {
		return fmt.Errorf("version %q, want %q", got, o.Version)
	}
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
		return fmt.Errorf("no bearer token")
	}
	for name := range r.URL.Query() {
		if !slices.Contains(o.Query, name) && !slices.Contains(o.Query, name+"!") {
			return fmt.Errorf("query parameter %s is not known", name)
		}
	}
	for _, q := range o.Query {
		if name, required := strings.CutSuffix(q, "!"); required && r.URL.Query().Get(name) == "" {
			return fmt.Errorf("query parameter %s is missing", name)
		}
	}
	file, _, _ := strings.Cut(o.Name(), ".")
	spec := docs[file].Paths.Value(o.Path).GetOperation(o.Method)
	if r.Body == nil {
		if spec.RequestBody != nil {
			return fmt.Errorf("the body is missing")
		}
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if spec.RequestBody == nil {
		return fmt.Errorf("a body where none is taken: %s", body)
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	if err := spec.RequestBody.Value.Content["application/json"].Schema.Value.VisitJSON(v); err != nil {
		return fmt.Errorf("body %s: %w", body, err)
	}
	return nil
}

// operationOf finds the most literal operation that a request can be.
func operationOf(r *http.Request) (best operation.Operation, ok bool) {
	got := strings.Split(r.URL.Path, "/")
	most := -1
	for _, o := range operation.All() {
		want := strings.Split(o.Path, "/")
		if o.System != "ghl" || o.Method != r.Method || len(want) != len(got) {
			continue
		}
		literal := 0
		for i := range want {
			switch {
			case want[i] == got[i]:
				literal++
			case !strings.HasPrefix(want[i], "{"):
				literal = -1 << 10
			}
		}
		if literal > most {
			best, ok, most = o, true, literal
		}
	}
	return best, ok && most >= 0
}

func TestRequestsAreHeldAgainstTheVendorsFiles(t *testing.T) {
	docs, err := vendorFiles()
	if err != nil {
		if os.Getenv("TANDEM_REQUIRE_SHARED") == "1" {
			t.Fatal(err)
		}
		t.Skip("the vendor's files are not here (set TANDEM_SHARED)")
	}
	for _, bad := range []struct{ method, target, body string }{
		{"PUT", "/contacts/abc", `{"gender":"f"}`}, {"PUT", "/contacts/abc", `{"firstName":1}`}, {"POST", "/contacts/", `{"firstName":"x"}`},
		{"POST", "/contacts/search", `{"locationId":"l","pageLimit":501}`}, {"GET", "/contacts/search/duplicate?email=x", ""}, {"GET", "/contacts/nobody/knows/this", ""},
		{"GET", "/users/search?locationId=x", ""}, {"GET", "/businesses/?locationId=x&updated=1", ""},
	} {
		r, err := http.NewRequest(bad.method, "http://127.0.0.1"+bad.target, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bad.body != "" {
			r.Body = io.NopCloser(strings.NewReader(bad.body))
		}
		r.Header = http.Header{"Version": {"2021-07-28"}, "Authorization": {"Bearer x"}}
		if conforms(docs, r) == nil {
			t.Errorf("not noticed: %s %s %s", bad.method, bad.target, bad.body)
		}
	}
}
