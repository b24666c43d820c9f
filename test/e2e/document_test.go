package e2e

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/revision"
)

// desk is a document under edit, and the collector that runs by it.
type desk struct {
	t    *testing.T
	env  map[string]string
	sink *sink
	dir  string
	*process
	epochs []epoch
	// reloads are the times between the request and the acknowledgment of a change
	// of the pipelines.
	reloads []epoch
	number  int // of the revision that was applied last
}

// draft is what the tests change of the document.
type draft struct {
	mover     string // the stream that the service mover belongs to: left or right
	title     string
	attempt   int    // an attribute that the stream left sets
	trial     string // mode of the stream trial
	extra     string // an extra stream or destination; a whole line
	receivers string // more of them
	broken    string // a line that is wrong
	lake      bool   // the two streams deliver to Parquet files, too
}

func (d *desk) text(v draft) string {
	sinks, lake := "sink", ""
	if v.lake {
		sinks, lake = "sink, lake", "lake: { parquet: {} }"
	}
	return strings.NewReplacer(
		"DATA", filepath.Join(d.dir, "data"), "METRICS", d.env["METRICS"], "HEALTH", d.env["HEALTH"], "HTTP", d.env["HTTP"],
		"SINKS", sinks, "LAKE", lake, "SINK", d.sink.address, "MOVER", v.mover, "OTHER", map[string]string{"left": "right", "right": "left"}[v.mover],
		"TITLE", v.title, "ATTEMPT", strconv.Itoa(v.attempt), "TRIAL", cmp.Or(v.trial, "observe"),
		"EXTRA", v.extra, "RECEIVERS", v.receivers, "BROKEN", v.broken,
	).Replace(`version: 1
settings: { data_dir: "DATA", metrics_endpoint: "METRICS", health_endpoint: "HEALTH" }
receivers:
  otlp: { protocols: { http: { endpoint: "HTTP" } } }
  RECEIVERS
destinations:
  sink: { otlp_grpc: { endpoint: "SINK", tls: { insecure: true }, retry_on_failure: { initial_interval: 50ms, max_interval: 200ms } } }
  spare: { nop: {} }
  LAKE
streams:
  MOVER: { title: "TITLE", sources: [{ service.name: mover }], actions: [{ set: { stream: MOVER, attempt: ATTEMPT } }], destinations: [SINKS] }
  OTHER: { sources: [{ service.name: nobody }], actions: [{ set: { stream: OTHER, attempt: ATTEMPT } }], destinations: [SINKS] }
  trial: { sources: [{ service.name: mover }], mode: TRIAL, destinations: [spare] }
  EXTRA
  default: { destinations: [spare] }
BROKEN
`)
}

// newDesk starts a collector by a document.
func newDesk(t *testing.T, v draft) *desk {
	t.Helper()
	d := &desk{t: t, env: freePorts(t, "HTTP", "HEALTH", "METRICS"), sink: newSink(t), dir: t.TempDir()}
	d.write(v)
	d.run()
	d.epochs = []epoch{{time.Now(), time.Now().Add(time.Hour), v.mover}}
	return d
}

func (d *desk) path() string { return filepath.Join(d.dir, "datastreams.yaml") }

// run starts the collector, and shows that other sources may stand beside the
// document.
func (d *desk) run() {
	d.t.Helper()
	d.process = collector(d.t, "datastreams:"+d.path(), d.env, "--config", "yaml:extensions::datastreams: { poll_interval: 50ms, settle_time: 50ms }")
}

// write puts the document in place as a whole.
func (d *desk) write(v draft) {
	d.t.Helper()
	require.NoError(d.t, os.WriteFile(d.path()+".new", []byte(d.text(v)), 0o600))
	require.NoError(d.t, os.Rename(d.path()+".new", d.path()))
}

