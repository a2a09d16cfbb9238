package config

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// This file reads the scalars that mean more than text.

func (v value) listen(to *string) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	host, port, err := net.SplitHostPort(s)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		v.wrong("write HOST:PORT, such as 127.0.0.1:8080", "%q is not an address to listen on", s)
		return
	}
	if !isLoopback(host) {
		v.r.warn(v.line(), v.key, "put a proxy with TLS in front and listen on 127.0.0.1, unless this is a private network",
			"the API and the pages will be open to the network on %s, without TLS", s)
	}
	*to = s
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// url reads an address of HTTP. A token sent over plain http can be read on the way, so only this machine may have it.
func (v value) url(to *string) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		v.wrong("write it whole, beginning with https://", "%q is not a web address", s)
	case u.User != nil:
		v.wrong("remove it; credentials have keys of their own", "a user or password in the address")
	case u.RawQuery != "" || u.Fragment != "":
		v.wrong("end it with the path", "the address must not have a query or fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		v.wrong("write https://", "plain http to %s: tokens and customers' data could be read on the way", u.Hostname())
	default:
		*to = strings.TrimRight(s, "/")
	}
}

func (v value) database(to *string) {
	s, given, ok := v.scalar()
	if !ok {
		return
	}
	if path, is := strings.CutPrefix(s, "sqlite:"); is {
		if path == "" || strings.HasPrefix(path, ":memory:") {
			v.wrong("write sqlite:tandem.db", "a database must be a file: links and history would be lost at the next start")
			return
		}
		*to = s
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" && u.Query().Get("host") == "" || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		v.wrong("write sqlite:PATH or postgres://USER@HOST/DATABASE", "not a database address") // it may hold a password
		return
	}
	if _, has := u.User.Password(); given == "" && (has || u.Query().Has("password")) {
		v.wrong("write database: env:NAME with the whole address, or leave the password to PGPASSWORD or ~/.pgpass", "a password in the clear: this file gets copied and committed")
		return
	}
	*to = s
}

// absolute makes the path of an SQLite database independent of where a verb is started: relative to the configuration file.
func (r *reader) absolute(database string) string {
	path, is := strings.CutPrefix(database, "sqlite:")
	if !is || filepath.IsAbs(path) {
		return database
	}
	return "sqlite:" + filepath.Join(r.folder, path)
}

func (v value) masterKey(to *Secret) {
	if v.unset() {
		return // told where something needs it
	}
	if v.secret(to); *to != "" {
		if b, err := base64.StdEncoding.DecodeString(to.Reveal()); err != nil || len(b) != 32 {
			*to = ""
			v.wrong("`tandem keys make` prints a new one", "must be 32 bytes in base64")
		}
	}
}

func (v value) adminToken(to *Secret) {
	if v.unset() {
		v.r.warn(v.line(), v.key, "set it to a long random text", "%s is not set: the JSON API will refuse everyone", strings.TrimPrefix(v.node.Value, "env:"))
		return
	}
	if v.secret(to); *to != "" && len(*to) < 16 {
		v.r.warn(v.line(), v.key, "`openssl rand -base64 32` makes a good one", "short enough to be guessed")
	}
}

// unset says that v names an environment variable that has no value.
func (v value) unset() bool {
	name, is := strings.CutPrefix(v.resolved().Value, "env:")
	if !is {
		return false
	}
	s, _ := v.r.env(name)
	return s == ""
}

func (v value) name(to *string) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	for _, c := range s {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			v.wrong("use letters, digits, - and _", "%q cannot be part of an address", s)
			return
		}
	}
	if len(s) > 64 {
		v.wrong("", "longer than 64 characters")
		return
	}
	*to = s
}

// profile is the name of a built-in one, or a file.
func (v value) profile(to *string) {
	s, _, ok := v.scalarKeepingFile()
	if !ok {
		return
	}
	switch s {
	case "default", "readonly", "csv":
		*to = s
		return
	}
	path := s
	if !filepath.IsAbs(path) {
		path = filepath.Join(v.r.folder, path)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		v.wrong("choose default, readonly, csv, or a file relative to the configuration file", "there is no profile %q", s)
		return
	}
	*to = path
}

// scalarKeepingFile is scalar, except that file:PATH gives the path: a profile is a document, not a value.
func (v value) scalarKeepingFile() (string, string, bool) {
	if path, is := strings.CutPrefix(v.resolved().Value, "file:"); is {
		return path, "file", true
	}
	return v.scalar()
}

func (v value) email(to *string) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		v.wrong("", "%q is not an e-mail address", s)
		return
	}
	*to = strings.ToLower(s)
}

// keyKind is what a public key must be.
type keyKind string

const (
	ed25519Key keyKind = "Ed25519"
	rsaKey     keyKind = "RSA"
)

func (v value) publicKey(to *string, kind keyKind) {
	s, _, ok := v.scalar()
	if !ok {
		return
	}
	const mend = "it begins with -----BEGIN PUBLIC KEY-----; write file:PATH"
	block, _ := pem.Decode([]byte(s))
	if block == nil {
		v.wrong(mend, "not a public key in PEM")
		return
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		v.wrong(mend, "not a public key: %s", err)
		return
	}
	_, isEd := key.(ed25519.PublicKey)
	_, isRSA := key.(*rsa.PublicKey)
	if kind == ed25519Key && !isEd || kind == rsaKey && !isRSA {
		v.wrong("", "must be an %s key, this is %T", kind, key)
		return
	}
	*to = s
}
