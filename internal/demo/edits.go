package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tandem/internal/operate"
	"tandem/internal/record"
	"tandem/internal/sandbox/wire"
)

// latency is one edit's way to the other side.
type latency struct {
	from record.Side
	took time.Duration
}

// links are the linked contacts, as the service tells them.
func (s *story) links(ctx context.Context) ([]operate.Link, error) {
	var out []operate.Link
	q := operate.LinkQuery{Kind: record.Contact, Limit: 1000}
	for {
		page, err := s.api.Links(ctx, pair, q)
		if err != nil {
			return nil, fmt.Errorf("links: %w", err)
		}
		for _, l := range page.Items {
			if l.State == "live" {
				out = append(out, l)
			}
		}
		if page.Next == "" {
			return out, nil
		}
		q.Cursor = page.Next
	}
}

// arrives waits until an edit is seen on the far side and notes how long it took.
func (s *story) arrives(ctx context.Context, from record.Side, what string, seen func() bool) error {
	began := time.Now()
	for !seen() {
		if time.Since(began) > 15*time.Second {
			return fmt.Errorf("%s (edited in %s) did not arrive within 15 s", what, from)
		}
		if err := pause(ctx, 2*time.Millisecond); err != nil {
			return err
		}
	}
	s.waits = append(s.waits, latency{from, time.Since(began)})
	s.report.Edits++
	return nil
}

func (s *story) skuHas(id, field, want string) func() bool {
	return func() bool {
		m, ok := s.world.Commonsku.Contact(id)
		return ok && strings.EqualFold(flat(m, field), want)
	}
}

func (s *story) ghlHas(id, field, want string) func() bool {
	return func() bool {
		m, ok := s.world.GHL.Contact(id)
		return ok && strings.EqualFold(flat(m, field), want)
	}
}

// edits is a quiet day: one edit after another, each measured.
func (s *story) edits(ctx context.Context) error {
	links, err := s.links(ctx)
	if err != nil {
		return err
	}
	if len(links) < 60 {
		return fmt.Errorf("only %d contacts are linked; the demo needs 60", len(links))
	}
	ghl, sku := s.world.GHL, s.world.Commonsku
	for i, l := range links[:20] {
		town := fmt.Sprintf("Springfield %d", i)
		if err := ghl.UpdateContact(l.GHL, map[string]any{"city": town}); err != nil {
			return err
		}
		if err := s.arrives(ctx, record.GHL, "a city", s.skuHas(l.Commonsku, "address.city", town)); err != nil {
			return err
		}
	}
	for i, l := range links[20:24] {
		name := fmt.Sprintf("Renamed%c", 'a'+i)
		if err := sku.UpdateContact(l.Commonsku, map[string]any{"contact_last_name": name}); err != nil {
			return err
		}
		if err := s.arrives(ctx, record.Commonsku, "a last name", s.ghlHas(l.GHL, "lastName", name)); err != nil {
			return err
		}
	}
	tagged := links[24]
	if err := ghl.AddTags(tagged.GHL, "Spring Catalogue"); err != nil {
		return err
	}
	if err := s.arrives(ctx, record.GHL, "a tag", func() bool {
		m, _ := sku.Contact(tagged.Commonsku)
		return strings.Contains(strings.ToLower(fmt.Sprint(m["tags"])), "spring catalogue")
	}); err != nil {
		return err
	}
	s.say("25 edits one by one, on either side: all arrived.")
	return s.company(ctx, links[25])
}