// apply writes the document and waits until the journal says that the
// collector runs by it.
func (d *desk) apply(v draft) revision.Revision {
	d.t.Helper()
	d.epochs[len(d.epochs)-1].until = time.Now()
	d.write(v)
	var latest revision.Revision
	eventually(d.t, 30*time.Second, func() error {
		journal, err := revision.Open(filepath.Join(d.dir, "data", "revisions"))
		if err != nil {
			return err
		}
		latest, _ = journal.Latest()
		if latest.SHA256 != revision.Hash([]byte(d.text(v))) || latest.State != revision.Applied {
			return fmt.Errorf("the journal ends with %+v", latest)
		}
		return nil
	})
	d.epochs = append(d.epochs, epoch{time.Now(), time.Now().Add(time.Hour), v.mover})
	d.number = latest.Number
	if n := len(d.epochs); latest.Kind == "graph" {
		d.reloads = append(d.reloads, epoch{from: d.epochs[n-2].until, until: d.epochs[n-1].from})
	}
	return latest
}

// restarts returns how often the collector has restarted its pipelines.
func (d *desk) restarts() int {
	return strings.Count(d.log.String(), "Config updated, restart service")
}

// logged waits for a line of the collector's log with all of the words.
func (d *desk) logged(words ...string) {
	d.t.Helper()
	eventually(d.t, 10*time.Second, func() error {
	lines:
		for line := range strings.Lines(d.log.String()) {
			for _, w := range words {
				if !strings.Contains(line, w) {
					continue lines
				}
			}
			return nil
		}
		return fmt.Errorf("no line of the log has %q", words)
	})
}

// Who belongs to a stream changes while data flows: no pipeline restarts, no
// request fails, and from the acknowledgment on data goes to the other stream.
func TestDocumentMembership(t *testing.T) {
	d := newDesk(t, draft{mover: "left"})
	l := startTraffic(t, d.env["HTTP"])
	for _, v := range []draft{{mover: "right"}, {mover: "right", trial: "paused"}, {mover: "left"}, {mover: "left", title: "only words"}} {
		time.Sleep(200 * time.Millisecond)
		r := d.apply(v)
		require.Contains(t, []string{"membership", "none"}, r.Kind, r.Summary)
	}
	time.Sleep(200 * time.Millisecond)
	l.finish()
	require.Zero(t, d.restarts())
	require.Empty(t, l.failed())
	l.requireOnce(d.sink, d.epochs)
	d.stop()
}

// A change of the pipelines loses nothing that was acknowledged, and doubles
// nothing. What is not a document, or not one that the collector can run by, is
// reported with its line and changes nothing.
func TestDocumentGraphAndMistakes(t *testing.T) {
	d := newDesk(t, draft{mover: "left"})
	l := startTraffic(t, d.env["HTTP"])
	for i := 1; i <= 3; i++ {
		time.Sleep(300 * time.Millisecond)
		require.Equal(t, "graph", d.apply(draft{mover: "left", attempt: i}).Kind)
	}
	require.Equal(t, 3, d.restarts())

	for broken, words := range map[string]string{
		"nonsense: 7": "datastreams.yaml:16:1: error",
		"collector: { exporters: { otlp_grpc/sink: { compression: strong } } }": "datastreams.yaml:7:11: destinations.sink.otlp_grpc",
		"collector: { receivers: { unheard_of: {} } }":                          "this collector has no receiver of the type",
	} {
		d.write(draft{mover: "left", broken: broken})
		d.logged("is not used", words)
	}
	time.Sleep(200 * time.Millisecond)
	require.Equal(t, 3, d.restarts())
	require.Equal(t, 3, d.metric(`otelcol_extension_datastreams_changes{kind="graph",result="applied"}`))
	require.Equal(t, 1, d.metric(`otelcol_extension_datastreams_changes{kind="unknown",result="rejected"}`))
	require.Equal(t, 2, d.metric(`otelcol_extension_datastreams_changes{kind="graph",result="rejected"}`))
	require.Equal(t, "membership", d.apply(draft{mover: "right", attempt: 3}).Kind) // It goes on.
	l.finish()
	l.requireOnce(d.sink, d.epochs)
	l.requireRefusals(d.reloads)
	t.Logf("without an acknowledgment, the longest times over 3 reloads: %s; %d of %d requests were refused", l.gaps()[:3], len(l.failed()), len(l.requests))
	d.stop()
}

