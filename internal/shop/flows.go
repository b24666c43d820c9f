package shop

import "time"

// stepKind is what a step of a request looks like as a span.
type stepKind int

const (
	serveHTTP stepKind = iota
	callHTTP
	serveRPC
	callRPC
	runQuery
	publishMessage
	consumeMessage
	doWork
)

// step is one operation of a flow; each becomes one span.
type step struct {
	kind    stepKind
	service *service // where it runs; nil: where its caller runs
	method  string   // HTTP method, RPC method, query verb, function
	target  string   // route, RPC service, table, topic
	backend *backend
	query   string
	median  time.Duration // own time, without that of calls
	calls   []*step
}

// flow is one thing that customers, staff or timers make the shop do.
type flow struct {
	weight int
	root   *step
	linked bool // its root points at the trace that caused it
	size   int  // steps
}

func newFlow(weight int, root *step) flow {
	return flow{weight: weight, root: root, size: root.size(), linked: root.kind == consumeMessage}
}

// size is the number of steps in the tree under s, s included.
func (s *step) size() int {
	n := 1
	for _, c := range s.calls {
		n += c.size()
	}
	return n
}

const ms = time.Millisecond

// serve is a request that reaches svc from outside.
func serve(svc *service, method, route string, calls ...*step) *step {
	return &step{kind: serveHTTP, service: svc, method: method, target: route, median: 3 * ms, calls: calls}
}

// rest is an HTTP call of svc: the client's span and the server's.
func rest(svc *service, method, route string, calls ...*step) *step {
	return &step{
		kind: callHTTP, method: method, target: route, median: ms,
		calls: []*step{serve(svc, method, route, calls...)},
	}
}

// rpc is a gRPC call of svc: the client's span and the server's.
func rpc(svc *service, rpcService, method string, calls ...*step) *step {
	server := &step{kind: serveRPC, service: svc, method: method, target: rpcService, median: 2 * ms, calls: calls}
	return &step{kind: callRPC, method: method, target: rpcService, median: ms / 2, calls: []*step{server}}
}

// query is one statement that the caller sends to a database.
func query(db *backend, verb, table, text string, median time.Duration) *step {
	return &step{kind: runQuery, method: verb, target: table, backend: db, query: text, median: median}
}

// publish sends a message to topic; receivers handle it later.
func publish(topic string, receivers ...*step) *step {
	return &step{kind: publishMessage, method: "send", target: topic, backend: kafka, median: 2 * ms, calls: receivers}
}

// consume handles a message of topic in svc.
func consume(svc *service, topic string, calls ...*step) *step {
	return &step{kind: consumeMessage, service: svc, method: "process", target: topic, backend: kafka, median: 4 * ms, calls: calls}
}

// work is a function that svc traces; nil: the caller's service.
func work(svc *service, function string, median time.Duration, calls ...*step) *step {
	return &step{kind: doWork, service: svc, method: function, median: median, calls: calls}
}

