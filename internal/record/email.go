package record

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Email is the canonical form of an e-mail address: trimmed, without what has no width, NFC, lower case. What is behind a
// plus stays: a+x@ and a@ are two addresses until a person says otherwise.
func Email(raw string) string {
	s := Name(raw)
	if ascii(s) {
		return strings.ToLower(s)
	}
	return settle(s, func(s string) string { return norm.NFC.String(strings.ToLower(s)) })
}

// settle applies f until nothing changes any more; three rounds are enough for all of Unicode's case and composition.
func settle(s string, f func(string) string) string {
	for range 3 {
		next := f(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

// ValidEmail says whether s looks like an address that mail can reach: one @ outside quotes, a local part of 1 to 64
// bytes, a domain with a dot, no spaces or brackets. It is lenient: the far side has the last word.
func ValidEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	for _, r := range local {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`@,;:<>()[]\"`, r) {
			return false
		}
	}
	return validDomain(domain)
}

func validDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 || len(domain) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	return len(last) > 1 && strings.IndexFunc(last, func(r rune) bool { return !unicode.IsDigit(r) }) >= 0
}

// IsRoleEmail says whether an address (or its local part alone) belongs to an office rather than a person, so that sharing
// it says nothing about who somebody is. What is behind a plus, and digits at the end, do not count: sales2+web@ is one.
func IsRoleEmail(address string) bool {
	local, _, _ := strings.Cut(Email(address), "@")
	local, _, _ = strings.Cut(local, "+")
	local = strings.TrimRight(local, "0123456789")
	switch strings.NewReplacer("-", "", "_", "", ".", "").Replace(local) {
	case "abuse", "account", "accounting", "accounts", "accountspayable", "accountsreceivable", "admin", "administration",
		"administrator", "ap", "ar", "art", "artwork", "billing", "bookings", "booking", "bookkeeping", "buero", "careers", "cs",
		"contact", "contactus", "customercare", "customerservice", "design", "dispatch", "donotreply", "email", "enquiries",
		"enquiry", "events", "finance", "frontdesk", "general", "hello", "help", "helpdesk", "hi", "hr", "info", "information",
		"inquiries", "inquiry", "invoice", "invoices", "invoicing", "it", "jobs", "kontakt", "mail", "mailbox", "main", "marketing",
		"media", "news", "newsletter", "noreply", "office", "officemanager", "operations", "order", "orders", "ops", "payable",
		"payables", "payroll", "people", "postmaster", "press", "procurement", "production", "purchasing", "receivables",
		"reception", "recruiting", "sale", "sales", "salesteam", "secretary", "service", "services", "shipping", "shop", "staff",
		"store", "studio", "support", "team", "theteam", "vertrieb", "warehouse", "webmaster", "welcome":
		return true
	}
	return false
}
