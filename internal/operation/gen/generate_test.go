package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// shared finds the vendor's files, which are not part of the project. They must be there where TANDEM_REQUIRE_SHARED=1.
func shared(t *testing.T) sources {
	t.Helper()
	root := os.Getenv("TANDEM_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	s := sources{spec: filepath.Join(root, "vendor", "ghl", "openapi")}.withDefaults()
	if _, err := os.Stat(s.spec); err != nil {
		if os.Getenv("TANDEM_REQUIRE_SHARED") == "1" {
			t.Fatalf("the vendor's files are required: %v", err)
		}
		t.Skip("the vendor's files are not here (set TANDEM_SHARED)")
	}
	return s
}

func TestTheTablesAreWhatTheFilesSay(t *testing.T) {
	files, err := generate(shared(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the files say: run go run ./internal/operation/gen", name)
		}
	}
}

func TestACorrectionNeedsItsSourceAndItsOperation(t *testing.T) {
	for _, text := range []string{
		"operations:\n  - {id: ghl.contacts.get-contact, repeatable: true}\n",
		"operations:\n  - {source: somewhere, repeatable: true}\n",
		"operations:\n  - {id: a, source: b, repeatabel: true}\n",
	} {
		if _, err := parseOverlay([]byte(text)); err == nil {
			t.Errorf("accepted: %s", text)
		}
	}
	o, err := parseOverlay([]byte("operations:\n  - {id: ghl.no.such, source: here, repeatable: true}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if o.correct(nil) == nil {
		t.Error("a correction of nothing was accepted")
	}
}
