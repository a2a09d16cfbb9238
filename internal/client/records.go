package client

import (
	"context"
	"net/url"
	"strconv"

	"tandem/internal/operate"
	"tandem/internal/record"
)

func set(q url.Values, name, text string) {
	if text != "" {
		q.Set(name, text)
	}
}

func listQuery(l operate.ListQuery) url.Values {
	q := url.Values{}
	set(q, "pair", l.Pair)
	set(q, "cursor", l.Cursor)
	if l.Limit > 0 {
		q.Set("limit", strconv.Itoa(l.Limit))
	}
	return q
}

func item(list string, id int64) string { return list + "/" + strconv.FormatInt(id, 10) }

// Links is a page of links.
func (c *Client) Links(ctx context.Context, pair string, l operate.LinkQuery) (out operate.LinkPage, err error) {
	q := listQuery(operate.ListQuery{Cursor: l.Cursor, Limit: l.Limit})
	set(q, "kind", string(l.Kind))
	set(q, "ghl_id", l.GHL)
	set(q, "commonsku_id", l.Commonsku)
	err = c.get(ctx, pairPath(pair)+"/links", q, &out)
	return out, err
}

// History is a page of what was written and decided about a record.
func (c *Client) History(ctx context.Context, ref record.Ref, q operate.ListQuery) (out operate.HistoryPage, err error) {
	err = c.get(ctx, "/records/"+seg(string(ref.Kind))+"/"+seg(string(ref.Side))+"/"+seg(ref.ID)+"/history", listQuery(q), &out)
	return out, err
}

// Explain is everything known about a record.
func (c *Client) Explain(ctx context.Context, query string) (out operate.Explanation, err error) {
	err = c.get(ctx, "/explain", url.Values{"q": {query}}, &out)
	return out, err
}

// Conflicts is a page of open conflicts.
func (c *Client) Conflicts(ctx context.Context, q operate.ListQuery) (out operate.ConflictPage, err error) {
	err = c.get(ctx, "/conflicts", listQuery(q), &out)
	return out, err
}

// ResolveConflict decides one.
func (c *Client) ResolveConflict(ctx context.Context, id int64, r operate.Resolution) error {
	return c.post(ctx, item("/conflicts", id)+"/resolve", r, nil)
}

// Errors is a page of dead letters.
func (c *Client) Errors(ctx context.Context, q operate.ListQuery) (out operate.ErrorPage, err error) {
	err = c.get(ctx, "/errors", listQuery(q), &out)
	return out, err
}

// Replay tries a dead letter again.
func (c *Client) Replay(ctx context.Context, id int64) error {
	return c.post(ctx, item("/errors", id)+"/replay", nil, nil)
}

// Discard gives up on a dead letter.
func (c *Client) Discard(ctx context.Context, id int64, reason string) error {
	return c.post(ctx, item("/errors", id)+"/discard", map[string]string{"reason": reason}, nil)
}

// Asks is a page of records that only a person can place.
func (c *Client) Asks(ctx context.Context, q operate.ListQuery) (out operate.AskPage, err error) {
	err = c.get(ctx, "/asks", listQuery(q), &out)
	return out, err
}

// Decide places one.
func (c *Client) Decide(ctx context.Context, id int64, d operate.Decision) error {
	return c.post(ctx, item("/asks", id), d, nil)
}

// Held is a page of deletes that the guard holds.
func (c *Client) Held(ctx context.Context, pair string, q operate.ListQuery) (out operate.HeldPage, err error) {
	err = c.get(ctx, pairPath(pair)+"/held", listQuery(q), &out)
	return out, err
}

// ApproveHeld carries them out.
func (c *Client) ApproveHeld(ctx context.Context, pair string) (out operate.HeldOutcome, err error) {
	err = c.post(ctx, pairPath(pair)+"/held/approve", nil, &out)
	return out, err
}

// DiscardHeld drops them.
func (c *Client) DiscardHeld(ctx context.Context, pair string) (out operate.HeldOutcome, err error) {
	err = c.post(ctx, pairPath(pair)+"/held/discard", nil, &out)
	return out, err
}
