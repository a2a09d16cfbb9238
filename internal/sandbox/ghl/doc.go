// Package ghl simulates GoHighLevel's API v2 as far as contacts, tags, custom fields, users, businesses and the location
// go, with the quirks that facts about the live system tell of. It is written from those facts and the vendor's OpenAPI
// files, never from a connector. Tasks, notes and appointments are not simulated.
//
// What it keeps: a search answers from an index that lags; every write of an app and of a person fires the same events;
// a contact is one value at a time, whole or not at all.
package ghl
