package operation

// IDs of the operations that Tandem itself calls. The others are reached by their ID through the catalog.
const (
	ContactGet       = "ghl.contacts.get-contact"
	ContactCreate    = "ghl.contacts.create-contact"
	ContactUpdate    = "ghl.contacts.update-contact"
	ContactDelete    = "ghl.contacts.delete-contact"
	ContactSearch    = "ghl.contacts.search-contacts-advanced"
	ContactDuplicate = "ghl.contacts.get-duplicate-contact"
	ContactTagsAdd   = "ghl.contacts.add-tags"
	ContactTagsDrop  = "ghl.contacts.remove-tags"

	LocationGet          = "ghl.locations.get-location"
	LocationCustomFields = "ghl.locations.get-custom-fields"

	UserSearch = "ghl.users.search-users"
	UserList   = "ghl.users.get-user-by-location"
	UserGet    = "ghl.users.get-user"

	BusinessGet    = "ghl.businesses.get-business"
	BusinessList   = "ghl.businesses.get-businesses-by-location"
	BusinessCreate = "ghl.businesses.create-business"
	BusinessUpdate = "ghl.businesses.update-business"
	BusinessDelete = "ghl.businesses.delete-business"
)
