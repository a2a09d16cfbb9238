package record

import (
	"strings"
	"sync"
)

// Region is the canonical form of a state or province: its code for the United States, Canada and Australia (country is
// alpha-2), from code, name or common abbreviation, else collapsed text. Without a country a name or code counts that
// only one code answers to; WA is WA whichever country has it.
func Region(raw, country string) string {
	s := Name(raw)
	if s == "" || len(s) > 60 {
		return s
	}
	table, ok := regions()[country]
	if !ok {
		return s
	}
	if code, ok := table[FoldLoose(s)]; ok {
		return code
	}
	return s
}

// RegionName is the English name of a region's code; what is no code comes back as it is.
func RegionName(code, country string) string {
	for line := range strings.SplitSeq(regionTable, "\n") {
		if f := strings.Split(line, "|"); len(f) > 2 && f[0] == country && f[1] == code {
			return f[2]
		}
	}
	return code
}

// regions reads the table when it is first needed: country, then folded spelling, to code. Under "" is what is the same
// in all of them. Never changed once built.
var regions = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{"": {}, "US": {}, "CA": {}, "AU": {}}
	for line := range strings.SplitSeq(regionTable, "\n") {
		f := strings.Split(line, "|")
		if len(f) < 3 {
			continue
		}
		country, code := f[0], f[1]
		for _, spelling := range f[1:] {
			key := FoldLoose(spelling)
			out[country][key] = code
			if other, known := out[""][key]; known && other != code {
				code := "" // two codes answer to it
				out[""][key] = code
				continue
			}
			out[""][key] = code
		}
	}
	for key, code := range out[""] {
		if code == "" {
			delete(out[""], key)
		}
	}
	return out
})

// regionTable has a region a line: country, code, name, variants. Sources: USPS, Canada Post, Australia Post; the old
// abbreviations are those of newspapers.
const regionTable = `
US|AL|Alabama|Ala
US|AK|Alaska
US|AZ|Arizona|Ariz
US|AR|Arkansas|Ark
US|CA|California|Calif|Cali
US|CO|Colorado|Colo
US|CT|Connecticut|Conn
US|DE|Delaware|Del
US|DC|District of Columbia|Washington DC
US|FL|Florida|Fla
US|GA|Georgia
US|HI|Hawaii|Hawai'i
US|ID|Idaho
US|IL|Illinois|Ill
US|IN|Indiana|Ind
US|IA|Iowa
US|KS|Kansas|Kans
US|KY|Kentucky
US|LA|Louisiana
US|ME|Maine
US|MD|Maryland
US|MA|Massachusetts|Mass
US|MI|Michigan|Mich
US|MN|Minnesota|Minn
US|MS|Mississippi|Miss
US|MO|Missouri
US|MT|Montana|Mont
US|NE|Nebraska|Nebr|Neb
US|NV|Nevada|Nev
US|NH|New Hampshire|NH
US|NJ|New Jersey
US|NM|New Mexico
US|NY|New York|New York State
US|NC|North Carolina
US|ND|North Dakota
US|OH|Ohio
US|OK|Oklahoma|Okla
US|OR|Oregon|Ore
US|PA|Pennsylvania|Penn|Penna
US|RI|Rhode Island
US|SC|South Carolina
US|SD|South Dakota
US|TN|Tennessee|Tenn
US|TX|Texas|Tex
US|UT|Utah
US|VT|Vermont
US|VA|Virginia
US|WA|Washington|Wash|Washington State
US|WV|West Virginia|W Va
US|WI|Wisconsin|Wis|Wisc
US|WY|Wyoming|Wyo
US|AS|American Samoa
US|GU|Guam
US|MP|Northern Mariana Islands
US|PR|Puerto Rico
US|VI|U.S. Virgin Islands|Virgin Islands|US Virgin Islands
US|AA|Armed Forces Americas
US|AE|Armed Forces Europe
US|AP|Armed Forces Pacific
CA|AB|Alberta|Alta
CA|BC|British Columbia|Colombie-Britannique
CA|MB|Manitoba|Man
CA|NB|New Brunswick|Nouveau-Brunswick
CA|NL|Newfoundland and Labrador|Newfoundland & Labrador|Newfoundland|Labrador|NF|NFLD|Terre-Neuve-et-Labrador
CA|NS|Nova Scotia|Nouvelle-Écosse
CA|NT|Northwest Territories|NWT|Territoires du Nord-Ouest
CA|NU|Nunavut
CA|ON|Ontario|Ont
CA|PE|Prince Edward Island|PEI|Île-du-Prince-Édouard
CA|QC|Quebec|Québec|PQ|Que
CA|SK|Saskatchewan|Sask
CA|YT|Yukon|Yukon Territory|YK
AU|ACT|Australian Capital Territory
AU|NSW|New South Wales
AU|NT|Northern Territory
AU|QLD|Queensland
AU|SA|South Australia
AU|TAS|Tasmania
AU|VIC|Victoria
AU|WA|Western Australia
`
