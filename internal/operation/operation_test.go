package operation

import (
	"slices"
	"strings"
	"testing"

	"tandem/internal/record"
)

func TestEveryOperationOfBothSystemsIsThere(t *testing.T) {
	count := map[record.Side]int{}
	seen := map[string]bool{}
	for _, o := range All() {
		count[o.System]++
		if seen[o.ID] {
			t.Errorf("%s is there twice", o.ID)
		}
		seen[o.ID] = true
		if got, ok := Get(o.ID); !ok || got.Path != o.Path {
			t.Errorf("%s is listed and not found", o.ID)
		}
		if o.Method == "" || !strings.HasPrefix(o.Path, "/") || !strings.HasPrefix(o.ID, string(o.System)+".") {
			t.Errorf("malformed: %+v", o)
		}
	}
	if count[record.GHL] != 576 || count[record.Commonsku] != 26 {
		t.Errorf("%d operations of GHL and %d of commonsku, want 576 and 26", count[record.GHL], count[record.Commonsku])
	}
	if n := len(Events()); n != 58 {
		t.Errorf("%d event types, want 58", n)
	}
}

func TestTheOperationsThatAreCalledAreThere(t *testing.T) {
	for id, want := range map[string]string{
		ContactGet: "GET /contacts/{contactId}", ContactCreate: "POST /contacts/", ContactUpdate: "PUT /contacts/{contactId}",
		ContactDelete: "DELETE /contacts/{contactId}", ContactSearch: "POST /contacts/search", ContactDuplicate: "GET /contacts/search/duplicate",
		ContactTagsAdd: "POST /contacts/{contactId}/tags", ContactTagsDrop: "DELETE /contacts/{contactId}/tags",
		LocationGet: "GET /locations/{locationId}", LocationCustomFields: "GET /locations/{locationId}/customFields",
		UserSearch: "GET /users/search", UserList: "GET /users/", UserGet: "GET /users/{userId}",
		BusinessGet: "GET /businesses/{businessId}", BusinessList: "GET /businesses/", BusinessCreate: "POST /businesses/",
		BusinessUpdate: "PUT /businesses/{businessId}", BusinessDelete: "DELETE /businesses/{businessId}",
	} {
		o, ok := Get(id)
		if got := o.Method + " " + o.Path; !ok || got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
		if o.Version != "2021-07-28" || len(o.Scopes) == 0 {
			t.Errorf("%s: version %q, scopes %v", id, o.Version, o.Scopes)
		}
	}
	if _, ok := Get("ghl.contacts.no-such"); ok {
		t.Error("found an operation that is not there")
	}
}

// A create that is believed safe to repeat is a double; a search that is not costs a needless failure.
func TestNothingThatMakesSomethingIsRepeatable(t *testing.T) {
	for _, o := range All() {
		if o.Method == "GET" && !o.Repeatable {
			t.Errorf("%s reads and is not repeatable", o.ID)
		}
		if o.Method == "POST" && o.Repeatable && (strings.Contains(o.Name(), "create") && o.ID != "ghl.contacts.create-association" || strings.Contains(o.Path, "upsert")) {
			t.Errorf("%s makes something and is repeatable", o.ID)
		}
	}
	for id, want := range map[string]bool{ContactCreate: false, BusinessCreate: false, "commonsku.contacts.create": false, ContactUpdate: true, ContactSearch: true, ContactTagsAdd: true, "commonsku.contacts.update": true} {
		if o, _ := Get(id); o.Repeatable != want {
			t.Errorf("%s: repeatable is %v", id, o.Repeatable)
		}
	}
}

func TestTheTypeOfAnInstallationIsNotItsName(t *testing.T) {
	i := slices.IndexFunc(Events(), func(e Event) bool { return e.Name == "AppInstall" })
	if i < 0 || Events()[i].Type != "INSTALL" {
		t.Error("AppInstall comes as INSTALL")
	}
}
