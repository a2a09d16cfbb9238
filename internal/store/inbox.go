package store

import (
	"fmt"
	"time"

	"tandem/internal/record"
)

// InsertDelivery stores a raw event (I7). fresh is false if that delivery id of the pair was stored before: nothing
// changed then.
func (tx *Tx) InsertDelivery(d Delivery) (fresh bool, err error) {
	if d.Body == nil {
		d.Body = []byte{}
	}
	n, err := tx.exec(`insert into inbox (pair, source, delivery_id, type, body, received_at) values (?, ?, ?, ?, ?, ?)
		on conflict (pair, delivery_id) do nothing`,
		d.Pair, string(d.Source), d.DeliveryID, d.Type, d.Body, us(d.ReceivedAt))
	if n > 0 {
		tx.eff.arrived = true
	}
	return n > 0, err
}

// UnprocessedDeliveries are the oldest deliveries that nobody has settled, in order of arrival. On PostgreSQL they are
// locked for this transaction, and those that another process has locked are left out.
func (tx *Tx) UnprocessedDeliveries(limit int) ([]Delivery, error) {
	text := `select seq, pair, source, delivery_id, type, body, received_at from inbox
		where processed_at = 0 order by seq limit ?`
	if tx.postgres && !tx.readOnly {
		text += ` for update skip locked`
	}
	return rows(tx, scanDelivery, text, limit)
}

func scanDelivery(r scanner) (d Delivery, err error) {
	var source string
	var received int64
	err = r.Scan(&d.Seq, &d.Pair, &source, &d.DeliveryID, &d.Type, &d.Body, &received)
	d.Source, d.ReceivedAt = record.Side(source), at(received)
	return d, err
}

// DeliveryProcessed settles deliveries, with what came of them ("marked", "echo", "ignored: …").
func (tx *Tx) DeliveryProcessed(seqs []int64, note string) error {
	now := us(tx.now())
	sets := make([][]any, len(seqs))
	for i, seq := range seqs {
		sets[i] = []any{now, note, seq}
	}
	return tx.each(`update inbox set processed_at = ?, note = ? where seq = ?`, sets)
}

// PendingDeliveries counts the unsettled deliveries of a pair; oldest is when the first of them came, zero if none.
func (tx *Tx) PendingDeliveries(pair string) (n int, oldest time.Time, err error) {
	var least int64
	_, err = tx.row(`select count(*), coalesce(min(received_at), 0) from inbox where processed_at = 0 and pair = ?`,
		[]any{pair}, &n, &least)
	return n, at(least), err
}

// PruneDeliveries forgets settled deliveries received before t and returns how many. A delivery repeated later than that
// counts as fresh; it is a hint, and costs a read.
func (tx *Tx) PruneDeliveries(before time.Time) (int, error) {
	n, err := tx.exec(`delete from inbox where processed_at <> 0 and received_at < ?`, us(before))
	if err != nil {
		return 0, fmt.Errorf("pruning the inbox: %w", err)
	}
	return int(n), nil
}
