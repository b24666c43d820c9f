package datastreamrouterconnector

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

func TestMembership(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testMembership(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testMembership(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testMembership(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testMembership(t, profilesSubject) })
}

// conf parses streams in the form of the router's configuration.
func conf(t *testing.T, yaml string) *confmap.Conf {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	require.NoError(t, err)
	c, err := retrieved.AsConf()
	require.NoError(t, err)
	return c
}

func configOf(t *testing.T, yaml string) *Config {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, cfg.Unmarshal(conf(t, yaml)))
	return cfg
}

const twoStreams = `
streams:
  - { name: x, select: [ { service.name: [a, b] } ] }
  - { name: y, select: [ { service.name: c } ] }
`

func testMembership[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	reading := func(name string) *pipe[D] { return &pipe[D]{name: name} }

	t.Run("a stream that observes takes nothing from others and needs no pipeline", func(t *testing.T) {
		b := newBench(t, s, configOf(t, `
match: first
streams:
  - { name: trial, observe: true, select: [ { service.name: [a, z] } ] }
  - { name: x, select: [ { service.name: [a, b] } ] }
`), reading("x"))
		b.send(s.payload("a2 b1 z1"))
		b.got("x", "a#0", "a#1", "b#0")
		require.Equal(t, map[string]int64{"trial/observed": 3, "x/delivered": 3, "/unmatched": 1}, b.counts())
	})

	t.Run("a paused stream keeps its data from the default", func(t *testing.T) {
		b := newBench(t, s, configOf(t, `
streams:
  - { name: x, paused: true, select: [ { service.name: [a, b] } ] }
  - { name: y, select: [ { service.name: b } ] }
  - { name: default, default: true }
`), reading("x"), reading("y"), reading("default"))
		b.send(s.payload("a2 b1 z1"))
		require.Equal(t, map[string]int64{"x/paused": 3, "y/delivered": 1, "default/delivered": 1}, b.counts())
	})

	t.Run("a condition decides what selectors cannot", func(t *testing.T) {
		b := newBench(t, s, configOf(t, `
streams:
  - { name: x, select: [ { condition: 'IsMatch(attributes["service.name"], "^[ab]$")' } ] }
  - { name: default, default: true }
`), reading("x"), reading("default"))
		b.send(s.payload("a1 c1 b1"))
		b.got("x", "a#0", "b#0")
		b.got("default", "c#0")
	})

	t.Run("a change takes effect at once and keeps accounts", func(t *testing.T) {
		b := newBench(t, s, configOf(t, twoStreams), reading("x"), reading("y"))
		b.send(s.payload("a1 c1"))
		require.NoError(t, b.member.Apply(conf(t, `
match: first
streams:
  - { name: y, select: [ { service.name: [a, c] } ] }
  - { name: x, select: [ { service.name: { exists: true } } ] }
`)))
		b.send(s.payload("a1 c1 b1"))
		b.got("x", "a#0", "b#0")
		b.got("y", "c#0", "a#0", "c#0")
		require.Equal(t, map[string]int64{"x/delivered": 2, "y/delivered": 3}, b.counts())
	})

	t.Run("a change that cannot be made is refused whole", func(t *testing.T) {
		b := newBench(t, s, configOf(t, twoStreams), reading("x"), reading("y"))
		for want, yaml := range map[string]string{
			`streams::1: the router has no stream "new" and no pipeline for it`: `{ streams: [ { name: x, default: true }, { name: new, select: [ { service.name: a } ] } ] }`,
			`timeout of stream "x" change with a reload only`:                   `{ streams: [ { name: x, default: true, timeout: 2s } ] }`,
			`hold_bytes and max_stream_labels change with a reload only`:        `{ hold_bytes: 5, streams: [ { name: x, default: true } ] }`,
			`unknown operator "globb"; did you mean "glob"?`:                    `{ streams: [ { name: x, select: [ { service.name: { globb: "*" } } ] } ] }`,
			`unknown key; did you mean "select"?`:                               `{ streams: [ { name: x, selekt: [], default: true } ] }`,
		} {
			require.ErrorContains(t, b.member.Apply(conf(t, yaml)), want)
		}
		b.send(s.payload("a1 c1"))
		b.got("x", "a#0")
		b.got("y", "c#0")
	})

	t.Run("a stream without a pipeline cannot cease to observe", func(t *testing.T) {
		b := newBench(t, s, configOf(t, `
streams:
  - { name: trial, observe: true, select: [ { service.name: a } ] }
  - { name: x, observe: true, default: true }
`), reading("x"))
		deliver := `{ streams: [ { name: %s, select: [ { service.name: a } ] } ] }`
		require.ErrorContains(t, b.member.Apply(conf(t, fmt.Sprintf(deliver, "trial"))), `streams::0: stream "trial" has no pipeline to deliver to`)
		b.send(s.payload("a1"))
		require.Equal(t, map[string]int64{"trial/observed": 1, "x/observed": 1, "/unmatched": 1}, b.counts())
		require.NoError(t, b.member.Apply(conf(t, fmt.Sprintf(deliver, "x"))))
		b.send(s.payload("a1"))
		b.got("x", "a#0")
	})

	t.Run("a payload sees one generation whole", func(t *testing.T) { testOneGeneration(t, s) })

	t.Run("explain names the stream and the entry", func(t *testing.T) {
		b := newBench(t, s, configOf(t, twoStreams), reading("x"), reading("y"))
		text := b.member.Explain(s.kind.Resource(s.payload("a1"), 0))
		require.Contains(t, text, "x")
		require.Contains(t, text, "service.name")
	})

	t.Run("extensions that drive routers get to know them", func(t *testing.T) {
		b := newBench(t, s, configOf(t, twoStreams), reading("x"), reading("y"))
		registry := new(fakeRegistry)
		require.NoError(t, b.member.start(t.Context(), registry))
		require.Equal(t, s.kind.Signal, registry.router.Signal())
		require.NoError(t, b.shutdown(t.Context()))
		require.Nil(t, registry.router)
	})
}

