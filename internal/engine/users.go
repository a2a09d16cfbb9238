package engine

import (
	"context"
	"strings"
	"sync"

	"tandem/internal/record"
)

// userCache matches the people who work in the two accounts by e-mail. Inactive ones match nobody.
type userCache struct {
	mu        sync.RWMutex
	emailOf   map[string]string // GHL user id -> e-mail
	commonsku map[string]string // e-mail -> commonsku user id
}

// refreshUsers reads who works on both sides. A side that does not tell leaves its people unmatched.
func (e *Engine) refreshUsers(ctx context.Context, p *Pair) {
	emailOf, commonsku := map[string]string{}, map[string]string{}
	for _, s := range record.Sides {
		d := p.Driver(s)
		if _, ok := d.Can().Kinds[record.User]; !ok {
			continue
		}
		acc, err := d.Describe(ctx)
		if err != nil {
			e.log.Warn("users cannot be read", "pair", p.Name, "side", s, "err", err)
			continue
		}
		for _, u := range acc.Users {
			mail := strings.ToLower(strings.TrimSpace(u.Email))
			switch {
			case mail == "" || !u.Active:
			case s == record.GHL:
				emailOf[u.ID] = mail
			default:
				commonsku[mail] = u.ID
			}
		}
	}
	p.users.mu.Lock()
	defer p.users.mu.Unlock()
	p.users.emailOf, p.users.commonsku = emailOf, commonsku
}

// commonskuID is the commonsku user of a GHL user, by e-mail and the configured exceptions; "" for nobody.
func (u *userCache) commonskuID(ghlID string, renamed map[string]string) string {
	u.mu.RLock()
	defer u.mu.RUnlock()
	mail := u.emailOf[ghlID]
	if to, ok := renamed[mail]; ok {
		mail = strings.ToLower(to)
	}
	return u.commonsku[mail]
}
