package shop

import (
	"fmt"
	"strings"
)

// service is one program of the shop; it runs in several pods per environment.
type service struct {
	name      string
	namespace string
	version   string
	lang      *language
	team      string
}

// identifier is the service's name as it can stand in source code.
func (s *service) identifier() string {
	return strings.ReplaceAll(s.name, "-", "")
}

// function is the full name of a function of the service.
func (s *service) function(name string) string {
	return fmt.Sprintf(s.lang.function, s.identifier(), name)
}

// file is the source file of all functions of the service.
func (s *service) file() string {
	return fmt.Sprintf(s.lang.file, s.identifier())
}

var (
	frontend       = &service{"frontend", "shop", "4.18.0", nodejs, "web"}
	mobileBFF      = &service{"mobile-bff", "shop", "2.7.3", nodejs, "mobile"}
	catalog        = &service{"catalog", "shop", "1.32.1", golang, "discovery"}
	search         = &service{"search", "shop", "0.14.9", java, "discovery"}
	recommendation = &service{"recommendation", "shop", "2026.11.2", python, "discovery"}
	cart           = &service{"cart", "shop", "3.0.4", dotnet, "checkout"}
	checkoutAPI    = &service{"checkout-api", "shop", "5.2.0", java, "checkout"}
	checkoutWorker = &service{"checkout-worker", "shop", "5.2.0", java, "checkout"}

	payment = &service{"payment", "payments", "7.1.12", golang, "payments"}
	fraud   = &service{"fraud", "payments", "0.9.41", python, "risk"}
	ledger  = &service{"ledger", "payments", "2.4.0", java, "payments"}

	shipping       = &service{"shipping", "fulfillment", "1.8.0", golang, "logistics"}
	warehouse      = &service{"warehouse", "fulfillment", "6.3.2", java, "logistics"}
	courierGateway = &service{"courier-gateway", "fulfillment", "1.1.5", nodejs, "logistics"}

	admin      = &service{"admin", "backoffice", "3.9.1", dotnet, "operations"}
	invoicing  = &service{"invoicing", "backoffice", "2.2.2", java, "finance"}
	accounting = &service{"accounting", "backoffice", "1.4.8", dotnet, "finance"}
	reporting  = &service{"reporting", "backoffice", "0.30.0", python, "finance"}

	gateway      = &service{"gateway", "platform", "1.37.0", golang, "platform"}
	auth         = &service{"auth", "platform", "4.0.1", golang, "platform"}
	notification = &service{"notification", "platform", "2.0.7", nodejs, "platform"}
	flags        = &service{"flags", "platform", "0.12.0", golang, "platform"}
)

// services in the order in which their pods are listed.
var services = []*service{
	frontend, mobileBFF, catalog, search, recommendation, cart, checkoutAPI, checkoutWorker,
	payment, fraud, ledger,
	shipping, warehouse, courierGateway,
	admin, invoicing, accounting, reporting,
	gateway, auth, notification, flags,
}

// backend is a server that the services use and that sends no telemetry.
type backend struct {
	system    string // db.system.name or messaging.system
	namespace string // db.namespace
	address   string
	port      int64
}

var (
	catalogDB  = &backend{"postgresql", "catalog", "catalog-db.data.svc.cluster.local", 5432}
	ordersDB   = &backend{"postgresql", "orders", "orders-db.data.svc.cluster.local", 5432}
	ledgerDB   = &backend{"postgresql", "ledger", "ledger-db.data.svc.cluster.local", 5432}
	accountsDB = &backend{"mysql", "accounts", "accounts-db.data.svc.cluster.local", 3306}
	sessions   = &backend{"redis", "0", "sessions.data.svc.cluster.local", 6379}
	carts      = &backend{"redis", "1", "carts.data.svc.cluster.local", 6379}
	index      = &backend{"opensearch", "products", "opensearch.data.svc.cluster.local", 9200}
	analytics  = &backend{"clickhouse", "sales", "clickhouse.data.svc.cluster.local", 9000}
	kafka      = &backend{"kafka", "", "kafka-bootstrap.data.svc.cluster.local", 9092}
)
