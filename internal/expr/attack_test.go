package expr_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"tandem/internal/expr"
	"tandem/internal/record"
)

func manyTags(n int) []string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = fmt.Sprintf("tag number %d", i)
	}
	return tags
}

// bounded fails unless f ends within a second and without taking much memory.
func bounded(t *testing.T, what string, f func() error) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	err := f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; took > time.Second || mb > 64 {
		t.Errorf("%s: took %v and %d MB", what, took, mb)
	}
	return err
}

func TestWhatWouldNeverEndIsStopped(t *testing.T) {
	vars := map[string]any{"tags": manyTags(1000), "first_name": strings.Repeat("a", 1000)}
	for _, source := range []string{
		`tags.all(a, tags.all(b, tags.all(c, a + b + c != '')))`,
		`tags.map(a, tags.map(b, a + b)).size() > 0`,
		`tags.filter(a, tags.exists(b, b == a + 'x')).size() == 1`,
		`tags.map(a, tags).flatten().map(a, tags).flatten().size() > 0`,
		`tags.map(a, tags).join() == ''`,
		`tags.join(tags.join(tags.join(','))) == 'x'`,
		`first_name.replace('a', first_name).replace('a', first_name).replace('a', first_name) == 'x'`,
		`lists.range(100000000).size() > 0`,
		`lists.range(100000).map(a, lists.range(100000)).size() > 0`,
	} {
		p, err := expr.Compile(expr.When, source)
		if err != nil {
			continue // refused, which is the earliest stop
		}
		err = bounded(t, source, func() error {
			_, err := p.Bool(context.Background(), vars)
			return err
		})
		if err == nil {
			t.Errorf("%s: ran to its end", source)
		}
	}
}

func TestTextsDoNotGrowWithoutBound(t *testing.T) {
	grown := "value"
	for range 60 {
		grown = "(" + grown + ").replace('a', 'aaaaaaaaaa')"
		if len(grown) > 1000 {
			break
		}
	}
	doubled := strings.Repeat(`[0,1,2,3,4,5,6,7,8,9].map(i, `, 8) + `value` + strings.Repeat(`)`, 8)
	chained := "[value]" + strings.Repeat(".map(a,a+a)", 14) + "[0]"
	listed := "[value]" + strings.Repeat(".map(a,[a,a]).flatten()", 14)
	joined := "[value]" + strings.Repeat(".map(a,[a,a].join())", 14) + "[0]"
	formatted := "[value]" + strings.Repeat(".map(a,'%s%s%s%s'.format([a,a,a,a]))", 14) + "[0]"
	nested := "[value]" + strings.Repeat(".map(a,[a,a])", 40) + ".map(a, a == a)"
	compared := "[value]" + strings.Repeat(".map(a,[a,a])", 14) + strings.Repeat(".map(a,[a,a].filter(b,a==b)[0])", 20) + "[0] == 1"
	both := "(value + value)" + strings.Repeat(" + (value + value)", 200)
	less := "lists.range(1000).filter(i, value + 'a' < value + 'b').size()"
	within := "lists.range(1000).filter(i, (value + 'a') in [value]).size()"
	written := "[value]" + strings.Repeat(".map(a,[a,a])", 30) + ".map(a, '%s'.format([a]))[0]"
	for _, source := range []string{nested, compared, both, less, within, written, grown, doubled, chained, listed, joined, formatted, `value + value + value + value`, `'%s%s%s%s'.format([value, value, value, value])`} {
		p, err := expr.Compile(expr.Transform, source)
		if err != nil {
			continue
		}
		for _, text := range []string{"a", strings.Repeat("a", 1<<20)} {
			_ = bounded(t, source, func() error {
				v, err := p.Value(context.Background(), record.Text(text))
				if err == nil && len(v.Text()) > 1<<20 {
					t.Errorf("%.60s: gave %d bytes", source, len(v.Text()))
				}
				return err
			})
		}
	}
}

func TestASourceCannotBlowUpWhileItIsRead(t *testing.T) {
	for name, source := range map[string]string{
		"brackets":     strings.Repeat("(", 2000) + "1" + strings.Repeat(")", 2000),
		"lists":        strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
		"negations":    strings.Repeat("!", 4000) + "true",
		"minus signs":  strings.Repeat("-", 4000) + "1",
		"conditionals": strings.Repeat("true ? ", 500) + "1" + strings.Repeat(" : 2", 500),
		"sums":         "1" + strings.Repeat("+1", 2000),
		"selections":   "value" + strings.Repeat(".a", 2000),
		"indices":      "value" + strings.Repeat("[0]", 1300),
		"macros":       "value" + strings.Repeat(".map(a,a)", 400),
		"all macros":   strings.Repeat("value.all(a,", 300) + "true" + strings.Repeat(")", 300),
		"copies":       "optional.of(value)" + strings.Repeat(".optMap(a,a)", 300),
		"few copies":   "optional.of(value)" + strings.Repeat(".optMap(a,a)", 6),
		"flat copies":  "optional.of(value)" + strings.Repeat(".optFlatMap(a,optional.of(a))", 100),
		"spaced":       "optional.of(value)" + strings.Repeat(". optMap (a,a)", 200),
		"too long":     strings.Repeat(" ", 5000) + "1",
		"binary":       strings.Repeat("\x00\xff", 1000),
		"long string":  "'" + strings.Repeat("é", 4000) + "'",
		"regex":        "value.matches('" + strings.Repeat("(a*)*", 300) + "')",
		"regex repeat": "value.matches('((a{1000}){1000}){1000}')",
	} {
		_ = bounded(t, name, func() error {
			p, err := expr.Compile(expr.Transform, source)
			if err == nil {
				_, err = p.Value(context.Background(), record.Text(strings.Repeat("a", 2000)))
			}
			return err
		})
	}
}

func TestACancelledRunEnds(t *testing.T) {
	p := compile(t, expr.When, `tags.exists(t, t == 'x')`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Bool(ctx, map[string]any{"tags": manyTags(1000)}); err == nil {
		t.Error("a run of a thousand steps looked at no context")
	}
}

// What a contact with very many tags needs stays possible.
func TestAThousandTagsAreNotTooMany(t *testing.T) {
	for _, source := range []string{`tags.exists(t, t == 'customer')`, `'customer' in tags`, `tags.filter(t, t.startsWith('vip')).size() == 0`, `!tags.exists(t, t.contains('cust')) || country == 'US'`} {
		if _, err := compile(t, expr.When, source).Bool(context.Background(), map[string]any{"tags": manyTags(1000)}); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}

// An expression reaches nothing but its variables.
func TestThereIsNothingElseToRead(t *testing.T) {
	for _, source := range []string{`env('HOME')`, `os.getenv('HOME')`, `file('/etc/passwd')`, `http('https://example.com')`, `now()`, `secret`, `value.exec()`, `random()`, `google.protobuf.Any{}`} {
		if p, err := expr.Compile(expr.Transform, source); err == nil {
			if v, err := p.Value(context.Background(), record.Text("x")); err == nil {
				t.Errorf("%s: gave %q", source, v)
			}
		}
	}
}
