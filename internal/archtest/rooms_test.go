package archtest

// room is one package and the packages of Tandem that its code may import; its tests may import more. The order is
// inward to outward: a room imports only rooms above it.
type room struct {
	name   string
	may    []string
	reason string // why nothing else
}

const pureReason = "pure rooms decide by values alone, so that every decision can be tested as a table and replayed"

// rooms is the table of docs/architecture: what is not allowed here is banned.
func rooms() []room {
	pure := func(name string, may ...string) room { return room{name, may, pureReason} }
	leaf := func(name string, may ...string) room {
		return room{name, may, "a leaf knows no record that is synced, so that it can be read, tested and replaced alone"}
	}
	return []room{
		{"record", nil, "the vocabulary is imported by everything, so it imports nothing"},
		pure("operation", "record"),
		pure("expr", "record"),
		pure("match", "record"),
		pure("plan", "record"),
		pure("merge", "record"),
		pure("mapping", "record", "expr", "merge"),
		{"operation/gen", []string{"operation", "record"}, "the generator reads vendor files at development time and is in no binary"},

		leaf("budget"), leaf("vault"), leaf("credential", "vault"), leaf("access", "vault"), leaf("notify"), leaf("telemetry"),
		{"sandbox", []string{"sandbox/wire", "sandbox/ghl", "sandbox/commonsku"}, "a simulated system that shared code with a connector would share its mistakes and hide them"},
		{"sandbox/wire", nil, "a simulated system that shared code with a connector would share its mistakes and hide them"},
		{"sandbox/ghl", []string{"sandbox/wire"}, "a simulated system that shared code with a connector would share its mistakes and hide them"},
		{"sandbox/commonsku", []string{"sandbox/wire"}, "a simulated system that shared code with a connector would share its mistakes and hide them"},

		{"connector", []string{"record"}, "the port speaks of records only; what a system is like stays behind it"},
		{"connector/transport", []string{"connector", "operation", "record", "budget"}, "the chain knows calls and error classes, no records of either system and no store"},
		{"connector/ghl", []string{"connector", "connector/transport", "operation", "record", "budget"}, "a driver does I/O and decides nothing: no store, no merge, no policy, nothing of the other side"},
		{"connector/commonsku", []string{"connector", "connector/transport", "operation", "record", "budget"}, "a driver does I/O and decides nothing: no store, no merge, no policy, nothing of the other side"},
		{"connector/connectortest", []string{"connector", "record"}, "the suite sees what the engine sees of a driver, nothing else"},

		{"store", []string{"record", "plan", "merge", "budget", "vault", "credential", "access"}, "the store answers questions of the domain; it calls nobody and decides nothing"},
		{"store/storetest", []string{"store", "record", "plan", "merge", "budget"}, "the suite sees what the engine sees of a store"},
		{"queue", []string{"store", "record"}, "the claim loop runs handlers that app gives it, and knows none of them"},
		{"apply", []string{"connector", "store", "plan", "merge", "record"}, "the one way to write decides nothing: merge and engine do"},
		{"engine", []string{"apply", "queue", "connector", "store", "plan", "merge", "mapping", "match", "record", "operation", "expr"},
			"the engine speaks to both sides through the port: it must run against any two of them"},
		{"catalog", []string{"operation", "connector", "apply", "store", "record"}, "the catalog shows and calls operations; what is synced does not concern it"},
		{"flow", []string{"catalog", "expr", "store", "queue", "operation", "record", "plan"}, "flows act through the catalog, never around it"},
		{"operate", []string{"engine", "flow", "catalog", "store", "plan", "match", "mapping", "connector", "budget", "operation", "record", "vault", "access"},
			"what a person can ask for is one place; it is asked by cli, api and ui, and knows none of them"},

		{"web/problem", nil, "problem documents are a form, known to server and client alike"},
		{"web/hook", []string{"web/problem", "engine", "store", "record"}, "webhooks are stored and acknowledged; nothing is decided or called before that (I7)"},
		{"web/api", []string{"web/problem", "operate", "plan", "record", "access"}, "handlers parse, call operate and render: no SQL, no calls out"},
		{"web/ui", []string{"web/problem", "operate", "plan", "record", "access"}, "pages call operate: no SQL, no calls out"},
		{"client", []string{"operate", "plan", "record", "web/problem"}, "the command line on a running server asks what anybody can ask over HTTP"},

		{"config", []string{"record", "expr", "mapping", "merge"}, "a configuration is read and checked without starting anything"},
		{"app", []string{"budget", "vault", "credential", "access", "notify", "telemetry", "record", "expr", "mapping", "merge", "match", "plan", "operation", "connector",
			"connector/transport", "connector/ghl", "connector/commonsku", "store", "queue", "apply", "engine", "catalog", "flow", "operate", "web/hook", "web/api", "web/ui",
			"web/problem", "config"}, "app wires everything of the product; the client and the simulated systems are no part of it"},
		{"demo", []string{"app", "client", "config", "operate", "record", "sandbox", "sandbox/ghl", "sandbox/commonsku", "sandbox/wire", "plan", "telemetry", "match"},
			"the demonstration does what a user can do, and looks at both sides from outside"},
		{"bench", []string{"app", "client", "config", "operate", "record", "sandbox", "sandbox/ghl", "sandbox/commonsku", "sandbox/wire", "plan", "store", "match", "telemetry"},
			"benchmarks drive the product as users do"},
		{"cli", []string{"app", "client", "config", "operate", "plan", "record", "match", "mapping", "connector", "store", "telemetry", "vault", "web/api", "sandbox", "sandbox/ghl",
			"sandbox/commonsku", "sandbox/wire", "demo", "bench", "connector/commonsku"}, "verbs parse, call operate or its twin client, and print: no logic of their own"},
		{"simtest", []string{"app", "apply", "budget", "config", "connector", "connector/ghl", "connector/commonsku", "connector/transport", "engine", "mapping", "match", "merge",
			"operate", "operation", "plan", "queue", "record", "sandbox", "sandbox/ghl", "sandbox/commonsku", "sandbox/wire", "store", "telemetry", "web/hook", "expr"},
			"the simulation drives everything but the command line"},
		{"archtest", nil, "it reads source, not packages"},
	}
}