// If the collector does not start with a document that passed all checks, the
// next process goes back to the revision before, until the file changes again.
func TestDocumentTakenPort(t *testing.T) {
	d := newDesk(t, draft{mover: "left"})
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	d.write(draft{mover: "left", receivers: fmt.Sprintf("zipkin: { endpoint: %q }", taken.Addr())})
	<-d.done
	require.NotZero(t, d.cmd.ProcessState.ExitCode())

	d.run()
	d.logged("THE DOCUMENT IS NOT USED", `"failed_revision": 2`, `"revision": 1`)
	l := startTraffic(t, d.env["HTTP"])
	time.Sleep(300 * time.Millisecond)
	require.Equal(t, 3, d.apply(draft{mover: "right"}).Number)
	l.finish()
	l.requireOnce(d.sink, nil)
	d.stop()
}

// A document that was edited while the collector was down, and with which another
// extension than ours cannot start: the process after that goes back.
func TestDocumentTakenPortOfAnExtension(t *testing.T) {
	d := newDesk(t, draft{mover: "left"})
	d.stop()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	free := d.env["HEALTH"]
	d.env["HEALTH"] = taken.Addr().String()
	d.write(draft{mover: "right"})
	d.process = launch(t, "datastreams:"+d.path(), nil)
	<-d.done
	require.NotZero(t, d.cmd.ProcessState.ExitCode())

	d.env["HEALTH"] = free // It runs by the document before.
	d.run()
	d.logged("THE DOCUMENT IS NOT USED", `"failed_revision": 2`, `"revision": 1`)
	d.stop()
}

// A collector that has nothing to run by says what is wrong with the document.
func TestDocumentMustBeRight(t *testing.T) {
	for text, message := range map[string]string{
		"":                              "no such file",
		"version: 1\nstreams:\n\t- x\n": "datastreams.yaml:3:1: error: not valid YAML: a tab is used for indentation",
		"version: 1\nstreams: { default: { destinations: [lake] } }\n": `datastreams.yaml:2:38: error: streams.default.destinations[0]: there is no destination "lake"`,
	} {
		path := filepath.Join(t.TempDir(), "datastreams.yaml")
		if text != "" {
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		}
		out, err := exec.Command(binary(t, "otelcol-datastreams"), "--config", "datastreams:"+path).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), message)
	}
}

// Changes of all kinds, two per second, while data flows and the destination
// comes and goes. DATASTREAMS_CHANGES sets their number.
func TestDocumentManyChanges(t *testing.T) {
	changes, err := strconv.Atoi(cmp.Or(os.Getenv("DATASTREAMS_CHANGES"), "40"))
	require.NoError(t, err)
	d := newDesk(t, draft{mover: "left"})
	l := startTraffic(t, d.env["HTTP"])
	v := draft{mover: "left"}
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	broken := 0
	for i := range changes {
		<-tick.C
		switch i % 10 {
		case 3:
			d.sink.down()
		case 6:
			d.sink.up()
		}
		if i%8 == 7 {
			broken++
			b := v
			b.broken, b.title = "nonsense: 7", fmt.Sprint(i)
			d.write(b)
			d.logged("is not used", fmt.Sprintf("\"revision\": %d,", d.number))
			continue
		}
		d.apply(v.next(i))
		v = v.next(i)
	}
	if (changes-1)%10 >= 3 && (changes-1)%10 < 6 {
		d.sink.up()
	}
	l.finish()
	l.requireOnce(d.sink, d.epochs)
	l.requireRefusals(d.reloads)
	gaps, n := l.gaps(), d.restarts()
	t.Logf("%d changes, %d of them wrong, %d reloads: without an acknowledgment, the longest times %s, the median of the %d longest %s; %d of %d requests were refused",
		changes, broken, n, gaps[:4], n, gaps[n/2], len(l.failed()), len(l.requests))
	require.Less(t, gaps[0], 3*time.Second) // The goal is 300 ms, on a machine that does nothing else.
	d.stop()
}

// next is the i-th change.
func (v draft) next(i int) draft {
	switch i % 8 {
	case 0, 3, 5:
		v.mover = map[string]string{"left": "right", "right": "left"}[v.mover]
	case 1:
		v.attempt++
	case 2:
		v.trial = []string{"paused", "deliver", "observe"}[i/8%3]
	case 4:
		v.extra = map[bool]string{true: "extra: { sources: [{ service.name: nobody }], destinations: [spare] }"}[v.extra == ""]
	case 6:
		v.title = fmt.Sprint("version ", i)
	}
	return v
}
