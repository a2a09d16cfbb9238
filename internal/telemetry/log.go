// Package telemetry is how Tandem tells what it does: structured logs and Prometheus metrics. It is a leaf: it knows
// no pair, record or store, and holds no global; app makes one of each and passes them on. Secrets never pass it.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// LogOptions choose the form of logs.
type LogOptions struct {
	Out   io.Writer
	Level slog.Level
	JSON  bool // one object a line; false: text, for a terminal
}

// NewLogger writes to o.Out, with secrets blotted out.
func NewLogger(o LogOptions) *slog.Logger {
	h := &slog.HandlerOptions{Level: o.Level}
	if o.JSON {
		return slog.New(Redact(slog.NewJSONHandler(o.Out, h)))
	}
	return slog.New(Redact(slog.NewTextHandler(o.Out, h)))
}

// Blot stands where a secret was.
const Blot = "*****"

// Redact wraps a handler so that attributes named like secrets, and texts that hold one, are blotted out. It is the
// last line of defence: nobody should log a secret in the first place.
func Redact(next slog.Handler) slog.Handler {
	return &redactor{next: next, inText: regexp.MustCompile(
		// a bearer, a password in an address, a token or key in a query, a private integration token
		`(?i)(bearer\s+)[^\s"',;]+|(://[^\s/:@"]*:)[^\s/@"]+@|([?&](?:access_token|refresh_token|token|client_secret|secret|api_key|key|code|password)=)[^\s&"]+|(\bpit-)[0-9a-f-]{8,}`)}
}

type redactor struct {
	next   slog.Handler
	inText *regexp.Regexp
}

func (r *redactor) Enabled(ctx context.Context, l slog.Level) bool { return r.next.Enabled(ctx, l) }

func (r *redactor) Handle(ctx context.Context, in slog.Record) error {
	out := slog.NewRecord(in.Time, in.Level, r.text(in.Message), in.PC)
	in.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(r.attr(a))
		return true
	})
	return r.next.Handle(ctx, out)
}

func (r *redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = r.attr(a)
	}
	return &redactor{r.next.WithAttrs(clean), r.inText}
}

func (r *redactor) WithGroup(name string) slog.Handler {
	return &redactor{r.next.WithGroup(name), r.inText}
}

func (r *redactor) attr(a slog.Attr) slog.Attr {
	if isSecretName(a.Key) {
		return slog.String(a.Key, Blot)
	}
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, r.text(v.String()))
	case slog.KindGroup:
		group := make([]slog.Attr, len(v.Group()))
		for i, g := range v.Group() {
			group[i] = r.attr(g)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(group...)}
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			return slog.String(a.Key, r.text(err.Error()))
		}
	}
	return a
}

// text is s without secrets. Most texts hold none: look for a sign of one before the expression runs.
func (r *redactor) text(s string) string {
	if !strings.ContainsAny(s, ":=-") && !strings.Contains(s, " ") {
		return s
	}
	return r.inText.ReplaceAllStringFunc(s, func(found string) string {
		groups := r.inText.FindStringSubmatch(found)
		for _, kept := range groups[1:] {
			if kept != "" {
				if strings.HasSuffix(found, "@") {
					return kept + Blot + "@"
				}
				return kept + Blot
			}
		}
		return Blot
	})
}

func isSecretName(name string) bool {
	switch strings.ToLower(strings.ReplaceAll(name, "-", "_")) {
	case "token", "access_token", "refresh_token", "secret", "client_secret", "password", "authorization", "api_key", "master_key", "admin_token", "cookie", "signature":
		return true
	}
	return false
}
