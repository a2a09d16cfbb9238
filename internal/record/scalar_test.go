package record

import "testing"

func TestBool(t *testing.T) {
	for raw, want := range map[string]string{"true": "true", "YES": "true", " y ": "true", "1": "true", "On": "true", "false": "false", "no": "false", "0": "false", "maybe": "maybe", "": ""} {
		if got := Bool(raw); got != want {
			t.Errorf("Bool(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for raw, want := range map[string]string{
		"1234.50": "1234.5", "$1,234.50": "1234.5", "-0": "0", "007": "7", "+5": "5", "1e3": "1000", "1.5E+3": "1500", "25e-1": "2.5", "5e-3": "0.005",
		".5": "0.5", "5.": "5", "-$3": "-3", "€ 12": "12", "1,5": "1,5", "1,23,456": "1,23,456", "1.2.3": "1.2.3", "12 34": "12 34", "1e999": "1e999",
		"123456789012345678901234567890.12": "123456789012345678901234567890.12", "": "", ".": ".", "-": "-", "$": "$", "abc": "abc", "0x10": "0x10", "Infinity": "Infinity",
	} {
		if got := Number(raw); got != want {
			t.Errorf("Number(%q) = %q, want %q", raw, got, want)
		}
	}
}
