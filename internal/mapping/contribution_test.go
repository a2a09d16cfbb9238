package mapping

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tandem/internal/merge"
	"tandem/internal/record"
)

func contributing(t testing.TB) Table {
	return build(t,
		Override{Name: "gift_tag", GHL: "customFields.gift", Commonsku: "contact.tags", Direction: "ghl_to_commonsku", Transform: "value != '' ? ['birthday'] : []"},
		Override{Name: "groups", GHL: "customFields.groups", Commonsku: "contact.tags", Direction: "ghl_to_commonsku", Form: "tags"})
}

func view(gift, groups, ghlTags, commonskuTags string) View {
	return View{
		GHL:       ghl("g1", "firstName", "Ann", "lastName", "Lee", "customFields.gift", gift, "set:customFields.groups", groups, "tags", ghlTags),
		Commonsku: commonsku("c1", "first_name", "Ann", "last_name", "Lee", "tags", commonskuTags), Env: env,
	}
}

func wantTags(t testing.TB, v View, ghl, commonsku string) {
	t.Helper()
	if got := strings.Join(v.GHL.Get("tags").Items(), " "); got != ghl {
		t.Errorf("GHL has tags %q, want %q", got, ghl)
	}
	if got := strings.Join(v.Commonsku.Get("tags").Items(), " "); got != commonsku {
		t.Errorf("commonsku has tags %q, want %q", got, commonsku)
	}
}

func TestAContributionAddsAndRemovesItsOwnElementsOnly(t *testing.T) {
	table := contributing(t)
	v := view("cup", "club golf", "vip", "buyer")
	sync(t, table, &v)
	wantTags(t, v, "buyer vip", "birthday buyer club golf vip") // contributed tags do not travel back to GHL
	quiet(t, table, &v)

	v.GHL.Fields["customFields.gift"] = record.Value{}
	v.GHL.Fields["customFields.groups"] = record.Set("golf")
	sync(t, table, &v)
	wantTags(t, v, "buyer vip", "buyer golf vip")
	quiet(t, table, &v)

	v.Commonsku.Fields["tags"] = record.Set("buyer", "vip", "new") // a contributed tag taken off, another added by hand
	sync(t, table, &v)
	wantTags(t, v, "buyer new vip", "buyer new vip")
	quiet(t, table, &v)
}

func TestATagSetByHandOutlastsAContributionOfTheSameName(t *testing.T) {
	table := contributing(t)
	v := view("cup", "", "birthday", "")
	sync(t, table, &v)
	wantTags(t, v, "birthday", "birthday")
	quiet(t, table, &v)
	v.GHL.Fields["customFields.gift"] = record.Value{}
	quiet(t, table, &v)
	wantTags(t, v, "birthday", "birthday")
}

func TestAContributionTakesOverATagThatIsNoLongerSetByHand(t *testing.T) {
	table := contributing(t)
	v := view("cup", "", "birthday", "birthday")
	sync(t, table, &v)
	v.GHL.Fields["tags"] = record.Value{}
	quiet(t, table, &v) // still wanted by the custom field
	wantTags(t, v, "", "birthday")
	v.GHL.Fields["customFields.gift"] = record.Value{}
	sync(t, table, &v)
	wantTags(t, v, "", "")
}

func TestALoneContributionLeavesTheOtherTagsAlone(t *testing.T) {
	table := build(t, Override{Name: "tags", Off: true},
		Override{Name: "gift_tag", GHL: "customFields.gift", Commonsku: "contact.tags", Direction: "ghl_to_commonsku", Drift: "overwrite", Transform: "value != '' ? ['birthday'] : []"})
	v := view("cup", "", "x", "buyer")
	sync(t, table, &v)
	wantTags(t, v, "x", "birthday buyer")
	v.GHL.Fields["customFields.gift"] = record.Value{}
	sync(t, table, &v)
	wantTags(t, v, "x", "buyer")
}

// However people edit tags and contributing fields, one round is enough: the next writes nothing, what is tagged in GHL
// is tagged in commonsku, and what is contributed never reaches GHL's tags by itself.
func TestContributionsSettleInOneRound(t *testing.T) {
	table := contributing(t)
	tags := []string{"birthday", "club", "golf", "vip"}
	rapid.Check(t, func(t *rapid.T) {
		some := func(what string) record.Value {
			return record.Set(rapid.SliceOfN(rapid.SampledFrom(tags), 0, 4).Draw(t, what)...)
		}
		v := view("", "", "", "")
		for range 4 {
			switch rapid.IntRange(0, 3).Draw(t, "edit") {
			case 0:
				v.GHL.Fields["tags"] = some("ghl tags")
			case 1:
				v.GHL.Fields["customFields.groups"] = some("groups")
			case 2:
				v.GHL.Fields["customFields.gift"] = record.Text(rapid.SampledFrom([]string{"", "cup"}).Draw(t, "gift"))
			case 3:
				v.Commonsku.Fields["tags"] = some("commonsku tags")
			}
			sync(t, table, &v)
			quietOrTakesOver(t, table, &v)
			for _, tag := range v.GHL.Get("tags").Items() {
				if !slices.Contains(v.Commonsku.Get("tags").Items(), tag) {
					t.Fatalf("GHL is tagged %q and commonsku is not", tag)
				}
			}
		}
	})
}

// quietOrTakesOver allows one more round for the one history that needs it: a person takes a tag off in commonsku that is
// set by hand in GHL and contributed as well. The first round takes it off in GHL, the second contributes it.
func quietOrTakesOver(t *rapid.T, table Table, v *View) {
	fields, _ := table.Fields(context.Background(), *v)
	for _, o := range merge.Record(fields, noon) {
		if o.Writes() && (o.Name == "tags" || len(o.RemoveCommonsku) > 0) {
			t.Fatalf("the next round writes %s: %+v", o.Name, o)
		}
	}
	sync(t, table, v)
	quiet(t, table, v)
}
