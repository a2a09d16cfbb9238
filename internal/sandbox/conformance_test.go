package sandbox_test

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"tandem/internal/sandbox"
)

// shared finds the vendor's files and the contract, which are not part of the project.
func shared(t *testing.T, path ...string) string {
	t.Helper()
	root := os.Getenv("TANDEM_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	file := filepath.Join(append([]string{root}, path...)...)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("TANDEM_REQUIRE_SHARED") == "1" {
			t.Fatalf("%s is required and missing", file)
		}
		t.Skipf("%s is not here (set TANDEM_SHARED)", file)
	}
	return file
}

func load(t *testing.T, path ...string) *openapi3.T {
	t.Helper()
	l := openapi3.NewLoader()
	l.IsExternalRefsAllowed = true
	doc, err := l.LoadFromFile(shared(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// conforms holds an answer against what a document says of its operation.
func conforms(t *testing.T, doc *openapi3.T, path string, r reply) {
	t.Helper()
	item := doc.Paths.Value(path)
	if item == nil {
		t.Fatalf("the document has no %s", path)
	}
	answers := item.GetOperation(r.req.Method).Responses
	said := answers.Status(r.status)
	if said == nil {
		said = answers.Default()
	}
	if said == nil {
		t.Fatalf("%s %s: the document knows no answer %d", r.req.Method, path, r.status)
	}
	content := said.Value.Content["application/json"]
	if content == nil || content.Schema == nil {
		return // the vendor's file leaves this answer open
	}
	if err := content.Schema.Value.VisitJSON(any(r.body)); err != nil {
		t.Errorf("%s %s: %v\n%s", r.req.Method, path, err, r.raw)
	}
}

// overlay corrects the vendor's file where live answers are known to differ, each with its source.
func overlay(doc *openapi3.T) {
	row := doc.Components.Schemas["ContactsSearchSchema"].Value
	for _, p := range row.Properties { // empty fields of lists are null: facts-ghl.md "One contact, four shapes"
		p.Value.Nullable = true
	}
	for _, name := range []string{"CustomFieldSchema"} { // values are text, number or list: facts-ghl.md "Custom fields"
		if s := doc.Components.Schemas[name]; s != nil {
			delete(s.Value.Properties, "value")
		}
	}
}

func TestGHLAnswersAsTheVendorsFilesSay(t *testing.T) {
	contacts := load(t, "vendor", "ghl", "openapi", "contacts.json")
	overlay(contacts)
	locations := load(t, "vendor", "ghl", "openapi", "locations.json")
	users, businesses := load(t, "vendor", "ghl", "openapi", "users.json"), load(t, "vendor", "ghl", "openapi", "businesses.json")
	w := start(t, sandbox.Options{Contacts: 100})
	firm := w.GHL.AddBusiness(map[string]string{"name": "Acme", "city": "Austin"})
	loc := "locationId=" + w.LocationID
	made := ask(t, w, "POST", "ghl:/contacts/", object{"locationId": w.LocationID, "firstName": "A", "lastName": "B", "email": "ab@x.example",
		"dateOfBirth": "1990-09-25", "customFields": []any{object{"key": "birthday_gift", "field_value": []string{"yes"}}}}).want(t, 201)
	id := made.at("contact")["id"].(string)
	conforms(t, contacts, "/contacts/", made)
	for _, c := range []struct {
		doc                   *openapi3.T
		method, path, address string
		body                  any
	}{
		{contacts, "GET", "/contacts/{contactId}", "/contacts/" + id, nil},
		{contacts, "PUT", "/contacts/{contactId}", "/contacts/" + id, object{"city": "Austin", "companyName": "Acme", "type": "customer"}},
		{contacts, "PUT", "/contacts/{contactId}", "/contacts/" + id, object{"nonsense": 1}},
		{contacts, "POST", "/contacts/{contactId}/tags", "/contacts/" + id + "/tags", object{"tags": []string{"A"}}},
		{contacts, "DELETE", "/contacts/{contactId}/tags", "/contacts/" + id + "/tags", object{"tags": []string{"A"}}},
		{contacts, "POST", "/contacts/search", "/contacts/search", object{"locationId": w.LocationID, "pageLimit": 5}},
		{contacts, "GET", "/contacts/search/duplicate", "/contacts/search/duplicate?" + loc + "&email=" + url.QueryEscape("ab@x.example"), nil},
		{contacts, "GET", "/contacts/", "/contacts/?" + loc + "&limit=5", nil},
		{contacts, "POST", "/contacts/bulk/business", "/contacts/bulk/business", object{"locationId": w.LocationID, "ids": []string{id}, "businessId": firm}},
		{contacts, "GET", "/contacts/business/{businessId}", "/contacts/business/" + firm + "?" + loc, nil},
		{contacts, "DELETE", "/contacts/{contactId}", "/contacts/" + id, nil},
		{locations, "GET", "/locations/{locationId}", "/locations/" + w.LocationID, nil},
		{locations, "GET", "/locations/{locationId}/customFields", "/locations/" + w.LocationID + "/customFields", nil},
		{locations, "GET", "/locations/{locationId}/tags", "/locations/" + w.LocationID + "/tags", nil},
		{users, "GET", "/users/", "/users/?" + loc, nil},
		{users, "GET", "/users/search", "/users/search?companyId=sandboxCompany000001", nil},
		{businesses, "GET", "/businesses/", "/businesses/?" + loc, nil},
		{businesses, "GET", "/businesses/{businessId}", "/businesses/" + firm, nil},
	} {
		r := ask(t, w, c.method, "ghl:"+c.address, c.body)
		if r.status == 0 || r.status == 404 || r.status >= 500 {
			t.Errorf("%s %s: answered %d", c.method, c.address, r.status)
		}
		conforms(t, c.doc, c.path, r)
	}
}

func TestCommonskuAnswersAsTheContractSays(t *testing.T) {
	doc := load(t, "contracts", "commonsku.openapi.yaml")
	w := start(t, sandbox.Options{Contacts: 60})
	client := ask(t, w, "POST", "sku:/clients", object{"client_name": "Contract & Sons", "tags": []string{"a"}}).want(t, 201)
	conforms(t, doc, "/clients", client)
	cid := client.at("data")["client_id"].(string)
	contact := ask(t, w, "POST", "sku:/contacts", object{"client_id": cid, "contact_first_name": "A", "contact_last_name": "B",
		"contact_email": "a@b.example", "address": object{"line_1": "1 Main", "line_2": nil}}).want(t, 201)
	conforms(t, doc, "/contacts", contact)
	id := contact.at("data")["contact_id"].(string)
	for _, c := range []struct {
		method, path, address string
		body                  any
	}{
		{"GET", "/clients", "/clients?per_page=100", nil}, {"GET", "/clients", "/clients?per_page=101", nil},
		{"GET", "/clients/{id}", "/clients/" + cid, nil}, {"PATCH", "/clients/{id}", "/clients/" + cid, object{"website": nil}},
		{"GET", "/contacts", "/contacts?contact_email=A@b.example", nil}, {"GET", "/contacts/{id}", "/contacts/" + id, nil},
		{"PATCH", "/contacts/{id}", "/contacts/" + id, object{"position": "Boss"}},
		{"PATCH", "/contacts/{id}", "/contacts/" + id, object{"client_id": 7}},
		{"DELETE", "/contacts/{id}", "/contacts/" + id, nil}, {"GET", "/contacts/{id}", "/contacts/" + id, nil},
		{"GET", "/users", "/users", nil}, {"DELETE", "/clients/{id}", "/clients/" + cid, nil},
	} {
		r := ask(t, w, c.method, "sku:"+c.address, c.body)
		if r.status == 0 || r.status >= 500 {
			t.Errorf("%s %s: answered %d", c.method, c.address, r.status)
		}
		conforms(t, doc, c.path, r)
	}
}
