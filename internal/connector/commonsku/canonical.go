package commonsku

import "tandem/internal/record"

// canonicalNames are the field names that the rest of Tandem knows of a kind. A profile may add others with `extra: true`.
func canonicalNames(k record.Kind) []string {
	switch k {
	case record.Company:
		return []string{"name", "phone", "website", "industry", "status", "rep_id", "rep_first_name", "rep_last_name", "tags", "account_number",
			"primary_contact_id", "primary_contact_email"}
	case record.Contact:
		return []string{"first_name", "last_name", "email", "phone", "cell", "fax", "position", "department", "street", "street2", "city", "state",
			"postal_code", "country", "address_name", "tags", "client_id", "client_name"}
	case record.User:
		return []string{"email", "first_name", "last_name", "active"}
	case record.Note:
		return []string{"text", "user_id", "parent_type", "parent_id"}
	case record.Task:
		return []string{"title", "description", "due", "completed", "date_completed", "assigned_user_id", "parent_type", "parent_id"}
	case record.Appointment:
		return []string{"title", "description", "location", "status", "start", "end", "assigned_user_id", "parent_type", "parent_id"}
	}
	return nil
}

// isAddress says that a field of a contact is part of its address.
func isAddress(field string) bool {
	switch field {
	case "street", "street2", "city", "state", "postal_code", "country", "address_name":
		return true
	}
	return false
}

// resource is how operations call a kind: "commonsku.clients.get".
func resource(k record.Kind) string {
	switch k {
	case record.Company:
		return "clients"
	case record.Appointment:
		return "events"
	}
	return string(k) + "s"
}
