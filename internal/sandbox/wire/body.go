package wire

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

const bodyBytesMax = 4 << 20

// errNotObject is text for the person who sent it.
var errNotObject = errors.New("the body must be a JSON object")

// Object reads a call's body as one JSON object. An absent body is an empty object.
func Object(r *http.Request) (map[string]any, error) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, bodyBytesMax))
	if err != nil {
		return nil, err
	}
	return ParseObject(raw)
}

// ParseObject reads one JSON object.
func ParseObject(raw []byte) (map[string]any, error) {
	if len(raw) == 0 {
		return map[string]any{}, nil
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	if out == nil {
		return nil, errNotObject
	}
	return out, nil
}

// JSON answers a value. Text stays as it is: both systems leave <, > and & alone.
func JSON(w http.ResponseWriter, status int, value any) {
	raw, err := Marshal(value)
	if err != nil {
		panic(err) // a bug of the sandbox: its answers are its own types
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}
