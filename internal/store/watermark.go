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

// Watermarks are those whose names begin with a prefix, by name.
func (tx *Tx) Watermarks(pair, prefix string) (map[string]string, error) {
	type mark struct{ name, value string }
	list, err := rows(tx, func(r scanner) (mark, error) { var m mark; err := r.Scan(&m.name, &m.value); return m, err },
		`select name, value from watermark where pair = ? and name >= ? and name < ?`, pair, prefix, prefix+"\x7f")
	out := make(map[string]string, len(list))
	for _, m := range list {
		out[m.name] = m.value
	}
	return out, err
}

// ForgetWatermarks removes those whose names begin with a prefix.
func (tx *Tx) ForgetWatermarks(pair, prefix string) error {
	_, err := tx.exec(`delete from watermark where pair = ? and name >= ? and name < ?`, pair, prefix, prefix+"\x7f")
	return err
}