// pure says whether a room is one of those that decide by values alone.
func pure(name string) bool {
	switch name {
	case "record", "operation", "expr", "match", "plan", "merge", "mapping":
		return true
	}
	return false
}

// library is an outside package that belongs to few rooms.
type library struct {
	path   string // and everything below
	rooms  []string
	reason string
}

func libraries() []library {
	return []library{
		{"database/sql", []string{"store"}, "all SQL is in store, so that what must be true together is one transaction"},
		{"github.com/jackc/pgx", []string{"store", "store/storetest"}, "all SQL is in store; its suite makes a schema of its own"},
		{"modernc.org/sqlite", []string{"store"}, "all SQL is in store"},
		{"github.com/pressly/goose", []string{"store"}, "all SQL is in store"},
		{"cel.dev", []string{"expr"}, "there is one sandboxed evaluator, with one set of bounds"},
		{"github.com/google/cel-go", []string{"expr"}, "there is one sandboxed evaluator, with one set of bounds"},
		{"github.com/nyaruka/phonenumbers", []string{"record"}, "a canonical form is defined once"},
		{"golang.org/x/text", []string{"record"}, "a canonical form is defined once"},
		{"golang.org/x/net/html", []string{"record"}, "a canonical form is defined once"},
		{"go.yaml.in/yaml", []string{"config", "mapping", "connector/commonsku", "flow", "operation/gen"}, "YAML is what people write: configuration, maps, profiles, flows"},
		{"github.com/alecthomas/kong", []string{"cli"}, "only the command line parses a command line"},
		{"github.com/vbauerster/mpb", []string{"cli", "demo"}, "only the command line draws on a terminal"},
		{"golang.org/x/term", []string{"cli", "demo", "telemetry"}, "only the command line draws on a terminal"},
		{"github.com/prometheus", []string{"telemetry"}, "metrics have one registry and one place that names them"},
		{"net/http/httptest", nil, "httptest is for tests"},
		{"testing", []string{"connector/connectortest", "store/storetest"}, "test code stays out of the product; only suites are shared"},
		{"github.com/getkin/kin-openapi", []string{"operation/gen"}, "schemas are checked at development time; the library is large and slow to start"},
		{"unsafe", nil, "no measured need"},
	}
}
