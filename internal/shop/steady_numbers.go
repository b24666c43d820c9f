package shop

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

// steadyPoints is the number of series of each metric in a pod.
const steadyPoints = 4

// steadyMetric is a metric of numbers.
type steadyMetric struct {
	name, unit, description string
	counter                 bool // else an up-down counter
	size                    int  // about what a value is, and what a busy one changes by in a minute
	step                    int  // what a slow one changes by at most
	hundredths              bool // doubles with two decimals, as the kernel counts CPU time; else integers
	key                     string
	values                  [steadyPoints]string
}

// steadyMetrics are 20 metrics of the semantic conventions for processes, containers and runtimes.
var steadyMetrics = [steadyNumbers / steadyPoints]steadyMetric{
	{"system.cpu.time", "s", "CPU seconds by mode.", true, 40_000, 3, true, "cpu.mode", [4]string{"user", "system", "idle", "iowait"}},
	{"container.cpu.time", "s", "CPU seconds of the container.", true, 6000, 1, true, "cpu.mode", [4]string{"user", "system", "kernel", "steal"}},
	{"process.cpu.time", "s", "CPU seconds of the process.", true, 6000, 1, true, "cpu.mode", [4]string{"user", "system", "wait", "other"}},
	{"jvm.cpu.time", "s", "CPU seconds of the runtime.", true, 6000, 1, true, "jvm.thread.kind", [4]string{"main", "gc", "jit", "worker"}},
	{"jvm.memory.used", "By", "Memory in use.", false, 300 * mega, 64, false, "jvm.memory.pool.name", memoryPools},
	{"jvm.memory.committed", "By", "Committed memory.", false, 400 * mega, page, false, "jvm.memory.pool.name", memoryPools},
	{"jvm.memory.limit", "By", "Largest memory.", false, 600 * mega, page, false, "jvm.memory.pool.name", memoryPools},
	{"jvm.memory.used_after_last_gc", "By", "Memory in use after garbage collection.", false, 200 * mega, page, false, "jvm.memory.pool.name", memoryPools},
	{"jvm.thread.count", "{thread}", "Threads by state.", false, 80, 1, false, "jvm.thread.state", [4]string{"runnable", "waiting", "timed_waiting", "blocked"}},
	{"jvm.class.count", "{class}", "Loaded classes.", false, 15_000, 4, false, "jvm.class.loader", [4]string{"app", "boot", "platform", "plugin"}},
	{"db.client.connection.count", "{connection}", "Connections of the pool.", false, 20, 1, false, "db.client.connection.pool.name", [4]string{"orders", "carts", "prices", "users"}},
	{"db.client.connection.timeouts", "{timeout}", "Timeouts of the pool.", true, 90, 1, false, "db.client.connection.pool.name", [4]string{"orders", "carts", "prices", "users"}},
	{"process.paging.faults", "{fault}", "Page faults.", true, 500_000, 20, false, "paging.fault.type", [4]string{"minor", "major", "swap", "cow"}},
	{"process.context_switches", "{context_switch}", "Context switches.", true, 900_000, 50, false, "process.context_switch.type", [4]string{"voluntary", "involuntary", "idle", "preempted"}},
	{"system.disk.io", "By", "Bytes read and written.", true, 900 * mega, page, false, "system.device", devices},
	{"system.disk.operations", "{operation}", "Disk operations.", true, 700_000, 10, false, "system.device", devices},
	{"system.network.io", "By", "Bytes received and sent.", true, 2000 * mega, 1500, false, "network.interface.name", interfaces},
	{"system.network.packets", "{packet}", "Packets received and sent.", true, 3_000_000, 10, false, "network.interface.name", interfaces},
	{"system.network.errors", "{error}", "Network errors.", true, 30, 1, false, "network.interface.name", interfaces},
	{"system.filesystem.usage", "By", "Bytes in use.", false, 9000 * mega, page, false, "system.device", devices},
}

var (
	memoryPools = [4]string{"eden", "survivor", "old", "metaspace"}
	devices     = [4]string{"nvme0n1", "nvme0n1p1", "nvme1n1", "nvme2n1"}
	interfaces  = [4]string{"eth0", "eth1", "lo", "cni0"}

	// steadyRoutes are the routes of each pod, of which only some are busy.
	steadyRoutes = [steadyHistograms]string{
		"/products", "/products/{id}", "/products/{id}/reviews", "/search", "/cart", "/cart/items", "/cart/items/{id}",
		"/checkout", "/orders", "/orders/{id}", "/orders/{id}/invoice", "/users", "/users/{id}", "/users/{id}/addresses",
		"/login", "/logout", "/admin/prices", "/admin/stock", "/healthz", "/readyz",
	}
)

// begin makes m a metric of this kind and returns its points.
func (k *steadyMetric) begin(m pmetric.Metric) pmetric.NumberDataPointSlice {
	m.SetName(k.name)
	m.SetUnit(k.unit)
	m.SetDescription(k.description)
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(k.counter)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	return sum.DataPoints()
}

// steadyNumber is a series of numbers.
type steadyNumber struct {
	kind  *steadyMetric
	pace  pace
	value int // in hundredths if they are
	step  int // of a busy one, on average
}

func newSteadyNumber(d dice, kind *steadyMetric) steadyNumber {
	n := steadyNumber{kind: kind, pace: d.pace(), value: 1 + d.IntN(kind.size)}
	n.step = max(kind.step+1, d.IntN(max(2, kind.size/100)))
	if kind.hundredths {
		n.value *= 100
	}
	return n
}

// write changes the value as its pace says and writes the point.
func (n *steadyNumber) write(d dice, to pmetric.NumberDataPoint) {
	step := 0
	switch n.pace {
	case slow:
		step = d.between(1, n.kind.step)
	case busy:
		step = 1 + int(float64(n.step)*math.Abs(1+0.3*d.NormFloat64()))
	case idle:
	}
	if !n.kind.counter && step < n.value && d.chance(0.5) {
		step = -step
	}
	n.value += step
	if n.kind.hundredths {
		to.SetDoubleValue(float64(n.value) / 100)
		return
	}
	to.SetIntValue(int64(n.value))
}
