// Package api is the JSON API of `tandem serve`: it parses, calls operate, and renders. It holds no SQL, makes no call
// to either system, and decides nothing; what a status means is decided in one place (problem.go).
package api
