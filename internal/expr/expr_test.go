package expr_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"tandem/internal/expr"
	"tandem/internal/record"
)

func compile(t testing.TB, use expr.Use, source string) *expr.Program {
	t.Helper()
	p, err := expr.Compile(use, source)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return p
}

var ann = map[string]any{
	"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "country": "US", "type": "customer", "side": "ghl",
	"tags": []string{"customer", "vip"}, "custom": map[string]any{"size": "M", "groups": []string{"golf"}},
	"opportunities": []any{map[string]any{"status": "won", "pipeline": "Sales"}},
}

func TestConditionsOfAContact(t *testing.T) {
	for source, want := range map[string]bool{
		`tags.exists(t, t == 'customer')`:                               true,
		`'vip' in tags && country == 'US'`:                              true,
		`!('vip' in tags)`:                                              false,
		`type in ['customer', 'lead']`:                                  true,
		`email.endsWith('@example.com') && first_name != ''`:            true,
		`email.matches('^[a-z]+@example[.](com|org)$')`:                 true,
		`custom.size == 'M'`:                                            true,
		`custom[?'colour'].orValue('') == 'red'`:                        false,
		`custom[?'groups'].orValue([]).exists(g, g == 'golf')`:          true,
		`opportunities.exists(o, o.status == 'won')`:                    true,
		`opportunities.exists(o, o.?pipeline.orValue('') == 'Repairs')`: false,
		`city == ''`: true,
		`size(tags) > 1 ? last_name.lowerAscii() == 'lee' : false`:                         true,
		`phone == '' && company == '' && street == '' && state == '' && postal_code == ''`: true,
		`website == '' && source == ''`:                                                    true,
		`has(custom.size) && !has(custom.colour)`:                                          true,
	} {
		for _, use := range []expr.Use{expr.When, expr.Filter} {
			if got, err := compile(t, use, source).Bool(context.Background(), ann); err != nil || got != want {
				t.Errorf("%s as %s: %v, %v; want %v", source, use, got, err, want)
			}
		}
	}
	if got, err := compile(t, expr.Filter, `side == 'ghl'`).Bool(context.Background(), ann); err != nil || !got {
		t.Errorf("a filter sees the side: %v, %v", got, err)
	}
}

