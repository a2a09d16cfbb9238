package mapping

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"tandem/internal/merge"
	"tandem/internal/record"
)

// pool has values as people and systems write them, a few for each field so that both sides often mean the same.
func pool() map[string][]string {
	return map[string][]string{
		"first_name": {"", "Ann", " ann", "Ánn", "-", "ann"}, "last_name": {"", "Lee", "van der Berg", "-"},
		"email": {"", "ann@example.com", "Ann@Example.com ", "no-mail"}, "phone": {"", "+13125550100", "(312) 555-0100", "312.555.0100 x12", "call me", "1"},
		"street": {"", "1 Main St", "1  Main St ", "1234 A Very Long Street Name"}, "city": {"", "Rome", "rome"},
		"state": {"", "ON", "Ontario", "Illinois", "IL", "X"}, "postal_code": {"", "60601", "k1a 0b1", "K1A0B1"},
		"country": {"", "US", "United States", "Canada", "CA", "Nowhere"},
	}
}

// A contact that people edit on both sides settles in one round whatever they enter: the next round writes nothing, and
// what differs then has a reason.
func TestAContactSettlesInOneRound(t *testing.T) {
	values := pool()
	rapid.Check(t, func(t *rapid.T) {
		policy := Policy{
			OnConflict: rapid.SampledFrom([]merge.Policy{merge.Newest, merge.GHLWins, merge.CommonskuWin, merge.Manual}).Draw(t, "policy"),
			Direction:  rapid.SampledFrom([]merge.Direction{merge.Both, merge.Both, merge.GHLToCommonsku, merge.CommonskuToGHL}).Draw(t, "direction"),
			Drift:      rapid.SampledFrom([]merge.Drift{merge.Report, merge.Overwrite}).Draw(t, "drift"),
		}
		table, err := Build(record.Contact, nil, policy)
		if err != nil {
			t.Fatal(err)
		}
		for i := range table.Rows {
			if table.Rows[i].Name == "street" {
				table.Rows[i].Max = 12
			}
		}
		v := View{GHL: ghl("g1"), Commonsku: commonsku("c1"), Env: env}
		switch rapid.IntRange(0, 2).Draw(t, "who exists") {
		case 0:
			v.GHL = ghl("")
		case 1:
			v.Commonsku = commonsku("")
		}
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for _, row := range table.Rows {
				vs := values[row.Name]
				if len(vs) == 0 {
					continue
				}
				if !v.GHL.Ref.IsZero() && rapid.Bool().Draw(t, "edit in GHL") {
					v.GHL.Fields[row.GHL] = record.Text(rapid.SampledFrom(vs).Draw(t, row.Name))
				}
				if !v.Commonsku.Ref.IsZero() && rapid.Bool().Draw(t, "edit in commonsku") {
					v.Commonsku.Fields[row.Commonsku.Field] = record.Text(rapid.SampledFrom(vs).Draw(t, row.Name))
				}
			}
			sync(t, table, &v)
			fields, _ := table.Fields(context.Background(), v)
			for i, o := range merge.Record(fields, noon) {
				if o.Writes() {
					t.Fatalf("the next round writes: %+v\n%+v", o, fields[i])
				}
				if f := fields[i]; !f.GHL.Key.Equal(f.Commonsku.Key) && o.Why == merge.InStep {
					t.Fatalf("%s differs without a reason: GHL %q, commonsku %q", o.Name, f.GHL.Raw, f.Commonsku.Raw)
				}
			}
		}
	})
}

// Reading a contact and writing what merge decided is on the path of every synced change: 2 ms of CPU in all.
func BenchmarkFieldsMergeWrites(b *testing.B) {
	table := build(b)
	v := View{
		GHL: ghl("g1", "firstName", "Ann", "lastName", "Lee", "email", "ann@example.com", "phone", "+13125550100", "address1", "1 Main St", "city", "Chicago",
			"state", "IL", "postalCode", "60601", "country", "US", "tags", "vip golf"),
		Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee", "email", "ann@example.com", "phone", "(312) 555-0100", "street", "1 Main St", "city", "Boston",
			"state", "Illinois", "postal_code", "60601", "country", "United States", "tags", "VIP"),
		Env: env,
	}
	b.ReportAllocs()
	for b.Loop() {
		fields, _ := table.Fields(context.Background(), v)
		table.Writes(merge.Record(fields, noon), v)
	}
}
