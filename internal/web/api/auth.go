package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"tandem/internal/web/problem"
)

// authorized lets only the bearer of token pass. Hashes are compared, so that neither length nor content of the token
// can be learned from how long the answer takes.
func authorized(token string, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte(token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(given)))
		if token == "" || !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			detail := "send the admin token: Authorization: Bearer TOKEN"
			if token == "" {
				detail = "this service has no admin_token, so that its API refuses everyone; set one in tandem.yaml"
			}
			w.Header().Set("WWW-Authenticate", `Bearer realm="tandem"`)
			problem.Write(w, problem.Document{Title: "Not authorized", Status: http.StatusUnauthorized, Detail: detail})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ready answers /readyz. It says why not to the log only: whoever asks may be a stranger.
func ready(check func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if check != nil && check(ctx) != nil {
			problem.Write(w, problem.Document{Title: "Not ready", Status: http.StatusServiceUnavailable, Detail: "the database cannot be written now"})
			return
		}
		write(w, http.StatusOK, ok)
	}
}
