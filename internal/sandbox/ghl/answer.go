package ghl

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tandem/internal/sandbox/wire"
)

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, f *fault) {
	m := map[string]any{"statusCode": f.status, "message": f.message, "traceId": "sandbox-trace"}
	switch f.status {
	case 422:
		m["error"] = "Unprocessable Entity"
	case 400:
		m["error"] = "Bad Request"
	case 401:
		m["error"] = "Unauthorized"
	}
	if f.meta != nil {
		m["meta"] = f.meta
	}
	answer(w, f.status, m)
}

func quotaHeaders(h http.Header, l wire.Left) {
	if l.Burst > 0 {
		h.Set("X-RateLimit-Max", strconv.Itoa(l.Burst))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(l.Remaining))
		h.Set("X-RateLimit-Interval-Milliseconds", strconv.FormatInt(l.Interval.Milliseconds(), 10))
	}
	if l.Daily > 0 {
		h.Set("X-RateLimit-Limit-Daily", strconv.Itoa(l.Daily))
		h.Set("X-RateLimit-Daily-Remaining", strconv.Itoa(l.DailyRemaining))
		h.Set("X-RateLimit-Daily-Reset", strconv.FormatInt(l.DailyReset.Milliseconds(), 10))
	}
}

func refuseQuota(w http.ResponseWriter, _ string) {
	answer(w, 429, map[string]any{"statusCode": 429, "message": "Too many requests"})
}

// failed is the answer of a fault. The network in front of the API speaks HTML when it is the one to fail.
func failed(w http.ResponseWriter, status int) {
	switch status {
	case 422:
		refuse(w, invalid([]string{"phone must be a valid phone number"}))
	case 504, 0, 502:
		if status == 0 {
			status = 502
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<html><body><h1>" + http.StatusText(status) + "</h1></body></html>"))
	default:
		refuse(w, &fault{status: status, message: "Internal server error"})
	}
}

// scoped guards a route: bearer, Version, scope.
func (s *Server) scoped(scope string, h func(http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		scopes, known := s.opt.Tokens[token]
		if !ok || !known {
			refuse(w, &fault{status: 401, message: "Invalid JWT"})
			return
		}
		if v := r.Header.Get("Version"); v != "2021-07-28" && v != "2021-04-15" {
			refuse(w, &fault{status: 400, message: "version header was not found or is not valid"})
			return
		}
		if scopes != nil && scope != "" && !slices.Contains(scopes, scope) {
			refuse(w, &fault{status: 401, message: "The token is not authorized for this scope."})
			return
		}
		h(w, r)
	}
}

// body reads a JSON object, or answers why not.
func body(w http.ResponseWriter, r *http.Request) (map[string]any, bool) {
	var m map[string]any
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 5<<20))
	if err != nil || json.Unmarshal(raw, &m) != nil || m == nil {
		refuse(w, &fault{status: 400, message: "Unexpected token in JSON"})
		return nil, false
	}
	return m, true
}

// mine checks a locationId that a call names.
func (s *Server) mine(w http.ResponseWriter, id any) bool {
	switch id {
	case s.opt.LocationID:
		return true
	case nil, "":
		refuse(w, invalid([]string{"locationId should not be empty"}))
	default:
		refuse(w, &fault{status: 403, message: "The token does not have access to this location."})
	}
	return false
}

func number(w http.ResponseWriter, r *http.Request, key string, def, most int) (int, bool) {
	v := r.URL.Query().Get(key)
	if v == "" {
		return def, true
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > most {
		refuse(w, invalid([]string{key + " must not be greater than " + strconv.Itoa(most)}))
		return 0, false
	}
	return n, true
}