func TestAContactWithoutAnythingIsEmpty(t *testing.T) {
	source := `email == '' && tags == [] && custom == {} && opportunities == [] && side == ''`
	if got, err := compile(t, expr.Filter, source).Bool(context.Background(), nil); err != nil || !got {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTransforms(t *testing.T) {
	set := record.Set
	for _, c := range []struct {
		source   string
		in, want record.Value
	}{
		{`value ? ['birthday'] : []`, record.Text("true"), set("birthday")},
		{`value ? ['birthday'] : []`, record.Text("Yes"), set("birthday")},
		{`value ? ['birthday'] : []`, record.Text("cup"), set("birthday")},
		{`value ? ['birthday'] : []`, record.Text("1"), set("birthday")},
		{`value ? ['birthday'] : []`, record.Text("false"), record.Value{}},
		{`value ? ['birthday'] : []`, record.Text("no"), record.Value{}},
		{`value ? ['birthday'] : []`, record.Value{}, record.Value{}},
		{`value ? ['birthday'] : []`, set("a", "b"), set("birthday")},
		{`value != '' ? ['birthday'] : []`, record.Text("cup"), set("birthday")},
		{`value != '' ? ['birthday'] : []`, record.Value{}, record.Value{}},
		{`value.upperAscii()`, record.Text("abc"), record.Text("ABC")},
		{`value.split(',').map(s, s.trim())`, record.Text("b, a,b"), set("a", "b")},
		{`value.filter(t, t.startsWith('x'))`, set("xa", "b", "xc"), set("xa", "xc")},
		{`value.join('; ')`, set("b", "a"), record.Text("a; b")},
		{`size(value)`, set("b", "a"), record.Text("2")},
		{`value > 3 ? 'many' : 'few'`, record.Text("5"), record.Text("many")},
		{`value * 2`, record.Text("1,250"), record.Text("2500")},
		{`value * 0.5`, record.Text("3"), record.Text("1.5")},
		{`int(value) + 1`, record.Text("41"), record.Text("42")},
		{`value == '5'`, record.Text("5"), record.Text("true")},
		{`null`, record.Text("x"), record.Value{}},
		{`[1, 2.5, true, 'x', null]`, record.Text("x"), set("1", "2.5", "true", "x")},
		{`optional.none()`, record.Text("x"), record.Value{}},
		{`optional.of([value])`, record.Text("x"), set("x")},
		{`{'S': 'Small', 'M': 'Medium'}[?value].orValue(value)`, record.Text("M"), record.Text("Medium")},
		{`{'S': 'Small', 'M': 'Medium'}[?value].orValue(value)`, record.Text("XXL"), record.Text("XXL")},
		{`timestamp(value)`, record.Text("2026-11-23T12:00:00+01:00"), record.Text("2026-11-23T11:00:00Z")},
	} {
		got, err := compile(t, expr.Transform, c.source).Value(context.Background(), c.in)
		if err != nil || !got.Equal(c.want) {
			t.Errorf("%s of %q: %q, %v; want %q", c.source, c.in, got, err, c.want)
		}
	}
}

func TestMistakesAreToldToTheirWriter(t *testing.T) {
	for _, c := range []struct {
		use    expr.Use
		source string
		want   []string
	}{
		{expr.When, `tag.exists(t, t == 'x')`, []string{"line 1, column 1", "there is no `tag`", "did you mean `tags`?"}},
		{expr.When, "country == 'US' &&\n  emial != ''", []string{"line 2, column 3", "`emial`", "did you mean `email`?"}},
		{expr.When, `firstName == 'Ann'`, []string{"did you mean `first_name`?"}},
		{expr.When, `side == 'ghl'`, []string{"line 1, column 1: there is no `side` in a when"}},
		{expr.Transform, `tags`, []string{"there is no `tags` in a transform", "there are value"}},
		{expr.Transform, `(`, []string{"line 1, column 2", "ends too early"}},
		{expr.When, `country = 'US'`, []string{"line 1, column 9", "equal is written =="}},
		{expr.When, `country == 'US' and type == 'lead'`, []string{"line 1, column 17", "and is written &&"}},
		{expr.When, `email == 5`, []string{"line 1, column 7", "`==` does not fit a text and a whole number"}},
		{expr.When, `country`, []string{"it gives a text", "has to give true or false"}},
		{expr.When, `email.startWith('a')`, []string{"did you mean `startsWith`?"}},
		{expr.When, `email.matches('(')`, []string{"line 1, column"}},
		{expr.When, ``, []string{"ends too early"}},
		{expr.When, `emial == '' || contry == ''`, []string{"`email`", "`country`", " | "}},
	} {
		_, err := expr.Compile(c.use, c.source)
		if err == nil {
			t.Errorf("%s: compiled", c.source)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", c.source, err, want)
			}
		}
	}
}

func TestAFailedRunSaysWhatToDoAndNotWhatItSaw(t *testing.T) {
	for source, want := range map[string]string{
		`custom.colour == 'red'`: `custom[?'colour'].orValue('')`,
		`custom.size`:            "not true or false",
		`custom.size > 3`:        "another type",
	} {
		_, err := compile(t, expr.When, source).Bool(context.Background(), map[string]any{"custom": map[string]any{"size": "secret size"}})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret size") {
			t.Errorf("%s: %v, want %q", source, err, want)
		}
	}
	for source, value := range map[string]string{`int(value)`: "ann@example.com", `value > 3`: "ann@example.com", `timestamp(value)`: "ann@example.com", `{'a': 1}[value]`: "ann@example.com", `value.substring(99)`: "ann@example.com", `b'\xff' == bytes(value) ? 1 : int(value)`: "ann@example.com"} {
		_, err := compile(t, expr.Transform, source).Value(context.Background(), record.Text(value))
		if err == nil || strings.Contains(err.Error(), value) {
			t.Errorf("%s: %v", source, err)
		}
	}
}

func TestAProgramIsShared(t *testing.T) {
	p := compile(t, expr.Transform, `value.split(' ').map(w, w.upperAscii()).join('-')`)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if v, err := p.Value(context.Background(), record.Text("a b c")); err != nil || v.Text() != "A-B-C" {
					t.Errorf("%q, %v", v, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`tags.exists(t, t == 'x')`, `value ? ['a'] : []`, `(`, `custom[?'x'].orValue('')`, "a\n&& b", `value.replace('a', value)`, `optional.of(value).optMap(v, v)`, `[1,2].map(i, i*2)`} {
		f.Add(s, "true")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		for _, use := range []expr.Use{expr.Transform, expr.When, expr.Filter} {
			p, err := expr.Compile(use, source)
			switch {
			case err != nil && !strings.HasPrefix(err.Error(), "line "):
				t.Fatalf("a mistake without its place: %v", err)
			case err != nil:
			case use == expr.Transform:
				_, _ = p.Value(context.Background(), record.Text(text))
			default:
				_, _ = p.Bool(context.Background(), map[string]any{"email": text, "tags": []string{text}})
			}
		}
	})
}

func BenchmarkFilter(b *testing.B) {
	p := compile(b, expr.Filter, `tags.exists(t, t == 'customer') && country == 'US'`)
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := p.Bool(context.Background(), ann); err != nil || !ok {
			b.Fatal(ok, err)
		}
	}
}
