package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
)

const (
	// steadyFor is how long traces are sent while nothing happens.
	steadyFor = 5 * time.Second
	// formedAfter is how long the group of the first two nodes may go on with dividing
	// the traces after both have decided over some.
	formedAfter = 5 * time.Second
	// settledAfter is when traces have to be whole again after a change of the
	// second tier. Without other work on the machine it is within ten seconds,
	// which the test prints.
	settledAfter = 14 * time.Second
	// watchedFor is how long traces are sent after a change.
	watchedFor = 21 * time.Second
	// maxHeld is how long before a kill spans can have been sent that are lost by
	// it: `hold` of tiers.yaml, and their time in the gateways and the broker.
	maxHeld = 3*time.Second + 3*time.Second
)

// change is something that happened to the second tier.
type change struct {
	name string
	at   time.Time
}

// follow sends traces while the second tier changes: a third node joins, and then
// another one is killed without a warning. It returns when all of this happened.
func (x *tiers) follow(join, kill func()) (begun, joined, killed change) {
	x.start()
	eventually(x.t, time.Minute, func() error {
		if n := len(x.shares(time.Time{}, time.Now())); n < len(x.nodes) {
			return fmt.Errorf("%d of %d nodes have decided over traces", n, len(x.nodes))
		}
		return nil
	})
	time.Sleep(formedAfter)
	begun = change{"both nodes have their shares", time.Now()}
	time.Sleep(steadyFor)
	joined = change{"a node joined", time.Now()}
	join()
	time.Sleep(watchedFor)
	killed = change{"a node was killed", time.Now()}
	kill()
	time.Sleep(watchedFor)
	x.end()
	x.drained()
	return begun, joined, killed
}

// check wants traces to be whole in steady state and again after each change,
// and nothing lost but what the killed node held.
func (x *tiers) check(begun, joined, killed change) {
	x.t.Helper()
	x.requireShares(killed)
	// What is under way in the moment of a change is decided in parts.
	x.requireWhole("steady", begun.at, joined.at.Add(-maxHeld/2))
	x.requireWhole(joined.name, joined.at.Add(settledAfter), killed.at.Add(-maxHeld))
	x.requireWhole(killed.name, killed.at.Add(settledAfter), time.Now())
	for _, c := range []change{joined, killed} {
		last := c.at
		for _, trace := range x.traces(c.at, c.at.Add(watchedFor-maxHeld)) {
			if !trace.isWhole() && trace.sent.After(last) {
				last = trace.sent
			}
		}
		x.t.Logf("%s: traces are whole again after %.1f s", c.name, last.Sub(c.at).Seconds())
	}
	lost, spans := 0, 0
	for _, trace := range x.traces(time.Time{}, time.Now()) {
		spans += trace.acked
		if n := trace.lost(); n > 0 {
			lost += n
			require.WithinRange(x.t, trace.sent, killed.at.Add(-maxHeld), killed.at.Add(time.Second), "only what was held can be lost")
		}
	}
	x.t.Logf("%d of %d acknowledged spans were held by the node when it was killed, and lost", lost, spans)
	require.Less(x.t, lost, int(maxHeld.Seconds())*200*tierSpans)
}

// requireShares wants each of the three nodes to have decided over traces before
// one of them was killed, and only the others afterwards.
func (x *tiers) requireShares(killed change) {
	x.t.Helper()
	before, after := x.shares(killed.at.Add(-maxHeld-time.Second), killed.at.Add(-maxHeld)), x.shares(killed.at.Add(settledAfter), time.Now())
	x.t.Logf("traces by node: %v, and after the kill %v", before, after)
	require.Len(x.t, before, 3)
	require.Len(x.t, after, 2)
}

// shares counts the traces that began in this time by the nodes that decided over
// them.
func (x *tiers) shares(from, until time.Time) map[string]int {
	counts := make(map[string]int)
	for _, trace := range x.traces(from, until) {
		for _, n := range trace.nodes {
			counts[n]++
		}
	}
	return counts
}

