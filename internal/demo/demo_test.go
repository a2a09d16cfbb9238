package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestTheWholeDemoAgrees runs what a stranger runs first, with a child process that is really killed.
func TestTheWholeDemoAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 20 s")
	}
	exe := filepath.Join(t.TempDir(), "tandem")
	if out, err := exec.Command("go", "build", "-o", exe, "tandem/cmd/tandem").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadDir(here)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	var out bytes.Buffer
	err = Run(ctx, Options{Out: &out, JSON: true, Executable: exe, Contacts: 120, Seed: 3})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	var r Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if !r.Agree || r.WrongLinks > 0 || r.Edits < 60 || r.Out.GHL <= r.In.GHL {
		t.Errorf("report: %+v", r)
	}
	if after, err := os.ReadDir(here); err != nil || len(after) != len(before) {
		t.Errorf("the working directory had %d entries and has %d (%v)", len(before), len(after), err)
	}
}

func TestDifferencesAreNoticed(t *testing.T) {
	ghl := func() map[string]any {
		return map[string]any{"firstName": "Bob", "lastName": "Dunn", "email": "Bob@X.example", "phone": "+13125550100",
			"companyName": "Acme Inc", "address1": "1 Main Street", "country": "US", "tags": []any{"vip"}}
	}
	sku := map[string]any{"contact_first_name": "Bob", "contact_last_name": "Dunn", "contact_email": "bob@x.example",
		"contact_phone": "(312) 555-0100", "client_name": "ACME, Inc.", "address": map[string]any{"line_1": "1 Main St."}, "tags": []any{"VIP"}}
	if d := differences(ghl(), sku); len(d) != 0 {
		t.Errorf("spellings of the same are told as differences: %v", d)
	}
	for key, value := range map[string]any{"firstName": "Rob", "lastName": "", "email": "", "phone": "+13125550101",
		"companyName": "Acme Ltd", "address1": "2 Main Street", "country": "CA", "city": "Austin", "tags": []any{}} {
		g := ghl()
		g[key] = value
		if d := differences(g, sku); len(d) != 1 {
			t.Errorf("%s = %v: %v", key, value, d)
		}
	}
}
