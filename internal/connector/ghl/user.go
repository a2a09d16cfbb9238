package ghl

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"tandem/internal/connector"
	"tandem/internal/connector/transport"
	"tandem/internal/operation"
	"tandem/internal/record"
)

const userRows = 25

var errNoBusiness, errNoUser = errors.New("the answer names no business"), errors.New("the answer names no user")

type userJSON struct {
	ID        loose `json:"id"`
	Email     loose `json:"email"`
	FirstName loose `json:"firstName"`
	LastName  loose `json:"lastName"`
	Deleted   loose `json:"deleted"` // deleted users stay as assignees
}

func (u userJSON) user() connector.User {
	return connector.User{ID: string(u.ID), Email: string(u.Email), FirstName: string(u.FirstName), LastName: string(u.LastName), Active: u.Deleted != "true"}
}

func userRecord(u connector.User) record.Record {
	return record.Record{
		Ref: record.Ref{Side: record.GHL, Kind: record.User, ID: u.ID},
		Fields: map[string]record.Value{
			"email": record.Text(u.Email), "firstName": record.Text(u.FirstName), "lastName": record.Text(u.LastName), "active": record.Text(strconv.FormatBool(u.Active)),
		},
	}
}

func (d *Driver) getUser(ctx context.Context, id string) (record.Record, error) {
	o := op(operation.UserGet)
	var in userJSON
	if _, err := d.call(ctx, o, transport.Request{PathParams: map[string]string{"userId": id}}, &in); err != nil {
		return record.Record{}, err
	}
	if in.ID == "" {
		return record.Record{}, garbled(o, connector.Transient, errNoUser)
	}
	return userRecord(in.user()), nil
}

func (d *Driver) pageUsers(ctx context.Context) (connector.Page, error) {
	list, err := d.users(ctx)
	out := connector.Page{Complete: err == nil}
	for _, u := range list {
		out.Records = append(out.Records, userRecord(u))
	}
	return out, err
}

// users lists who works in the location. The search needs the company's id and was seen to answer nothing with a
// location's token: then the older list, which is deprecated, is asked. Source: facts-ghl.md "Users & locations".
func (d *Driver) users(ctx context.Context) ([]connector.User, error) {
	if agency := d.agency.Load(); agency != nil && *agency != "" {
		out, err := d.searchUsers(ctx, *agency)
		if len(out) > 0 || err != nil && !lacking(err) {
			return out, err
		}
	}
	out, _, err := d.userRows(ctx, op(operation.UserList), url.Values{"locationId": {d.o.LocationID}})
	return out, err
}

func (d *Driver) searchUsers(ctx context.Context, agency string) ([]connector.User, error) {
	var out []connector.User
	for {
		rows, n, err := d.userRows(ctx, op(operation.UserSearch), url.Values{
			"companyId": {agency}, "locationId": {d.o.LocationID}, "limit": {strconv.Itoa(userRows)}, "skip": {strconv.Itoa(len(out))},
		})
		if err != nil {
			return nil, err // half a list would unassign the other half
		}
		out = append(out, rows...)
		if n < userRows {
			return out, nil
		}
	}
}

func (d *Driver) userRows(ctx context.Context, o operation.Operation, q url.Values) ([]connector.User, int, error) {
	var in struct {
		Users *[]userJSON `json:"users"`
	}
	if _, err := d.call(ctx, o, transport.Request{Query: q}, &in); err != nil {
		return nil, 0, err
	}
	if in.Users == nil {
		return nil, 0, garbled(o, connector.Transient, errNoRows)
	}
	out := make([]connector.User, 0, len(*in.Users))
	for _, u := range *in.Users {
		out = append(out, u.user())
	}
	return out, len(out), nil
}

// lacking says that the account does not offer this call to our credential, whatever else it offers.
func lacking(err error) bool {
	switch connector.ClassOf(err) {
	case connector.Forbidden, connector.Absent, connector.Gone, connector.Invalid:
		return true
	}
	return false
}