func (x *tiers) requireWhole(when string, from, until time.Time) {
	x.t.Helper()
	traces := x.traces(from, until)
	require.Greater(x.t, len(traces), 50, when)
	whole := 0
	for i := range traces {
		if traces[i].isWhole() {
			whole++
		}
	}
	share := float64(whole) / float64(len(traces))
	x.t.Logf("%s: %.2f %% of %d traces were decided on one node", when, 100*share, len(traces))
	require.GreaterOrEqual(x.t, share, 0.999, when)
}

// Two gateways of examples/two-tier find their samplers by DNS and send each
// trace to one of them.
func TestTiersByLoadBalancing(t *testing.T) {
	t.Parallel()
	hosts := filepath.Join(t.TempDir(), "hosts")
	resolve := func(addresses ...string) {
		text := "127.0.0.1 localhost\n"
		for _, a := range addresses {
			text += a + " samplers.test\n"
		}
		require.NoError(t, os.WriteFile(hosts, []byte(text), 0o600))
	}
	resolve("127.0.0.11", "127.0.0.12")
	// The gateways get a file of names of their own, where the system lets them.
	private := []string{"--map-root-user", "--mount", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, hosts}
	if out, err := exec.Command("unshare", append(private, "grep", "samplers", "/etc/hosts")...).CombinedOutput(); err != nil {
		t.Skipf("names cannot be changed for a process: %v: %s", err, out)
	}
	x := newTiers(t)
	_, port, err := net.SplitHostPort(freePorts(t, "PORT")["PORT"])
	require.NoError(t, err)
	node := func(ip string) {
		x.node(ip, map[string]string{"LISTEN": net.JoinHostPort(ip, port), "RECEIVER": "otlp"})
	}
	node("127.0.0.11")
	node("127.0.0.12")
	for range 2 {
		x.gateway("../../examples/two-tier/gateway.yaml", map[string]string{"SAMPLERS": "samplers.test", "SAMPLERS_PORT": port},
			append([]string{"unshare"}, private...), "yaml:exporters::loadbalancing::resolver::dns::interval: 1s")
	}
	x.check(x.follow(func() {
		node("127.0.0.13")
		resolve("127.0.0.11", "127.0.0.12", "127.0.0.13")
	}, func() {
		x.nodes["127.0.0.12"].kill()
		resolve("127.0.0.11", "127.0.0.13")
	}))
}

// gateway starts a collector of the first tier by an example, below another
// program if there is one.
func (x *tiers) gateway(example string, env map[string]string, below []string, more ...string) {
	x.t.Helper()
	ports := freePorts(x.t, "GATEWAY_LISTEN", "HEALTH")
	list := []string{}
	for _, e := range []map[string]string{ports, env} {
		for k, v := range e {
			list = append(list, k+"="+v)
		}
	}
	args := append([]string{}, below...)
	args = append(args, binary(x.t, "otelcol-datastreams"))
	for _, config := range append([]string{example, "yaml:service::telemetry::metrics::level: none"}, more...) {
		args = append(args, "--config", config)
	}
	start(x.t, list, lookPath(x.t, args[0]), args[1:]...)
	eventually(x.t, time.Minute, func() error {
		c, err := net.Dial("tcp", ports["GATEWAY_LISTEN"])
		if err == nil {
			err = c.Close()
		}
		return err
	})
	x.reach(ports["GATEWAY_LISTEN"])
}

func lookPath(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	require.NoError(t, err)
	return path
}

// With Kafka in between, keyed by trace ID, the nodes of a consumer group have
// the partitions, and so the traces, among them. The broker is one in memory; the
// clients are those of the collector.
func TestTiersByKafka(t *testing.T) {
	t.Parallel()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(12, "otlp_spans"))
	require.NoError(t, err)
	t.Cleanup(broker.Close)
	kafka := strings.Join(broker.ListenAddrs(), ",")
	x := newTiers(t)
	node := func(n int) {
		x.node(fmt.Sprint("node-", n), map[string]string{"KAFKA": kafka, "RECEIVER": "kafka"})
	}
	node(1)
	node(2)
	for range 2 {
		x.gateway("../../examples/two-tier/kafka-gateway.yaml", map[string]string{"KAFKA": kafka}, nil)
	}
	x.check(x.follow(func() { node(3) }, func() { x.nodes["node-2"].kill() }))
}
