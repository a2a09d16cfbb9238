package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"tandem/internal/config"
	"tandem/internal/operate"
)

func try(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = Main(args, strings.NewReader(""), &out, &err, env)
	return code, out.String(), err.String()
}

// commands are all verbs and their parts, as the parser knows them.
func commands(t *testing.T) [][]string {
	t.Helper()
	var g grammar
	p, err := newParser(&g, &call{out: &bytes.Buffer{}, err: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, verb := range p.Model.Children {
		out = append(out, []string{verb.Name})
		for _, part := range verb.Children {
			if part.Type == 1 { // not a positional
				out = append(out, []string{verb.Name, part.Name})
			}
		}
	}
	return out
}

var exampleLine = regexp.MustCompile(`(?m)^ +tandem (.+)$`)

// TestEveryVerbHasHelpWithAnExampleThatParses.
func TestEveryVerbHasHelpWithAnExampleThatParses(t *testing.T) {
	verbs := commands(t)
	if len(verbs) < 16 {
		t.Fatalf("only %v", verbs)
	}
	for _, verb := range verbs {
		name := strings.Join(verb, " ")
		code, help, stderr := try(t, nil, append(verb, "--help")...)
		if code != exitDone || stderr != "" {
			t.Errorf("%s --help: exit %d, %s", name, code, stderr)
		}
		_, after, has := strings.Cut(help, "Example:")
		examples := exampleLine.FindAllStringSubmatch(after, -1)
		if !has || len(examples) == 0 {
			t.Errorf("%s has no example:\n%s", name, help)
		}
		for _, e := range examples {
			var g grammar
			p, err := newParser(&g, &call{out: &bytes.Buffer{}, err: &bytes.Buffer{}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Parse(words(e[1])); err != nil {
				t.Errorf("the example of %s does not parse: %s: %v", name, e[1], err)
			}
		}
	}
}

// words splits an example as a shell would, single quotes included.
func words(s string) []string {
	var out []string
	for i, part := range strings.Split(s, "'") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

func TestWrongUseExits2AndNamesIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tandem.yaml")
	if err := os.WriteFile(file, []byte("listn: x\npairs:\n  - {nme: acme}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"frobnicate", "frobnicate"},
		{"status --frobnicate", "--frobnicate"},
		{"explain", "email|phone|id"},
		{"sync --only person", "person"},
		{"conflicts resolve 7", "--winner"},
		{"conflicts resolve x --winner ghl", "x"},
		{"asks decide 5 link", "--with"},
		{"asks decide 5 marry", "marry"},
		{"errors discard 3", "--reason"},
		{"match --export a --apply b", "--export"},
		{"match --apply " + filepath.Join(t.TempDir(), "none.csv"), "none.csv"},
		{"status --config " + file, "listn"},
		{"doctor --config " + file, "configuration"},
		{"serve --config " + file, file + ":3: pairs[0].nme: unknown key; did you mean name?"},
	} {
		code, _, stderr := try(t, nil, strings.Fields(c.args)...)
		if code != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d, %s", c.args, code, stderr)
		}
	}
}

func TestFlagsMayFollowPositionals(t *testing.T) {
	for _, args := range []string{"explain ann@acme.com --json --config none.yaml", "--config none.yaml explain --json ann@acme.com"} {
		var g grammar
		p, err := newParser(&g, &call{out: &bytes.Buffer{}, err: &bytes.Buffer{}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Parse(strings.Fields(args)); err != nil || !g.Explain.JSON || g.Explain.Query != "ann@acme.com" || g.Config != "none.yaml" {
			t.Errorf("%s: %+v, %v", args, g.Explain, err)
		}
	}
}

func TestExitCodes(t *testing.T) {
	wrap := func(err error) error { return fmt.Errorf("around: %w", err) }
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{wrap(errors.New("disk full")), 1},
		{wrap(operate.ErrNoPair), 1},
		{wrap(&operate.Error{Fault: operate.Invalid}), 2},
		{wrap(config.Mistakes{{What: "x"}}), 2},
		{wrap(&usageError{"x"}), 2},
		{errors.Join(nil, &needsPerson{"x"}), 3},
	} {
		if got := exitOf(c.err); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

func TestInitWritesWhatDoctorReads(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tandem.yaml")
	args := []string{"init", "--config", file, "--name", "globex", "--location-id", "L9", "--commonsku-url", "https://api.example.com/v1"}
	if code, out, stderr := try(t, nil, args...); code != exitDone || !strings.Contains(out, file) {
		t.Fatalf("exit %d, %s%s", code, out, stderr)
	}
	c, err := config.Load(file, config.Map([]string{"GHL_TOKEN=x", "COMMONSKU_TOKEN=y", "TANDEM_ADMIN_TOKEN=0123456789abcdef"}))
	if err != nil {
		t.Fatal(err)
	}
	if p := c.Pairs[0]; p.Name != "globex" || p.GHL.LocationID != "L9" || p.Commonsku.BaseURL != "https://api.example.com/v1" {
		t.Errorf("%+v", p)
	}
	if code, _, stderr := try(t, nil, args...); code != exitFailed || !strings.Contains(stderr, "--force") {
		t.Errorf("a second time: exit %d, %s", code, stderr)
	}
	if code, _, stderr := try(t, []string{"TANDEM_CONFIG=" + file}, "init", "--force", "--name", "a b"); code != exitUsage {
		t.Errorf("a name that does not fit: exit %d, %s", code, stderr)
	}
}

func TestKeysMakeGivesAKeyThatTheConfigurationTakes(t *testing.T) {
	_, a, _ := try(t, nil, "keys", "make")
	_, b, _ := try(t, nil, "keys", "make")
	env := config.Map([]string{"GHL_TOKEN=x", "COMMONSKU_TOKEN=y", "TANDEM_MASTER_KEY=" + strings.TrimSpace(a)})
	if _, err := config.Parse("tandem.yaml", []byte(config.Example()), env); err != nil || a == b {
		t.Errorf("%s %s: %v", a, b, err)
	}
}

func TestMatchFilesComeBackAsSheetsWriteThem(t *testing.T) {
	rows := []operate.MatchRow{
		{GHL: "g1", Commonsku: "c1", Decision: "link", Score: 0.98, Reason: "same e-mail, \"Ann\"", GHLName: "=HYPERLINK(1)"},
		{GHL: "g2", Decision: "create", Reason: "nobody like it"},
		{GHL: "g3", Commonsku: "c3", Decision: "ask", Score: 0.5, Reason: "r"},
	}
	var b bytes.Buffer
	if err := writeMatch(&b, rows); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "ghl_id,commonsku_id,decision,score,reason") || strings.Contains(b.String(), ",=HYP") {
		t.Errorf("wrote %s", b.String())
	}
	rows[0].GHLName = "" // for a person's eyes only
	for name, text := range map[string]string{
		"as written":           b.String(),
		"with a mark and CRLF": "\uFEFF" + strings.ReplaceAll(b.String(), "\n", "\r\n") + ",,,,,,\r\n",
		"other columns":        "decision;extra;commonsku_id;ghl_id;score;reason\nLink;x;c1;g1;0.98;\"same e-mail, \"\"Ann\"\"\"\ncreate;;;g2;;nobody like it\nask;;c3;g3;0.5;r\n",
	} {
		got, err := parseMatch(strings.NewReader(text))
		if err != nil || !reflect.DeepEqual(got, rows) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestMistakesInAMatchFileAreToldAtOnce(t *testing.T) {
	_, err := parseMatch(strings.NewReader("ghl_id,commonsku_id,decision\ng1,c1,link\ng2,c1,link\ng3,,link\ng4,c4,perhaps\n,,ask\n"))
	want := "line 3: commonsku_id c1 is linked in line 2 already\nline 4: link needs ghl_id and commonsku_id\nline 5: decision is \"perhaps\", and must be link, ask, create or apart\nline 6: has no id"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	for _, text := range []string{"", "a,b\n", "ghl_id,commonsku_id\n"} {
		if _, err := parseMatch(strings.NewReader(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// FuzzMatchFile: whatever is taken can be written and read again to the same decisions, and links nobody twice.
func FuzzMatchFile(f *testing.F) {
	f.Add("ghl_id,commonsku_id,decision\ng1,c1,link\n")
	f.Add("\uFEFFdecision;ghl_id;commonsku_id\nask;g1;c1\n")
	f.Add("ghl_id,commonsku_id,decision\n\"g\n1\",c1,link\n")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := parseMatch(strings.NewReader(text))
		if err != nil {
			return
		}
		linked := map[string]bool{}
		for _, r := range rows {
			if r.Decision == "link" {
				if linked["g"+r.GHL] || linked["c"+r.Commonsku] {
					t.Fatalf("linked twice: %+v", r)
				}
				linked["g"+r.GHL], linked["c"+r.Commonsku] = true, true
			}
		}
		var b bytes.Buffer
		if err := writeMatch(&b, rows); err != nil {
			t.Fatal(err)
		}
		again, err := parseMatch(&b)
		if err != nil || len(again) != len(rows) {
			t.Fatalf("%d rows, then %d, %v", len(rows), len(again), err)
		}
		for i := range rows {
			if rows[i].GHL != again[i].GHL || rows[i].Commonsku != again[i].Commonsku || rows[i].Decision != again[i].Decision {
				t.Fatalf("%+v, then %+v", rows[i], again[i])
			}
		}
	})
}

func TestCustomersTextCannotSteerTheTerminal(t *testing.T) {
	var out bytes.Buffer
	c := &call{out: &out}
	c.table([]string{"NAME"}, [][]string{{"Ann\x1b[2J\nLee\u202e"}})
	if got := out.String(); got != "NAME\nAnn [2J Lee\n" {
		t.Errorf("%q", got)
	}
}
