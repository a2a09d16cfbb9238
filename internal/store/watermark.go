package store

// Watermark is how far a walk of the far side got, in the words of whoever set it; "" if it was never set.
func (tx *Tx) Watermark(pair, name string) (value string, err error) {
	_, err = tx.row(`select value from watermark where pair = ? and name = ?`, []any{pair, name}, &value)
	return value, err
}

// SetWatermark stores how far a walk got.
func (tx *Tx) SetWatermark(pair, name, value string) error {
	_, err := tx.exec(`insert into watermark (pair, name, value) values (?, ?, ?)
		on conflict (pair, name) do update set value = excluded.value`, pair, name, value)
	return err
}
