// Package config turns tandem.yaml and the environment into a typed, checked Config: parse, default, resolve `env:` and
// `file:`, validate. It reports every mistake at once, each with file, line, key and mend. It never builds anything from
// what it read, opens no database and calls nobody; only app and cli know it.
package config

import (
	"strings"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
)

// Config is a checked configuration. Every field holds what is in force: defaults are filled in.
type Config struct {
	File       string // the file it was read from, as given
	Listen     string // host:port
	PublicURL  string // without a slash at the end; "" if nobody outside needs to reach us
	Database   string // "sqlite:PATH", the path absolute or relative to the working directory, or "postgres://…"
	MasterKey  Secret // 32 bytes in base64; "" if not set
	AdminToken Secret // bearer of the JSON API; "" means that the API refuses everyone
	Pairs      []Pair
	Notify     []Notify
	// Warnings are things that work and deserve a look, such as an API open to the network.
	Warnings []Mistake
}

// Pair finds a pair by its name.
func (c *Config) Pair(name string) (Pair, bool) {
	for _, p := range c.Pairs {
		if p.Name == name {
			return p, true
		}
	}
	return Pair{}, false
}

// SQLitePath is the database file, and whether the database is SQLite at all.
func (c *Config) SQLitePath() (string, bool) { return strings.CutPrefix(c.Database, "sqlite:") }

// Pair is one GHL location and one commonsku account.
type Pair struct {
	Name         string // letters, digits, - and _
	Line         int    // in the file
	GHL          GHL
	Commonsku    Commonsku
	Contacts     Kind
	Companies    Kind
	Tasks        Kind
	Notes        Kind
	Appointments Kind
	DeleteGuard  DeleteGuard
	Sweep        Sweep
	Poll         Poll
	Users        Users
	// Mapping rows lie over the built-in map of their kind.
	Mapping map[record.Kind][]MappingRow
}

// Kind finds the settings of a kind; those of a kind that has none are zero.
func (p Pair) Kind(k record.Kind) Kind {
	switch k {
	case record.Contact:
		return p.Contacts
	case record.Company:
		return p.Companies
	case record.Task:
		return p.Tasks
	case record.Note:
		return p.Notes
	case record.Appointment:
		return p.Appointments
	}
	return Kind{}
}

// GHL is how to reach one location. Either Token or OAuth is set.
type GHL struct {
	BaseURL    string // without a slash at the end
	LocationID string
	Token      Secret // a private integration token: no webhooks come with it
	OAuth      *OAuth
	// WebhookPublicKey is PEM (SPKI, Ed25519); the vendor's key unless set.
	WebhookPublicKey string
	// LegacyPublicKey is PEM (SPKI, RSA). Where it is set, X-WH-Signature is accepted too; the vendor has retired it.
	LegacyPublicKey string
	// HintSecret opens POST /webhooks/hint/{pair}/{secret}; "" leaves it closed.
	HintSecret Secret
	Quota      Quota
}

// OAuth is the app of a location that was connected through the vendor's marketplace.
type OAuth struct {
	ClientID     string
	ClientSecret Secret
}

// Commonsku is how to reach one account.
type Commonsku struct {
	BaseURL string // without a slash at the end
	Token   Secret
	// Profile is the name of a built-in one (default, readonly, csv) or the path of a file.
	Profile string
	// WebhookSecret opens POST /webhooks/commonsku/{pair}, where the profile has webhooks; "" leaves it closed.
	WebhookSecret Secret
	Quota         Quota
}

// Quota is what an account may be asked.
type Quota struct {
	Burst    int // calls an Interval
	Interval time.Duration
	Daily    int // 0: no limit a day
}

// Kind is how one kind of record is synced.
type Kind struct {
	Direction         merge.Direction
	CreateInGHL       bool // commonsku's records without a counterpart are made in GHL
	CreateInCommonsku bool
	Filter            string // expression that gates updates both ways; "" always
	When              string // expression that gates creation in commonsku, contacts only; "" always
	OnConflict        merge.Policy
	Tie               record.Side
	DeleteInGHL       DeletePolicy // what a delete in commonsku does in GHL
	DeleteInCommonsku DeletePolicy
	Drift             merge.Drift
	FirstMatchAuto    bool
	// ClientChildren of notes and tasks that hang on a client and not on a contact: ignore or primary_contact.
	ClientChildren string
	As             string // appointments: event or note
}

// DeletePolicy is what a delete on one side does on the other.
type DeletePolicy string

// The policies.
const (
	DeleteIgnore  DeletePolicy = "ignore"
	DeleteArchive DeletePolicy = "archive"
	DeleteDelete  DeletePolicy = "delete"
)

// DeleteGuard stops a pair at the lower of Max and Percent of its links, counted over Window.
type DeleteGuard struct {
	Max     int
	Percent int
	Window  time.Duration
}

// Sweep is how often both sides are asked what changed, and how often everything is walked.
type Sweep struct {
	Every time.Duration
	Full  time.Duration
}

// Poll is how often a side without webhooks is asked for changes; 0 is never.
type Poll struct {
	Commonsku time.Duration
	GHL       time.Duration // set for pairs with a private integration token
}

// Users says who is who in both accounts, where e-mail addresses do not.
type Users struct {
	FallbackInGHL       string            // e-mail of who gets what nobody owns
	FallbackInCommonsku string            // likewise
	Map                 map[string]string // e-mail in one system to e-mail in the other, lower-cased
}

// Notify is one receiver of messages about what needs a person.
type Notify struct {
	To   Secret // address or URL
	Kind string // slack, teams, email, webhook
	On   []string
}

// Secret is a text that is never printed: every way of showing it gives stars.
type Secret string

// Reveal is the text itself, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "*****"
}

// GoString keeps secrets out of %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps secrets out of JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
