package cli

import (
	"errors"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"tandem/internal/sandbox"
)

// exits runs the program and wants that very exit code: `exits 2 tandem status`. Plain exec tells success from failure only.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// until runs the program again and again, until its output fits or ten seconds have passed: `until REGEXP PROGRAM ARG…`.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until REGEXP PROGRAM ARG…")
	}
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		failed := ts.Exec(args[1], args[2:]...)
		if out := ts.ReadFile("stdout"); failed == nil && re.MatchString(out) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s never showed %s; last %v", strings.Join(args[1:], " "), args[0], failed)
		}
	}
}

// made is a person who types a contact in: `made ghl NAME field=value…` puts the new id into the variable NAME. On
// commonsku the client is named by client=…
func made(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: made ghl|commonsku NAME FIELD=VALUE…")
	}
	w, fields := world(ts), fieldsOf(ts, args[2:])
	var id string
	var err error
	if args[0] == "ghl" {
		id, err = w.GHL.CreateContact(fields)
	} else {
		var client string
		client, err = w.Commonsku.CreateClient(map[string]any{"client_name": fields["client"], "industry_name": "Other"})
		ts.Check(err)
		delete(fields, "client")
		fields["client_id"] = client
		id, err = w.Commonsku.CreateContact(fields)
	}
	ts.Check(err)
	ts.Setenv(args[1], id)
}

// edited is a person who changes a contact: `edited ghl ID field=value…`.
func edited(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: edited ghl|commonsku ID FIELD=VALUE…")
	}
	w, fields := world(ts), fieldsOf(ts, args[2:])
	if args[0] == "ghl" {
		ts.Check(w.GHL.UpdateContact(args[1], fields))
		return
	}
	ts.Check(w.Commonsku.UpdateContact(args[1], fields))
}

func world(ts *testscript.TestScript) *sandbox.World {
	w, ok := ts.Value(theWorld).(*sandbox.World)
	if !ok {
		ts.Fatalf("this script has no accounts")
	}
	return w
}

func fieldsOf(ts *testscript.TestScript, args []string) map[string]any {
	out := map[string]any{}
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			ts.Fatalf("%s is not FIELD=VALUE", a)
		}
		out[name] = value
	}
	return out
}