// company moves one contact to another company, renames a client, and makes a new person on each side.
func (s *story) company(ctx context.Context, l operate.Link) error {
	ghl, sku := s.world.GHL, s.world.Commonsku
	if err := ghl.UpdateContact(l.GHL, map[string]any{"companyName": "Brand New Ventures"}); err != nil {
		return err
	}
	if err := s.arrives(ctx, record.GHL, "a company move", s.skuHas(l.Commonsku, "client_name", "Brand New Ventures")); err != nil {
		return err
	}
	m, _ := sku.Contact(l.Commonsku)
	client, _ := m["client_id"].(string)
	if err := sku.UpdateClient(client, map[string]any{"client_name": "Brand New Holdings"}); err != nil {
		return err
	}
	if err := s.arrives(ctx, record.Commonsku, "a client's new name", s.ghlHas(l.GHL, "companyName", "Brand New Holdings")); err != nil {
		return err
	}
	if _, err := ghl.CreateContact(map[string]any{"firstName": "Nora", "lastName": "Neuling", "email": "nora.neuling@fresh.example",
		"phone": "+13125559901", "companyName": "Fresh Start Co"}); err != nil {
		return err
	}
	if err := s.arrives(ctx, record.GHL, "a new contact", func() bool {
		for _, c := range sku.Contacts() {
			if flat(c, "contact_email") == "nora.neuling@fresh.example" {
				return true
			}
		}
		return false
	}); err != nil {
		return err
	}
	if _, err := sku.CreateContact(map[string]any{"client_id": client, "contact_first_name": "Olaf", "contact_last_name": "Other",
		"contact_email": "olaf.other@brandnew.example", "contact_phone": "312-555-9902"}); err != nil {
		return err
	}
	if err := s.arrives(ctx, record.Commonsku, "a new contact", func() bool {
		for _, c := range ghl.Contacts() {
			if flat(c, "email") == "olaf.other@brandnew.example" {
				return true
			}
		}
		return false
	}); err != nil {
		return err
	}
	s.say("A company move, a client renamed, a new person on each side: all arrived.")
	return nil
}

// weather is a bad day: both sides edit the same people while webhooks double and overtake each other and quotas refuse.
func (s *story) weather(ctx context.Context) error {
	links, err := s.links(ctx)
	if err != nil {
		return err
	}
	if err := s.world.SetFaults(wire.Faults{Seed: s.o.Seed,
		Rules: []wire.Rule{
			{Kind: wire.Throttle, Side: "ghl", Rate: 1, Count: 8, RetryAfter: 1},
			{Kind: wire.Throttle, Side: "commonsku", Rate: 1, Count: 8},
			{Kind: wire.ResetAfter, Operation: "^(PUT|PATCH) ", Rate: .1, Count: 4},
		},
		Webhooks: wire.WebhookFaults{Doubled: .5, Reordered: .5, DelayMS: 200}}); err != nil {
		return err
	}
	for i, l := range links[26:36] {
		// The same contact at once: different fields here, the same field below.
		if err := s.world.GHL.UpdateContact(l.GHL, map[string]any{"postalCode": fmt.Sprintf("606%02d", i)}); err != nil {
			return err
		}
		if err := s.world.Commonsku.UpdateContact(l.Commonsku, map[string]any{"contact_first_name": fmt.Sprintf("Both%c", 'a'+i)}); err != nil {
			return err
		}
	}
	for i, l := range links[36:42] {
		if err := s.world.GHL.UpdateContact(l.GHL, map[string]any{"lastName": fmt.Sprintf("Left%c", 'a'+i)}); err != nil {
			return err
		}
		if err := s.world.Commonsku.UpdateContact(l.Commonsku, map[string]any{"contact_last_name": fmt.Sprintf("Right%c", 'a'+i)}); err != nil {
			return err
		}
	}
	s.report.Edits += 32
	s.say("16 contacts edited on both sides at once (6 in the same field), webhooks doubled and out of order, 429s and lost answers.")
	if err := pause(ctx, 1500*time.Millisecond); err != nil {
		return err
	}
	return s.idle(ctx, 20*time.Second)
}

// crash kills the service in the middle of its work. Webhooks of that time are lost for good: GHL repeats only after a 429.
func (s *story) crash(ctx context.Context) error {
	if err := s.world.SetFaults(wire.Faults{Seed: s.o.Seed}); err != nil {
		return err
	}
	links, err := s.links(ctx)
	if err != nil {
		return err
	}
	edit := func(i int, l operate.Link) error {
		s.report.Edits++
		if i%2 == 0 {
			return s.world.GHL.UpdateContact(l.GHL, map[string]any{"address1": fmt.Sprintf("%d Crash Road", i)})
		}
		return s.world.Commonsku.UpdateContact(l.Commonsku, map[string]any{"contact_first_name": fmt.Sprintf("Survivor%c", 'a'+i)})
	}
	for i, l := range links[42:52] {
		if err := edit(i, l); err != nil {
			return err
		}
	}
	if err := pause(ctx, 15*time.Millisecond); err != nil {
		return err
	}
	s.child.kill()
	s.say("kill -9 in the middle of it.")
	for i, l := range links[52:60] {
		if err := edit(i+10, l); err != nil {
			return err
		}
	}
	began := time.Now()
	if err := s.child.start(ctx); err != nil {
		return err
	}
	s.say("Restarted (ready after %d ms); 8 edits were made while it was down.", time.Since(began).Milliseconds())
	return nil
}
