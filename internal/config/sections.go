package config

import (
	"slices"
	"strings"
	"time"

	"tandem/internal/record"
)

// This file is the shape of tandem.yaml, key by key, with the defaults of whatever is not a kind.

func (v value) config(c *Config) {
	c.Listen = "127.0.0.1:8080"
	c.Database = "sqlite:tandem.db"
	v.mapping(
		field{"listen", func(v value) { v.listen(&c.Listen) }},
		field{"public_url", func(v value) { v.url(&c.PublicURL) }},
		field{"database", func(v value) { v.database(&c.Database) }},
		field{"master_key", func(v value) { v.masterKey(&c.MasterKey) }},
		field{"admin_token", func(v value) { v.adminToken(&c.AdminToken) }},
		field{"pairs", func(v value) {
			v.each(func(_ int, v value) {
				p := newPair()
				if v.pair(&p) {
					c.Pairs = append(c.Pairs, p)
				}
			})
		}},
		field{"notify", func(v value) {
			v.each(func(_ int, v value) {
				var n Notify
				v.notify(&n)
				c.Notify = append(c.Notify, n)
			})
		}},
	)
}

func newPair() Pair {
	return Pair{
		GHL:          GHL{BaseURL: "https://services.leadconnectorhq.com", Quota: Quota{Burst: 100, Interval: 10 * time.Second, Daily: 200_000}},
		Commonsku:    Commonsku{Profile: "default", Quota: Quota{Burst: 10, Interval: time.Second}},
		Contacts:     newKind(record.Contact),
		Companies:    newKind(record.Company),
		Tasks:        newKind(record.Task),
		Notes:        newKind(record.Note),
		Appointments: newKind(record.Appointment),
		DeleteGuard:  DeleteGuard{Max: 25, Percent: 5, Window: time.Hour},
		Sweep:        Sweep{Every: 5 * time.Minute, Full: 24 * time.Hour},
		Poll:         Poll{Commonsku: 30 * time.Second},
		Mapping:      map[record.Kind][]MappingRow{},
	}
}

func (v value) pair(p *Pair) bool {
	p.Line = v.line()
	polled := false // poll.ghl was given
	if v.isNull() {
		v.wrong("write its name, ghl and commonsku", "an empty pair")
		return false
	}
	is := v.mapping(
		field{"name", func(v value) { v.name(&p.Name) }},
		field{"ghl", func(v value) { v.ghl(&p.GHL) }},
		field{"commonsku", func(v value) { v.commonsku(&p.Commonsku) }},
		field{"sync", func(v value) { v.sync(p) }},
		field{"delete_guard", func(v value) {
			v.mapping(
				field{"max", func(v value) { v.whole(&p.DeleteGuard.Max, 1, 1_000_000) }},
				field{"percent", func(v value) { v.whole(&p.DeleteGuard.Percent, 1, 100) }},
				field{"window", func(v value) { v.duration(&p.DeleteGuard.Window, time.Minute) }},
			)
		}},
		field{"sweep", func(v value) {
			v.mapping(
				field{"every", func(v value) { v.duration(&p.Sweep.Every, time.Second) }},
				field{"full", func(v value) { v.duration(&p.Sweep.Full, time.Second) }},
			)
		}},
		field{"poll", func(v value) {
			v.mapping(
				field{"commonsku", func(v value) { v.duration(&p.Poll.Commonsku, 0) }},
				field{"ghl", func(v value) { polled = true; v.duration(&p.Poll.GHL, 0) }},
			)
		}},
		field{"users", func(v value) { v.users(&p.Users) }},
		field{"mapping", func(v value) { v.rows(p) }},
	)
	if is {
		v.complete(p)
		v.r.checkRows(v.sub("mapping"), *p)
	}
	if p.GHL.OAuth == nil && !polled {
		p.Poll.GHL = time.Minute // no webhooks come with a private integration token
	}
	return is
}

// complete says what a pair lacks.
func (v value) complete(p *Pair) {
	lacks := func(key, mend string, lacking bool) {
		// A key that is there and wrong has been told already.
		parent, _, _ := strings.Cut(key, ".")
		if lacking && !v.r.told(v.sub(key)) && !v.r.toldAt(v.sub(parent)) {
			v.r.wrong(v.line(), v.sub(key), mend, "is missing")
		}
	}
	lacks("name", "give the pair a short name, such as acme", p.Name == "")
	lacks("ghl.location_id", "it is in the address of every page of the location: …/location/ID/…", p.GHL.LocationID == "")
	if !v.r.told(v.sub("ghl.token")) && !v.r.told(v.sub("ghl.oauth")) {
		lacks("ghl.token", "write token: env:GHL_TOKEN (a private integration token), or oauth", p.GHL.Token == "" && p.GHL.OAuth == nil)
	}
	if p.GHL.Token != "" && p.GHL.OAuth != nil {
		v.r.wrong(v.line(), v.sub("ghl.token"), "keep one of them", "token and oauth exclude each other")
	}
	lacks("commonsku.base_url", "the address of commonsku's API, up to and with the stage", p.Commonsku.BaseURL == "")
	lacks("commonsku.token", "write token: env:COMMONSKU_TOKEN", p.Commonsku.Token == "")
}

