package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tandem/internal/operate"
	"tandem/internal/record"
)

func invalid(format string, args ...any) error {
	return &operate.Error{Fault: operate.Invalid, Title: "The request does not make sense", Detail: fmt.Sprintf(format, args...)}
}

const (
	bodyBytesMax = 1 << 20
	// matchBytesMax holds the decisions on a million records.
	matchBytesMax = 256 << 20
)

// body reads a JSON body into v, strictly: a misspelt field would otherwise be a request for something else. No body at
// all reads as the empty object.
func body(r *http.Request, v any, bytesMax int64) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, bytesMax))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil && d.More() {
		err = errors.New("more than one document")
	}
	var large *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &large):
		return invalid("the body is larger than %d bytes", bytesMax)
	case errors.As(err, &wrong):
		return invalid("%s must not be a JSON %s", wrong.Field, wrong.Value)
	case err != nil:
		return invalid("the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

func listQuery(r *http.Request) (operate.ListQuery, error) {
	q := r.URL.Query()
	limit, err := limitOf(r)
	return operate.ListQuery{Pair: q.Get("pair"), Cursor: q.Get("cursor"), Limit: limit}, err
}

func limitOf(r *http.Request) (int, error) {
	s := r.URL.Query().Get("limit")
	if s == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, invalid("limit must be a whole number above 0, not %q", s)
	}
	return n, nil
}

func idOf(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, &operate.Error{Fault: operate.NotFound, Title: "No such item", Detail: fmt.Sprintf("%q is not the id of one", r.PathValue("id"))}
	}
	return id, nil
}

// kindOf reads a kind; "" is none.
func kindOf(s string) (record.Kind, error) {
	k := record.Kind(s)
	if s != "" && !slices.Contains(record.Kinds, k) {
		return "", invalid("kind must be contact, company, task, note or appointment, not %q", s)
	}
	return k, nil
}

func refOf(r *http.Request) (record.Ref, error) {
	kind, err := kindOf(r.PathValue("kind"))
	if err != nil {
		return record.Ref{}, err
	}
	ref := record.Ref{Side: record.Side(r.PathValue("side")), Kind: kind, ID: r.PathValue("id")}
	if !ref.Side.Valid() {
		return record.Ref{}, invalid("side must be ghl or commonsku, not %q", r.PathValue("side"))
	}
	return ref, nil
}
