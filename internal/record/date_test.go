package record

import (
	"strconv"
	"testing"
	"time"
)

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func TestDate(t *testing.T) {
	for raw, want := range map[string]string{
		"1990-05-01":                "1990-05-01",
		" 1990-05-01 ":              "1990-05-01",
		"1990-05-01T00:00:00.000Z":  "1990-05-01",
		"1990-05-01T00:00:00Z":      "1990-05-01",
		"1990-05-01T00:00:00+02:00": "1990-05-01", // a midnight of its own
		"1990-05-01T23:30:00-05:00": "1990-05-02", // no midnight: the day that it is
		"1990-05-01T10:00:00+0200":  "1990-05-01",
		"1990-05-01 10:00:00":       "1990-05-01",
		"1990-05-01T10:00":          "1990-05-01",
		"641520000000":              "1990-05-01",
		"-315619200000":             "1960-01-01",
		"2024-02-29":                "2024-02-29",
		"2023-02-29":                "",
		"1990-5-1":                  "",
		"05/01/1990":                "",
		"19900501":                  "",
		"0000-01-01":                "",
		"99999999999999999999":      "",
		"--315619200000":            "",
		"1990-05-01T25:00:00Z":      "",
		"yesterday":                 "",
		"":                          "",
	} {
		got, ok := Date(raw)
		if got != want || ok != (want != "") {
			t.Errorf("Date(%q) = %q, %v; want %q", raw, got, ok, want)
		}
	}
}

func TestDateInAZone(t *testing.T) {
	for raw, want := range map[string]string{
		"2026-11-25T02:00:00.000Z": "2026-11-24", // eight in the evening before
		"2026-11-25T00:00:00.000Z": "2026-11-25", // a day written as an instant
		"2026-11-25":               "2026-11-25",
		"2026-11-25 02:00:00":      "2026-11-25",
	} {
		if got, _ := DateIn(raw, chicago); got != want {
			t.Errorf("DateIn(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestInstant(t *testing.T) {
	want := time.Date(2026, 11, 24, 15, 30, 5, 0, time.UTC)
	for _, raw := range []string{"2026-11-24T15:30:05Z", "2026-11-24T15:30:05.000Z", "2026-11-24T16:30:05+01:00", "2026-11-24 09:30:05", millis(want)} {
		if got, ok := Instant(raw, chicago); !ok || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("Instant(%q) = %v, %v; want %v", raw, got, ok, want)
		}
	}
	if got, ok := Instant("24.11.2026 09:30:05", chicago, "02.01.2006 15:04:05"); !ok || !got.Equal(want) {
		t.Errorf("a layout of the profile: %v, %v", got, ok)
	}
	if got, ok := Instant("soon", nil); ok {
		t.Errorf("Instant(soon) = %v", got)
	}
}

func TestAtPrecision(t *testing.T) {
	at := time.Date(2026, 11, 25, 2, 0, 5, 700, time.UTC)
	for _, c := range []struct {
		grain time.Duration
		want  time.Time
	}{
		{0, at},
		{Second, time.Date(2026, 11, 25, 2, 0, 5, 0, time.UTC)},
		{Day, time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)}, // midnight in Chicago
	} {
		if got := AtPrecision(at, c.grain, chicago); !got.Equal(c.want) {
			t.Errorf("at %v: %v, want %v", c.grain, got, c.want)
		}
	}
	if !AtPrecision(time.Time{}, Day, chicago).IsZero() {
		t.Error("no instant became one")
	}
}

func FuzzInstant(f *testing.F) {
	for _, s := range []string{"2026-11-24T15:30:05Z", "2026-11-24 15:30:05", "641520000000", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		Instant(raw, chicago, plainLayout)
		day, ok := DateIn(raw, chicago)
		if !ok {
			return
		}
		if again, ok := DateIn(day, chicago); !ok || again != day {
			t.Errorf("%q is %q, and that %q", raw, day, again)
		}
		if put := putDate("2026-11-24", raw, chicago); put == "" {
			t.Errorf("a day put into %q is lost", raw)
		}
	})
}
