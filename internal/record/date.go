package record

import (
	"strconv"
	"strings"
	"time"
)

// The layouts in which the two systems write days and instants. Sources: facts-ghl.md (dateOfBirth, dueDate),
// facts-commonsku.md (instants without a zone).
const (
	dayLayout   = "2006-01-02"
	plainLayout = "2006-01-02 15:04:05"
)

// Date reads a day: an ISO date, an ISO instant, milliseconds since 1970, or a date and time without a zone. It returns
// YYYY-MM-DD. An instant is read as DateIn(raw, UTC).
func Date(raw string) (string, bool) { return DateIn(raw, time.UTC) }

// DateIn reads a day as Date does. An instant at midnight (of UTC, or of its own offset) is a day that was written as an
// instant, so it is that day everywhere; any other instant is the day that it is in zone.
func DateIn(raw string, zone *time.Location) (string, bool) {
	t, layout, ok := readDate(raw)
	if !ok {
		return "", false
	}
	return dayOf(t, layout, zone), true
}

// dateLayout is how a date was written, so that a new day can be written alike.
type dateLayout int

const (
	asDay    dateLayout = iota // 2006-01-02
	asPlain                    // without a zone: the day is as written
	asMillis                   // since 1970
	asISO                      // with a zone
)

func dayOf(t time.Time, l dateLayout, zone *time.Location) string {
	switch {
	case l == asDay, l == asPlain, midnight(t):
		return t.Format(dayLayout)
	case midnight(t.UTC()):
		return t.UTC().Format(dayLayout)
	}
	return inYears(t.In(zone)).Format(dayLayout)
}

// inYears keeps a day within the years that YYYY can write, at the very edges of the calendar.
func inYears(t time.Time) time.Time {
	if t.Year() < 1 || t.Year() > 9999 {
		return t.UTC()
	}
	return t
}

func midnight(t time.Time) bool {
	h, m, s := t.Clock()
	return h == 0 && m == 0 && s == 0 && t.Nanosecond() == 0
}

// readDate parses what Date accepts.
func readDate(raw string) (time.Time, dateLayout, bool) {
	s := Name(raw)
	switch {
	case len(s) == len(dayLayout):
		if t, err := time.Parse(dayLayout, s); err == nil && t.Year() > 0 {
			return t, asDay, true
		}
	case len(s) > len(dayLayout) && (s[len(dayLayout)] == 'T' || s[len(dayLayout)] == ' '):
		return readInstant(s)
	}
	return readMillis(s)
}

// readInstant parses a date with a time behind it.
func readInstant(s string) (time.Time, dateLayout, bool) {
	s = s[:len(dayLayout)] + "T" + s[len(dayLayout)+1:]
	for _, l := range []struct {
		layout string
		as     dateLayout
	}{{time.RFC3339, asISO}, {"2006-01-02T15:04:05", asPlain}, {"2006-01-02T15:04:05Z0700", asISO}, {"2006-01-02T15:04", asPlain}} {
		if t, err := time.Parse(l.layout, s); err == nil && inYears(t).Year() > 0 && t.UTC().Year() > 0 && t.UTC().Year() <= 9999 {
			return t, l.as, true
		}
	}
	return time.Time{}, 0, false
}

// readMillis parses milliseconds since 1970. Fewer than nine digits are a number or a day without dashes: the first day
// of 1970 is the price.
func readMillis(s string) (time.Time, dateLayout, bool) {
	if digits := strings.TrimPrefix(s, "-"); len(digits) < 9 || len(digits) > 15 || digits[0] < '0' || digits[0] > '9' {
		return time.Time{}, 0, false
	}
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}, 0, false
	}
	t := time.UnixMilli(ms).UTC()
	return t, asMillis, t.Year() > 0 && t.Year() <= 9999
}

// putDate writes a day into a date as it is written now: the same layout, the same time of day.
func putDate(day, current string, zone *time.Location) string {
	d, err := time.Parse(dayLayout, day)
	t, layout, ok := readDate(current)
	if err != nil || !ok {
		return day
	}
	own := t
	if layout == asISO && !midnight(t) && !midnight(t.UTC()) || layout == asMillis && !midnight(t) {
		own = t.In(zone) // people keep their ten o'clock over a change to summer time
	}
	if midnight(t.UTC()) && layout == asISO {
		own = t.UTC()
	}
	moved := time.Date(d.Year(), d.Month(), d.Day(), own.Hour(), own.Minute(), own.Second(), own.Nanosecond(), own.Location())
	if dayOf(moved, layout, zone) != day {
		moved = d // that hour would be read as another day: the plain day is not
	}
	return writeDate(moved, t, layout, Name(current))
}

// writeDate writes t the way like was written.
func writeDate(t, was time.Time, layout dateLayout, like string) string {
	switch layout {
	case asMillis:
		return strconv.FormatInt(t.UnixMilli(), 10)
	case asDay:
		return t.Format(dayLayout)
	case asPlain:
		if like[len(dayLayout)] == 'T' {
			return t.Format("2006-01-02T15:04:05")
		}
		return t.Format(plainLayout)
	}
	if _, offset := was.Zone(); offset == 0 {
		t = t.UTC()
	}
	if strings.Contains(like, ".") {
		return t.Format("2006-01-02T15:04:05.000Z07:00")
	}
	return t.Format(time.RFC3339)
}

// Instant reads an instant: RFC 3339, milliseconds since 1970, or a layout of the caller's (Go's notation) in which times
// without a zone are in zone (nil: UTC). The result is in UTC.
func Instant(raw string, zone *time.Location, layouts ...string) (time.Time, bool) {
	if zone == nil {
		zone = time.UTC
	}
	s := strings.TrimSpace(raw)
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, s, zone); err == nil {
			return t.UTC(), true
		}
	}
	for _, l := range []string{time.RFC3339, plainLayout, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", dayLayout} {
		if t, err := time.ParseInLocation(l, s, zone); err == nil {
			return t.UTC(), true
		}
	}
	t, _, ok := readMillis(s)
	return t, ok
}

// Day and Second are precisions of instants.
const (
	Day    = 24 * time.Hour
	Second = time.Second
)

// AtPrecision cuts an instant to what a side can hold, in UTC: to a fraction of a day, or, for Day, to the midnight that
// begins its day in zone (nil: UTC). A grain of 0 keeps t.
func AtPrecision(t time.Time, grain time.Duration, zone *time.Location) time.Time {
	switch {
	case t.IsZero() || grain <= 0:
		return t.UTC()
	case grain >= Day:
		if zone == nil {
			zone = time.UTC
		}
		y, m, d := t.In(zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, zone).UTC()
	}
	return t.UTC().Truncate(grain)
}