// testOneGeneration moves all services from one stream to the other and back
// while payloads flow: none may be split between both.
func testOneGeneration[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	var stop atomic.Bool
	pipeOf := func(name string) *pipe[D] { return &pipe[D]{name: name} }
	b := newBench(t, s, configOf(t, twoStreams), pipeOf("x"), pipeOf("y"))
	to := map[string]*confmap.Conf{
		"x": conf(t, `{ streams: [ { name: x, select: [ { service.name: [a, b, c] } ] }, { name: y, select: [ { service.name: none } ] } ] }`),
		"y": conf(t, `{ streams: [ { name: x, select: [ { service.name: none } ] }, { name: y, select: [ { service.name: [a, b, c] } ] } ] }`),
	}
	require.NoError(t, b.member.Apply(to["x"]))
	var swapping sync.WaitGroup
	swapping.Go(func() {
		for !stop.Load() {
			for _, name := range []string{"y", "x"} {
				if err := b.member.Apply(to[name]); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 300 {
		b.send(s.payload("a1 b1 c1 a1 b1 c1"))
	}
	stop.Store(true)
	swapping.Wait()
	for _, p := range b.pipes {
		for _, d := range p.calls {
			require.Len(t, s.read(d), 6)
		}
	}
	require.Equal(t, 1800, len(b.pipes["x"].items)+len(b.pipes["y"].items))
}

// fakeRegistry is a host with one extension, which is itself.
type fakeRegistry struct {
	component.StartFunc
	component.ShutdownFunc
	router membership.Router
}

func (r *fakeRegistry) Register(router membership.Router) func() {
	r.router = router
	return func() { r.router = nil }
}

func (r *fakeRegistry) Start(context.Context, component.Host) error { return nil }

func (r *fakeRegistry) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{component.MustNewID("registry"): r}
}

// Hostile and odd resources are routed by rule and break nothing.
func TestOddResources(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testOddResources(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testOddResources(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testOddResources(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testOddResources(t, profilesSubject) })
}

func testOddResources[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	b := newBench(t, s, configOf(t, `
streams:
  - { name: number, select: [ { service.name: 42 } ] }
  - { name: empty, select: [ { service.name: "" } ] }
  - { name: first, select: [ { service.name: one } ] }
  - { name: absent, select: [ { service.name: { exists: false } } ] }
  - { name: long, select: [ { service.name: { regex: "^l+$" } } ] }
`), pipesNamedOf(s, "number", "empty", "first", "absent", "long")...)
	d := s.new()
	put := func(item string, set func(pcommon.Map)) {
		s.add(d, "", []string{item})
		attributes := s.kind.Resource(d, s.kind.Len(d)-1).Attributes()
		attributes.Clear()
		set(attributes)
	}
	put("int", func(m pcommon.Map) { m.PutInt("service.name", 42) })
	put("none", func(m pcommon.Map) { m.PutEmpty("service.name") })
	put("zero", func(m pcommon.Map) { m.PutStr("service.name", "") })
	put("missing", func(pcommon.Map) {})
	put("huge", func(m pcommon.Map) { m.PutStr("service.name", strings.Repeat("l", 100_000)) })
	put("list", func(m pcommon.Map) { m.PutEmptySlice("service.name").AppendEmpty().SetStr("one") })
	b.send(d)
	require.Equal(t, map[string]int64{
		"number/delivered": 1, "empty/delivered": 2, "absent/delivered": 1, "long/delivered": 1, "/unmatched": 1,
	}, b.counts())
	b.got("number", "int")
	b.got("empty", "none", "zero")
	b.got("absent", "missing")
	b.got("long", "huge")
}

// Ten thousand resources of one item each, over many streams, in one payload.
func TestManyResources(t *testing.T) {
	t.Run("traces", func(t *testing.T) { testManyResources(t, tracesSubject) })
	t.Run("metrics", func(t *testing.T) { testManyResources(t, metricsSubject) })
	t.Run("logs", func(t *testing.T) { testManyResources(t, logsSubject) })
	t.Run("profiles", func(t *testing.T) { testManyResources(t, profilesSubject) })
}

func testManyResources[D any, C signal.Consumer](t *testing.T, s subject[D, C]) {
	b := newBench(t, s, shop(), pipesNamedOf(s, "x", "y", "default")...)
	b.send(s.payload(strings.Repeat("a1 b1 c1 z1 ", 2500)))
	require.Equal(t, map[string]int64{"x/delivered": 5000, "y/delivered": 5000, "default/delivered": 2500}, b.counts())
	require.Len(t, b.pipes["x"].calls, 2)
}

func pipesNamedOf[D any, C signal.Consumer](_ subject[D, C], names ...string) []*pipe[D] {
	var pipes []*pipe[D]
	for _, name := range names {
		pipes = append(pipes, &pipe[D]{name: name})
	}
	return pipes
}