// toldAt says whether a mistake was already reported at key itself.
func (r *reader) toldAt(key string) bool {
	return slices.ContainsFunc(r.mistakes, func(m Mistake) bool { return m.Key == key })
}

// told says whether a mistake was already reported at key or below it.
func (r *reader) told(key string) bool {
	for _, m := range r.mistakes {
		if m.Key == key || strings.HasPrefix(m.Key, key+".") || strings.HasPrefix(m.Key, key+"[") {
			return true
		}
	}
	return false
}

func (v value) ghl(g *GHL) {
	v.mapping(
		field{"base_url", func(v value) { v.url(&g.BaseURL) }},
		field{"location_id", func(v value) { v.text(&g.LocationID) }},
		field{"token", func(v value) { v.secret(&g.Token) }},
		field{"oauth", func(v value) {
			g.OAuth = &OAuth{}
			v.mapping(
				field{"client_id", func(v value) { v.text(&g.OAuth.ClientID) }},
				field{"client_secret", func(v value) { v.secret(&g.OAuth.ClientSecret) }},
			)
			if g.OAuth.ClientID == "" && !v.r.told(v.sub("client_id")) {
				v.wrong("it is on the app's page in the vendor's marketplace", "client_id is missing")
			}
			if g.OAuth.ClientSecret == "" && !v.r.told(v.sub("client_secret")) {
				v.wrong("write client_secret: env:GHL_CLIENT_SECRET", "client_secret is missing")
			}
		}},
		field{"webhook_public_key", func(v value) { v.publicKey(&g.WebhookPublicKey, ed25519Key) }},
		field{"legacy_public_key", func(v value) { v.publicKey(&g.LegacyPublicKey, rsaKey) }},
		field{"hint_secret", func(v value) { v.secret(&g.HintSecret) }},
		field{"quota", func(v value) { v.quota(&g.Quota) }},
	)
}

func (v value) commonsku(c *Commonsku) {
	v.mapping(
		field{"base_url", func(v value) { v.url(&c.BaseURL) }},
		field{"token", func(v value) { v.secret(&c.Token) }},
		field{"profile", func(v value) { v.profile(&c.Profile) }},
		field{"webhook_secret", func(v value) { v.secret(&c.WebhookSecret) }},
		field{"quota", func(v value) { v.quota(&c.Quota) }},
	)
}

func (v value) quota(q *Quota) {
	v.mapping(
		field{"burst", func(v value) { v.whole(&q.Burst, 1, 1_000_000) }},
		field{"interval", func(v value) { v.duration(&q.Interval, 100*time.Millisecond) }},
		field{"daily", func(v value) { v.whole(&q.Daily, 0, 1_000_000_000) }},
	)
}

func (v value) users(u *Users) {
	v.mapping(
		field{"fallback", func(v value) {
			v.mapping(
				field{"in_ghl", func(v value) { v.email(&u.FallbackInGHL) }},
				field{"in_commonsku", func(v value) { v.email(&u.FallbackInCommonsku) }},
			)
		}},
		field{"map", func(v value) {
			u.Map = map[string]string{}
			v.entries(func(name string, v value) {
				var to string
				v.email(&to)
				u.Map[strings.ToLower(name)] = to
			})
		}},
	)
}

func (v value) notify(n *Notify) {
	v.mapping(
		field{"kind", func(v value) { v.choice(&n.Kind, "slack", "teams", "email", "webhook") }},
		field{"to", func(v value) {
			s, given, ok := v.scalar()
			if ok && given == "" && strings.Contains(s, "://") {
				v.wrong("write env:NAME or file:PATH", "a secret in the clear: whoever knows the address can post to it")
				return
			}
			n.To = Secret(s)
		}},
		field{"on", func(v value) {
			v.each(func(_ int, v value) {
				var event string
				v.choice(&event, "dead_letter", "conflict", "ask", "held", "auth", "quota", "paused", "schema_drift")
				n.On = append(n.On, event)
			})
		}},
	)
	if n.Kind == "" && !v.r.told(v.sub("kind")) {
		v.wrong("choose slack, teams, email or webhook", "kind is missing")
	}
	if n.To == "" && !v.r.told(v.sub("to")) {
		v.wrong("write to: env:NAME", "to is missing")
	}
}
