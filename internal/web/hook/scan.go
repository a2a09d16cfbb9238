package hook

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// envelope is all that this package reads of an event. Names are matched exactly, and at the top level only: an
// appointment carries a location of its own inside.
type envelope struct {
	eventType, locationID, webhookID string
}

// scan reads the envelope of a valid JSON document. A document that is no object, or values that are no texts, read as
// empty. Where a name is given twice the last one counts, as in encoding/json.
func scan(body []byte) envelope {
	var e envelope
	s := scanner{b: body}
	s.space()
	if s.i >= len(s.b) || s.b[s.i] != '{' {
		return e
	}
	s.i++
	for {
		s.space()
		if s.i >= len(s.b) || s.b[s.i] != '"' {
			return e
		}
		name := s.text()
		s.space()
		s.i++ // the colon
		s.space()
		start := s.i
		s.value()
		if to := e.slot(name); to != nil {
			*to = ""
			if s.b[start] == '"' {
				*to = unquote(s.b[start:s.i])
			}
		}
		s.space()
		if s.i >= len(s.b) || s.b[s.i] != ',' {
			return e
		}
		s.i++
	}
}

func (e *envelope) slot(quoted []byte) *string {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		name = []byte(unquote(quoted))
	}
	switch string(name) {
	case "type":
		return &e.eventType
	case "locationId":
		return &e.locationID
	case "webhookId":
		return &e.webhookID
	}
	return nil
}

func unquote(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return ""
	}
	return s
}

// scanner steps over valid JSON.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\t' || s.b[s.i] == '\n' || s.b[s.i] == '\r') {
		s.i++
	}
}

// text steps over a quoted text and returns it with its quotes.
func (s *scanner) text() []byte {
	start := s.i
	for s.i++; s.b[s.i] != '"'; s.i++ {
		if s.b[s.i] == '\\' {
			s.i++
		}
	}
	s.i++
	return s.b[start:s.i]
}

// value steps over any value.
func (s *scanner) value() {
	depth := 0
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case '"':
			s.text()
			if depth == 0 {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return // the end of the object around a bare value
			}
			depth--
			if depth == 0 {
				s.i++
				return
			}
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return
			}
		}
		s.i++
	}
}
