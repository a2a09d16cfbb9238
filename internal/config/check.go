package config

// overlay lets the environment win over the file for what differs between machines: TANDEM_LISTEN, TANDEM_PUBLIC_URL,
// TANDEM_DATABASE, TANDEM_MASTER_KEY and TANDEM_ADMIN_TOKEN.
func (r *reader) overlay(c *Config) {
	set := func(name string, read func(value)) {
		if s, ok := r.env(name); ok && s != "" {
			read(value{r, scalarNode("env:" + name), name})
		}
	}
	set("TANDEM_LISTEN", func(v value) { v.listen(&c.Listen) })
	set("TANDEM_PUBLIC_URL", func(v value) { v.url(&c.PublicURL) })
	set("TANDEM_DATABASE", func(v value) { v.database(&c.Database) })
	set("TANDEM_MASTER_KEY", func(v value) { v.masterKey(&c.MasterKey) })
	set("TANDEM_ADMIN_TOKEN", func(v value) { v.adminToken(&c.AdminToken) })
	c.Database = r.absolute(c.Database)
}

// check is what only the whole shows.
func (r *reader) check(c *Config) {
	if len(c.Pairs) == 0 && !r.told("pairs") {
		r.wrong(0, "pairs", "`tandem init` writes a commented example", "there is no pair to keep in step")
	}
	names, locations, accounts := map[string]int{}, map[string]string{}, map[string]string{}
	for _, p := range c.Pairs {
		if line, twice := names[p.Name]; twice && p.Name != "" {
			r.wrong(p.Line, "pairs."+p.Name, "give each pair a name of its own", "the name is used twice, first in line %d", line)
		}
		names[p.Name] = p.Line
		// One location's records would be linked, and written, by two pairs that know nothing of each other.
		location := p.GHL.LocationID
		if other, twice := locations[location]; twice && location != "" {
			r.wrong(p.Line, "pairs."+p.Name+".ghl.location_id", "remove one of the pairs", "the location %s is already that of pair %s: two pairs would make every record twice", location, other)
		}
		locations[location] = p.Name
		account := p.Commonsku.BaseURL + "\x00" + p.Commonsku.Token.Reveal()
		if other, twice := accounts[account]; twice && p.Commonsku.Token != "" {
			r.warn(p.Line, "pairs."+p.Name+".commonsku", "see that no person is in both locations", "the same commonsku account as pair %s", other)
		}
		accounts[account] = p.Name
		if p.GHL.OAuth != nil && c.PublicURL == "" {
			r.warn(p.Line, "pairs."+p.Name+".ghl.oauth", "set public_url", "nobody can reach this service for webhooks and to connect the location")
		}
		if p.GHL.OAuth != nil && c.MasterKey == "" && !r.told("master_key") {
			r.wrong(p.Line, "pairs."+p.Name+".ghl.oauth", "set master_key: env:TANDEM_MASTER_KEY; `tandem keys make` prints a new one", "tokens are stored encrypted, which needs master_key")
		}
	}
}
