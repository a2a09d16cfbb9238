package ghl

import (
	"context"
	"errors"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

// Describe reads the location and who works in it. Without users.readonly the list of users stays empty.
func (d *Driver) Describe(ctx context.Context) (connector.Account, error) {
	o := op(operation.LocationGet)
	var in struct {
		Location *struct {
			ID        loose `json:"id"`
			Name      loose `json:"name"`
			CompanyID loose `json:"companyId"`
			Country   loose `json:"country"`
			Timezone  loose `json:"timezone"`
			Settings  struct {
				AllowDuplicateContact bool `json:"allowDuplicateContact"`
			} `json:"settings"`
		} `json:"location"`
	}
	if _, err := d.call(ctx, o, transport.Request{PathParams: map[string]string{"locationId": d.o.LocationID}}, &in); err != nil {
		return connector.Account{}, err
	}
	l := in.Location
	if l == nil || l.ID == "" {
		return connector.Account{}, garbled(o, connector.Transient, errors.New("the answer names no location"))
	}
	agency := string(l.CompanyID)
	d.agency.Store(&agency)
	acc := connector.Account{
		ID: string(l.ID), Name: string(l.Name), Country: record.Country(string(l.Country)), Zone: string(l.Timezone),
		DuplicatesAllowed: l.Settings.AllowDuplicateContact,
	}
	users, err := d.users(ctx)
	if err != nil && !lacking(err) {
		return acc, err
	}
	acc.Users = users
	return acc, nil
}
