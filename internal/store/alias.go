package store

// Alias is the client that a folded spelling of a company name stands for.
func (tx *Tx) Alias(pair, nameKey string) (clientID string, ok bool, err error) {
	ok, err = tx.row(`select client_id from alias where pair = ? and name_key = ?`, []any{pair, nameKey}, &clientID)
	return clientID, ok, err
}

// PutAlias makes a spelling stand for a client.
func (tx *Tx) PutAlias(pair, nameKey, clientID string) error {
	_, err := tx.exec(`insert into alias (pair, name_key, client_id) values (?, ?, ?)
		on conflict (pair, name_key) do update set client_id = excluded.client_id`, pair, nameKey, clientID)
	return err
}
