package sandbox

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"tandem/internal/sandbox/commonsku"
	"tandem/internal/sandbox/ghl"
)

// Pair is one person: ids on both sides, one of them empty where the person is on one side only.
type Pair struct{ GHL, Commonsku string }

func firsts() [][2]string { // as in the papers, as friends say
	return [][2]string{{"Robert", "Bob"}, {"William", "Bill"}, {"Elizabeth", "Liz"}, {"Katherine", "Kate"}, {"Michael", "Mike"},
		{"Jennifer", "Jen"}, {"James", "Jim"}, {"Susan", "Sue"}, {"Anna", "Anna"}, {"José", "Jose"}, {"Thomas", "Tom"},
		{"Margaret", "Peggy"}, {"Daniel", "Dan"}, {"Patricia", "Pat"}, {"Andrew", "Andy"}, {"Christine", "Chris"},
		{"Edward", "Ed"}, {"Zoë", "Zoe"}, {"Richard", "Rick"}, {"Deborah", "Deb"}}
}

func lasts() []string {
	return []string{"Miller", "O'Brien", "van der Berg", "García", "Nguyen", "Schmidt", "Carter", "Kowalski", "Rossi", "Hughes",
		"Patel", "Okafor", "Larsen", "Moreau", "Tanaka", "Fischer", "Reyes", "Bishop", "Calloway", "Dunn", "Eriksen", "Fontaine",
		"Gallagher", "Holloway", "Ibrahim", "Jankowski", "Keller", "Lindqvist", "Mbeki", "Novak"}
}

func towns() [][3]string {
	return [][3]string{{"Chicago", "IL", "60601"}, {"Austin", "TX", "78701"}, {"Denver", "CO", "80202"}, {"Boston", "MA", "02110"},
		{"Seattle", "WA", "98101"}, {"Portland", "OR", "97201"}, {"Atlanta", "GA", "30303"}, {"Columbus", "OH", "43215"}}
}

// people makes n persons: of ten, six are on both sides (written differently), two in GHL only and two in commonsku only.
// Colleagues share an office address; some share its number and mailbox in commonsku, where nothing forbids it.
func (w *World) people(seed int64, n int) error {
	rng := rand.New(rand.NewPCG(uint64(seed), 4711))
	var reps []string
	for i, name := range []string{"Ann Archer", "Ben Bold", "Cleo Crane"} {
		first, last, _ := strings.Cut(name, " ")
		mail := strings.ToLower(first) + "@sandbox.example"
		w.GHL.AddUser(ghl.User{FirstName: first, LastName: last, Email: mail})
		reps = append(reps, w.Commonsku.AddUser(commonsku.User{FirstName: first, LastName: last, Email: mail, Inactive: i == 2}))
	}
	w.GHL.AddField(ghl.Field{Name: "Birthday Gift", DataType: "CHECKBOX", Options: []string{"yes"}})
	clients := map[int]string{}
	for i := range n {
		firm := i / 4
		base := [...]string{"Northwind", "Bluebird", "Acme", "Harbor", "Summit", "Maple", "Granite", "Cedar", "Falcon", "Orchid"}[firm%10] + " " +
			[...]string{"Print", "Supply", "Foods", "Motors", "Dental", "Design", "Outfitters", "Logistics"}[firm/10%8]
		if firm >= 80 {
			base += fmt.Sprintf(" %d", firm)
		}
		first, last, town := firsts()[rng.IntN(20)], lasts()[rng.IntN(30)], towns()[firm%8]
		digits := fmt.Sprintf("%03d5%02d%04d", 312, firm%100, 1000+i)
		street := fmt.Sprintf("%d Main Street", 100+firm)
		mail := fmt.Sprintf("%s.%s%d@%s.example", plain(first[0]), plain(last), i, plain(base))
		tags := [][]string{{"customer"}, {"customer", "vip"}, {"newsletter"}}[rng.IntN(3)]
		kind, p := i%10, Pair{}
		if kind < 8 {
			fields := map[string]any{"firstName": first[0], "lastName": last, "email": strings.ToUpper(mail[:1]) + mail[1:],
				"phone": "(" + digits[:3] + ") " + digits[3:6] + "-" + digits[6:], "companyName": base + " Inc", "address1": street,
				"city": town[0], "state": town[1], "postalCode": town[2], "country": "US", "tags": anys(tags), "source": "trade show"}
			id, err := w.GHL.CreateContact(fields)
			if err != nil {
				return err
			}
			p.GHL = id
		}
		if kind < 6 || kind >= 8 {
			client, has := clients[firm]
			if !has {
				id, err := w.Commonsku.CreateClient(map[string]any{"client_name": strings.Replace(base, " ", " ", 1) + ", INC.",
					"client_rep_id": reps[firm%2], "industry_name": "Other"})
				if err != nil {
					return err
				}
				client, clients[firm] = id, id
			}
			name, phone, email := first[0], digits[:3]+"."+digits[3:6]+"."+digits[6:], any(mail)
			if kind%3 == 1 {
				name = first[1]
			}
			if kind == 5 { // the switchboard and the office's mailbox
				phone, email = fmt.Sprintf("312-5%02d-0000", firm%100), any("office@"+plain(base)+".example")
			}
			id, err := w.Commonsku.CreateContact(map[string]any{"client_id": client, "contact_first_name": name, "contact_last_name": last,
				"contact_email": email, "contact_phone": phone, "tags": anys(tags), "position": "Buyer",
				"address": map[string]any{"line_1": strings.Replace(street, "Street", "St.", 1), "city": town[0], "state": town[1], "postal": town[2], "country": "US"}})
			if err != nil {
				return err
			}
			p.Commonsku = id
		}
		w.Truth = append(w.Truth, p)
	}
	return nil
}

func anys(list []string) []any {
	var out []any
	for _, t := range list {
		out = append(out, t)
	}
	return out
}

// plain keeps the ASCII letters, lower-cased: a local part or a domain.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(strings.NewReplacer("é", "e", "ë", "e", "í", "i").Replace(s)))
}