// flows is everything that happens in the shop, health probes aside.
var flows = []flow{
	newFlow(24, serve(gateway, "GET", "/products/{id}", rest(frontend, "GET", "/products/{id}",
		rpc(catalog, "shop.v1.Catalog", "GetProduct",
			query(sessions, "GET", "", "GET product:?", ms/2),
			query(catalogDB, "SELECT", "products", "SELECT id, title, price_cents, currency, stock FROM products WHERE id = $1", 4*ms)),
		rest(recommendation, "POST", "/v2/rank", work(nil, "score_candidates", 18*ms))))),
	newFlow(16, serve(mobileBFF, "GET", "/api/search", rpc(flags, "flags.v1.Flags", "Evaluate"),
		rpc(search, "shop.v1.Search", "Query",
			query(index, "search", "products", `{"query":{"multi_match":{"query":"?","fields":["title^3","text"]}},"size":24}`, 25*ms)))),
	newFlow(14, serve(gateway, "POST", "/cart/items", rest(frontend, "POST", "/cart/items",
		rpc(cart, "shop.v1.Cart", "AddItem",
			query(carts, "HGETALL", "", "HGETALL cart:?", ms/2), query(carts, "HSET", "", "HSET cart:? item ?", ms/2))))),
	newFlow(8, serve(gateway, "POST", "/checkout", rest(checkoutAPI, "POST", "/checkout",
		rpc(cart, "shop.v1.Cart", "GetCart", query(carts, "HGETALL", "", "HGETALL cart:?", ms/2)),
		rpc(payment, "payments.v1.Payment", "Charge", rpc(fraud, "payments.v1.Fraud", "Score", work(nil, "predict", 30*ms))),
		query(ordersDB, "INSERT", "orders", "INSERT INTO orders (id, customer_id, total_cents, currency, status) VALUES ($1, $2, $3, $4, $5)", 6*ms),
		publish("orders.placed", consume(checkoutWorker, "orders.placed"))))),
	newFlow(8, consume(shipping, "orders.paid", work(nil, "PackParcels", 9*ms),
		query(ordersDB, "UPDATE", "orders", "UPDATE orders SET status = $1, updated_at = now() WHERE id = $2", 5*ms),
		rest(courierGateway, "POST", "/v1/labels", work(nil, "renderLabel", 40*ms)),
		rpc(warehouse, "fulfillment.v1.Warehouse", "Reserve",
			query(ordersDB, "SELECT", "stock", "SELECT bin, quantity FROM stock WHERE sku = ANY($1) FOR UPDATE", 7*ms)))),
	newFlow(6, consume(ledger, "payments.settled",
		query(ledgerDB, "INSERT", "entries", "INSERT INTO entries (account, amount_cents, currency, order_id) VALUES ($1, $2, $3, $4), ($5, $6, $7, $8)", 8*ms),
		rest(accounting, "POST", "/bookings", query(accountsDB, "INSERT", "bookings", "INSERT INTO bookings (period, account, amount) VALUES (?, ?, ?)", 6*ms)))),
	newFlow(7, serve(gateway, "POST", "/login", rpc(auth, "platform.v1.Auth", "Login",
		query(accountsDB, "SELECT", "users", "SELECT id, password_hash, locked FROM users WHERE email = ?", 4*ms),
		query(sessions, "SETEX", "", "SETEX session:? 3600 ?", ms/2)))),
	newFlow(4, serve(admin, "GET", "/reports/{name}", rpc(auth, "platform.v1.Auth", "Check"),
		rest(reporting, "GET", "/v1/reports/{name}",
			query(analytics, "SELECT", "orders_daily", "SELECT day, sum(total_cents) FROM orders_daily WHERE day >= {from:Date} GROUP BY day ORDER BY day", 180*ms),
			work(nil, "render_table", 60*ms)))),
	newFlow(3, work(invoicing, "RunInvoices", 25*ms,
		query(ordersDB, "SELECT", "orders", "SELECT id, customer_id, total_cents FROM orders WHERE status = $1 AND invoiced_at IS NULL LIMIT 500", 35*ms),
		work(nil, "RenderInvoice", 90*ms),
		query(ordersDB, "UPDATE", "orders", "UPDATE orders SET invoiced_at = now() WHERE id = ANY($1)", 12*ms),
		publish("invoices.issued", consume(notification, "invoices.issued", work(nil, "sendMail", 70*ms))))),
	newFlow(4, consume(notification, "orders.shipped", rest(mobileBFF, "POST", "/internal/push", rpc(flags, "flags.v1.Flags", "Evaluate")))),
	newFlow(4, work(warehouse, "SyncStock", 15*ms,
		query(catalogDB, "UPDATE", "products", "UPDATE products SET stock = $1 WHERE id = $2", 6*ms), publish("stock.changed"))),
}

// probe is the flow of one step that fills a payload up to the wanted number
// of spans: what the kubelet asks every pod, all the time.
func probe(svc *service) flow {
	return flow{size: 1, root: &step{kind: serveHTTP, service: svc, method: "GET", target: "/healthz", median: ms / 2}}
}

var flowWeights = func() (sum int) {
	for _, f := range flows {
		sum += f.weight
	}
	return sum
}()

// pickFlow returns a flow of at most limit steps.
func pickFlow(d dice, limit int) flow {
	at := d.IntN(flowWeights)
	for _, f := range flows {
		if at -= f.weight; at < 0 {
			if f.size <= limit {
				return f
			}
			break
		}
	}
	return probe(pick(d, services))
}
