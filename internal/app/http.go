package app

import (
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"net/http"
	"time"

	"tandem/internal/connector"
	"tandem/internal/web/api"
	"tandem/internal/web/hook"
)

// vendorKey is GHL's key for all apps. Source: facts-ghl.md, "Webhooks".
const vendorKey = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=
-----END PUBLIC KEY-----`

// handler serves webhooks and the API.
func (a *App) handler() (http.Handler, error) {
	var pairs []hook.Pair
	for _, pc := range a.cfg.Pairs {
		text := pc.GHL.WebhookPublicKey
		if text == "" {
			text = vendorKey
		}
		var key ed25519.PublicKey
		key, err := hook.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("pair %s: ghl.webhook_public_key: %w", pc.Name, err)
		}
		var legacy *rsa.PublicKey
		if pc.GHL.LegacyPublicKey != "" {
			if legacy, err = hook.ParseLegacyKey(pc.GHL.LegacyPublicKey); err != nil {
				return nil, fmt.Errorf("pair %s: the retired webhook key: %w", pc.Name, err)
			}
		}
		pairs = append(pairs, hook.Pair{Name: pc.Name, LocationID: pc.GHL.LocationID, Key: key, LegacyKey: legacy,
			HintSecret: pc.GHL.HintSecret.Reveal(), CommonskuSecret: pc.Commonsku.WebhookSecret.Reveal()})
	}
	a.metrics.Watch(a.watch)
	mux := http.NewServeMux()
	mux.Handle("/webhooks/", hook.New(hook.Options{Pairs: pairs, Ingest: a.engine, Logger: a.log, Count: a.metrics.Webhook}))
	mux.Handle("/", api.New(api.Options{Operator: a.operate, Token: a.cfg.AdminToken.Reveal(), Ready: a.store.Ping, Metrics: a.metrics.Handler(), Logger: a.log}))
	return mux, nil
}

func (a *App) synced(pair string, lane int, took time.Duration, writes int) {
	a.metrics.Synced(pair, connector.Lane(lane).String(), took, writes)
}
