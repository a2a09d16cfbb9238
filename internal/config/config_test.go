package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the expected texts of testdata") //nolint:gochecknoglobals // how flag works

func fullEnvironment() Environment {
	return Map([]string{
		"GHL_TOKEN=pit-1", "COMMONSKU_TOKEN=key-1", "GHL_CLIENT_SECRET=s3cret", "TANDEM_ADMIN_TOKEN=0123456789abcdef0123",
		"TANDEM_MASTER_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "SLACK_WEBHOOK_URL=https://hooks.example.com/x",
	})
}

// TestMistakes: each folder holds a tandem.yaml and what a person is told about it, whole.
func TestMistakes(t *testing.T) {
	folders, err := filepath.Glob("testdata/mistakes/*/tandem.yaml")
	if err != nil || len(folders) < 5 {
		t.Fatalf("found %d folders, %v", len(folders), err)
	}
	for _, file := range folders {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var got strings.Builder
			c, err := Load(file, fullEnvironment())
			if err != nil {
				got.WriteString(err.Error() + "\n")
			} else {
				for _, w := range c.Warnings {
					got.WriteString("warning: " + w.Error() + "\n")
				}
			}
			text := strings.ReplaceAll(got.String(), folder+"/", "")
			golden := filepath.Join(folder, "expected.txt")
			if *rewrite {
				if err := os.WriteFile(golden, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if text != string(want) {
				t.Errorf("got\n%swant\n%s", text, want)
			}
		})
	}
}

func TestExampleIsValid(t *testing.T) {
	c, err := Parse("tandem.yaml", []byte(Example()), fullEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings: %v", c.Warnings)
	}
	if c.Pairs[0].GHL.Token.Reveal() != "pit-1" {
		t.Error("the token was not read from the environment")
	}
}

func TestDefaults(t *testing.T) {
	c, err := Parse("somewhere/tandem.yaml", []byte(`
pairs:
  - name: acme
    ghl: {location_id: L1, token: env:GHL_TOKEN}
    commonsku: {base_url: "https://api.example.com/v1/", token: env:COMMONSKU_TOKEN}
`), fullEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	p := c.Pairs[0]
	if c.Listen != "127.0.0.1:8080" || c.Database != "sqlite:somewhere/tandem.db" || p.Commonsku.BaseURL != "https://api.example.com/v1" {
		t.Errorf("listen %s, database %s, base_url %s", c.Listen, c.Database, p.Commonsku.BaseURL)
	}
	if p.GHL.Quota != (Quota{100, 10 * time.Second, 200_000}) || p.Commonsku.Quota != (Quota{Burst: 10, Interval: time.Second}) {
		t.Errorf("quotas %v %v", p.GHL.Quota, p.Commonsku.Quota)
	}
	if p.DeleteGuard != (DeleteGuard{25, 5, time.Hour}) || p.Sweep != (Sweep{5 * time.Minute, 24 * time.Hour}) || p.Poll != (Poll{30 * time.Second, time.Minute}) {
		t.Errorf("guard %v, sweep %v, poll %v", p.DeleteGuard, p.Sweep, p.Poll)
	}
	want := Kind{
		Direction: merge.Both, CreateInGHL: true, CreateInCommonsku: true, OnConflict: merge.Newest, Tie: record.GHL,
		DeleteInGHL: DeleteArchive, DeleteInCommonsku: DeleteArchive, Drift: merge.Report, ClientChildren: "ignore",
	}
	if p.Contacts != want {
		t.Errorf("contacts %+v", p.Contacts)
	}
	if p.Companies.DeleteInCommonsku != DeleteIgnore || p.Notes.DeleteInGHL != DeleteDelete {
		t.Errorf("companies %+v, notes %+v", p.Companies, p.Notes)
	}
	if a := p.Appointments; a.Direction != merge.GHLToCommonsku || a.As != "event" || a.CreateInGHL {
		t.Errorf("appointments %+v", a)
	}
}

func TestEnvironmentWinsOverFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tandem.yaml")
	if err := os.WriteFile(file, []byte(Example()), 0o600); err != nil {
		t.Fatal(err)
	}
	base := fullEnvironment()
	c, err := Load(file, func(name string) (string, bool) {
		switch name {
		case "TANDEM_LISTEN":
			return "127.0.0.1:9", true
		case "TANDEM_DATABASE":
			return "postgres://u:p@db/tandem", true // from the environment a password is no mistake
		}
		return base(name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:9" || c.Database != "postgres://u:p@db/tandem" {
		t.Errorf("listen %s, database %s", c.Listen, c.Database)
	}
}

func TestFileValuesAreRelativeToTheConfiguration(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("token.txt", "pit-from-file\n")
	write("tandem.yaml", strings.Replace(Example(), "env:GHL_TOKEN", "file:token.txt", 1))
	c, err := Load(filepath.Join(folder, "tandem.yaml"), fullEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Pairs[0].GHL.Token.Reveal(); got != "pit-from-file" {
		t.Errorf("token %q", got)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	s := Secret("hunter2")
	b, err := s.MarshalText()
	if err != nil || strings.Contains(s.String()+s.GoString()+string(b), "hunter2") {
		t.Errorf("printed: %s %#v %s", s, s, b)
	}
}

// FuzzParse: any bytes give a Config or mistakes, each in a line that exists, and never a secret in the clear.
func FuzzParse(f *testing.F) {
	f.Add([]byte(Example()))
	f.Add([]byte("pairs: [{name: a, ghl: &g {token: x}, commonsku: *g}]"))
	f.Add([]byte("a: &a [*a]\npairs: *a\n"))
	f.Add([]byte("<<: {listen: 1}\nlisten: [1]\n? [a]\n: b\n"))
	f.Add([]byte("\x00\xff: -\n\t- x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse("testdata/none/tandem.yaml", b, fullEnvironment())
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", c, err)
		}
		if err == nil {
			return
		}
		mistakes, ok := err.(Mistakes) //nolint:errorlint // Parse promises this very type
		if !ok || len(mistakes) == 0 {
			t.Fatalf("error %T", err)
		}
		lines := strings.Count(string(b), "\n") + strings.Count(string(b), "\r") + strings.Count(string(b), "\u2028") + strings.Count(string(b), "\u2029") + strings.Count(string(b), "\u0085") + 2
		for _, m := range mistakes {
			if m.Line < 0 || m.Line > lines || m.What == "" {
				t.Fatalf("mistake %+v in a file of %d lines", m, lines)
			}
		}
	})
}
