package commonsku

import (
	"context"
	"net/url"
	"strings"

	"tandem/internal/connector"
	"tandem/internal/record"
)

// usersPagesMax bounds the walk over an account's users.
const usersPagesMax = 50

// Describe reads the users of the account, or one page of another kind where there are none to read, so that a bad key is
// found out. commonsku tells no country; the zone is the profile's.
func (d *Driver) Describe(ctx context.Context) (connector.Account, error) {
	a := connector.Account{Zone: d.profile.Time.Zone.String(), DuplicatesAllowed: true}
	if u, err := url.Parse(d.o.BaseURL); err == nil {
		a.ID, a.Name = u.Host, strings.TrimSuffix(u.Hostname(), ".commonsku.com")
	}
	if k := d.profile.Kinds[record.Contact]; k != nil {
		a.DuplicatesAllowed = k.Existing == Doubles
	}
	if k := d.profile.Kinds[record.User]; k != nil && d.lists(k) {
		users, err := d.users(ctx, k)
		if err == nil || connector.ClassOf(err) != connector.Absent {
			a.Users = users
			return a, err
		}
	}
	for _, kind := range []record.Kind{record.Company, record.Contact} {
		if k := d.profile.Kinds[kind]; k != nil && d.lists(k) {
			_, err := d.page(ctx, k, request{limit: 1})
			if connector.ClassOf(err) == connector.Absent {
				continue
			}
			return a, err
		}
	}
	return a, nil
}

func (d *Driver) lists(k *Kind) bool {
	_, ok := k.endpoints[list]
	return ok && d.reasonOff(offer{k.Kind, list}) == ""
}

func (d *Driver) users(ctx context.Context, k *Kind) ([]connector.User, error) {
	var out []connector.User
	q := request{}
	for range usersPagesMax {
		p, err := d.page(ctx, k, q)
		if err != nil {
			return nil, err
		}
		for _, r := range p.Records {
			// An account that does not say so has no inactive users in its list.
			active := r.Text("active") != "false" && r.Deleted.IsZero()
			out = append(out, connector.User{ID: r.Ref.ID, Email: r.Text("email"), FirstName: r.Text("first_name"), LastName: r.Text("last_name"), Active: active})
		}
		if p.Next == "" {
			break
		}
		q.cursor = p.Next
	}
	return out, nil
}
