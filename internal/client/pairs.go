package client

import (
	"context"

	"net/url"

	"tandem/internal/operate"
	"tandem/internal/plan"
)

func pairPath(pair string) string { return "/pairs/" + seg(pair) }

// Pairs is the health of all pairs.
func (c *Client) Pairs(ctx context.Context) ([]operate.Pair, error) {
	var out operate.Page[operate.Pair]
	err := c.get(ctx, "/pairs", nil, &out)
	return out.Items, err
}

// Pair is the health of one pair.
func (c *Client) Pair(ctx context.Context, pair string) (out operate.Pair, err error) {
	err = c.get(ctx, pairPath(pair), nil, &out)
	return out, err
}

// Sweep asks for a reconciliation and returns at once.
func (c *Client) Sweep(ctx context.Context, pair string, full bool) error {
	return c.post(ctx, pairPath(pair)+"/sweep", map[string]bool{"full": full}, nil)
}

// Pause stops a pair.
func (c *Client) Pause(ctx context.Context, pair string) error {
	return c.post(ctx, pairPath(pair)+"/pause", nil, nil)
}

// Resume lifts what Pause did.
func (c *Client) Resume(ctx context.Context, pair string) error {
	return c.post(ctx, pairPath(pair)+"/resume", nil, nil)
}

// Match says who is who on both sides.
func (c *Client) Match(ctx context.Context, pair string) (out operate.MatchReport, err error) {
	err = c.get(ctx, pairPath(pair)+"/match", nil, &out)
	return out, err
}

// ApplyMatch links as decided.
func (c *Client) ApplyMatch(ctx context.Context, pair string, rows []operate.MatchRow) (out operate.MatchOutcome, err error) {
	err = c.post(ctx, pairPath(pair)+"/match/apply", map[string]any{"rows": rows}, &out)
	return out, err
}

// Plan is every write that a full sync would do now.
func (c *Client) Plan(ctx context.Context, pair string, o operate.SyncOptions) (out plan.Plan, err error) {
	q := url.Values{}
	set(q, "only", string(o.Only))
	set(q, "record", o.Record)
	err = c.get(ctx, pairPath(pair)+"/plan", q, &out)
	return out, err
}

// Sync is one full reconciliation, to its end. Progress is not told: it does not travel.
func (c *Client) Sync(ctx context.Context, pair string, o operate.SyncOptions) (out operate.SyncReport, err error) {
	err = c.post(ctx, pairPath(pair)+"/sync", o, &out)
	return out, err
}

// Mapping is the field map in force.
func (c *Client) Mapping(ctx context.Context, pair string) ([]operate.MappingRow, error) {
	var out operate.Page[operate.MappingRow]
	err := c.get(ctx, pairPath(pair)+"/mapping", nil, &out)
	return out.Items, err
}

// Catalog is every trigger and action of both systems.
func (c *Client) Catalog(ctx context.Context) ([]operate.CatalogItem, error) {
	var out operate.Page[operate.CatalogItem]
	err := c.get(ctx, "/catalog", nil, &out)
	return out.Items, err
}
