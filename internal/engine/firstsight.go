package engine

import (
	"encoding/json"
	"strconv"
	"time"

	"tandem/internal/merge"
	"tandem/internal/record"
	"tandem/internal/store"
)

// A field's time in a conflict is when it was first seen to differ, not when its record was last stamped: both systems
// stamp the whole record, our own writes included. So an event or a list row that shows a field differ from base leaves
// a note of the value and the time, until the record is merged. Source: semantics, "`newest`".

// sight is one such note.
type sight struct {
	Value record.Value `json:"value"`
	At    time.Time    `json:"at"`
}

func sightPrefix(link int64) string { return "sight:" + strconv.FormatInt(link, 10) + ":" }

// noteSight keeps when fields of a linked record were seen to differ from base. Fields that are not in shown were not
// visible and are left alone.
func noteSight(tx *store.Tx, p *Pair, l store.Link, side record.Side, shown map[string]record.Value, at time.Time) error {
	if at.IsZero() || l.State != store.Live {
		return nil
	}
	bases, err := tx.Bases(l.ID)
	if err != nil {
		return err
	}
	s := linked{link: l}
	var before map[string]string
	for _, row := range p.Contacts.Rows {
		b, known := bases[row.Name]
		if !known || row.Name == companyRow || row.Rule.Set || row.Commonsku.Owner != record.Contact {
			continue
		}
		v, visible := shown[s.fieldOf(side, row)]
		was := b.GHL
		if side == record.Commonsku {
			was = b.Commonsku
		}
		if !visible && !(side == record.GHL && webhookShows(row.GHL)) || v.Equal(was) {
			continue
		}
		if before == nil {
			if before, err = tx.Watermarks(p.Name, sightPrefix(l.ID)); err != nil {
				return err
			}
		}
		name := sightPrefix(l.ID) + string(side) + ":" + row.Name
		var old sight
		if text, ok := before[name]; ok && json.Unmarshal([]byte(text), &old) == nil && old.Value.Equal(v) {
			continue
		}
		text, err := json.Marshal(sight{v, at.UTC()})
		if err != nil {
			return err
		}
		if err := tx.SetWatermark(p.Name, name, string(text)); err != nil {
			return err
		}
	}
	return nil
}

// sighted puts first sights into the fields that are about to merge.
func sighted(fields []merge.Field, sights map[string]string, link int64) {
	for i := range fields {
		f := &fields[i]
		for _, side := range record.Sides {
			text, ok := sights[sightPrefix(link)+string(side)+":"+f.Name]
			var s sight
			r := f.Reading(side)
			if !ok || json.Unmarshal([]byte(text), &s) != nil || !s.Value.Equal(r.Raw) || !r.ChangedAt.IsZero() && s.At.After(r.ChangedAt) {
				continue
			}
			r.ChangedAt = s.At
			f.SetReading(side, r)
		}
	}
}
