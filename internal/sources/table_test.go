package sources_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

func spans(service string, n int) ptrace.Traces {
	d := ptrace.NewTraces()
	r := d.ResourceSpans().AppendEmpty()
	if service != "" {
		r.Resource().Attributes().PutStr("service.name", service)
	}
	s := r.ScopeSpans().AppendEmpty()
	for range n {
		s.Spans().AppendEmpty()
	}
	return d
}

func TestTableCountsAllSignals(t *testing.T) {
	table := sources.New()
	defer table.Watch()()
	table.Note(spans("cart", 3))
	m := pmetric.NewMetrics()
	rm := m.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("service.name", "cart")
	metrics := rm.ScopeMetrics().AppendEmpty().Metrics()
	metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty()
	metrics.AppendEmpty().SetEmptySum().DataPoints().AppendEmpty()
	metrics.AppendEmpty().SetEmptyHistogram().DataPoints().AppendEmpty()
	metrics.AppendEmpty().SetEmptyExponentialHistogram().DataPoints().AppendEmpty()
	metrics.AppendEmpty().SetEmptySummary().DataPoints().AppendEmpty()
	table.Note(m)
	l := plog.NewLogs()
	rl := l.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "cart")
	rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	table.Note(l)
	p := pprofile.NewProfiles()
	rp := p.ResourceProfiles().AppendEmpty()
	rp.Resource().Attributes().PutStr("service.name", "cart")
	rp.ScopeProfiles().AppendEmpty().Profiles().AppendEmpty().Samples().AppendEmpty()
	table.Note(p)

	all, evicted := table.List()
	require.Len(t, all, 1)
	require.Zero(t, evicted)
	require.Equal(t, sources.Counts{3, 5, 1, 1}, all[0].Items)
	require.Equal(t, int64(10), all[0].Items.Total())
	require.False(t, all[0].Last.Before(all[0].First))
}

func TestTableLooksOnlyWhileWatched(t *testing.T) {
	var none *sources.Table
	require.False(t, none.Watched())
	table := sources.New()
	table.Note(spans("cart", 1))
	stop := table.Watch()
	table.Note(spans("cart", 1))
	stop()
	stop()
	require.False(t, table.Watched())
	table.Note(spans("cart", 1))
	all, _ := table.List()
	require.Equal(t, int64(1), all[0].Items.Total())
}

func TestTableNamesSources(t *testing.T) {
	table := sources.New()
	defer table.Watch()()
	table.Note(spans("", 1))
	d := spans("cart", 1)
	attributes := d.ResourceSpans().At(0).Resource().Attributes()
	attributes.PutStr("k8s.namespace.name", "shop")
	attributes.PutStr("long", strings.Repeat("x", 1000))
	attributes.PutEmptyMap("nested")
	for i := range 100 {
		attributes.PutInt(fmt.Sprintf("n%d", i), int64(i))
	}
	table.Note(d)
	all, _ := table.List()
	require.Len(t, all, 2)
	require.Equal(t, "(unnamed)", all[0].ID)
	require.Equal(t, "shop/cart", all[1].ID)
	require.Equal(t, 64, all[1].Attributes.Len(), "attributes are bounded")
	long, _ := all[1].Attributes.Get("long")
	require.Len(t, long.Str(), 256)
	_, ok := all[1].Attributes.Get("nested")
	require.False(t, ok)

	table.Identify([]string{"service.name"})
	table.Note(d)
	all, _ = table.List()
	require.Len(t, all, 1, "another identity starts again")
	require.Equal(t, "cart", all[0].ID)
	require.Equal(t, "cart", table.Name(attributes))
	require.Equal(t, "shop/cart", (*sources.Table)(nil).Name(attributes), "the default, if nobody has another")
}

// Of far more sources than there is room for, the biggest are found, and no
// count is too low.
func TestTableIsBoundedAndKeepsTheBiggest(t *testing.T) {
	table := sources.New()
	defer table.Watch()()
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 1, 49_999)
	sent := make(map[string]int64)
	for range 200_000 {
		name := fmt.Sprintf("s%d", zipf.Uint64())
		sent[name]++
		table.Note(spans(name, 1))
	}
	all, evicted := table.List()
	require.Len(t, all, sources.Capacity)
	require.Positive(t, evicted)
	slices.SortFunc(all, func(a, b sources.Source) int {
		return int(b.Items.Total() + b.Error - a.Items.Total() - a.Error)
	})
	found := make(map[string]bool)
	for _, s := range all {
		require.LessOrEqual(t, s.Items.Total(), sent[s.ID])
		require.GreaterOrEqual(t, s.Items.Total()+s.Error, sent[s.ID])
		found[s.ID] = true
	}
	for i := range 50 {
		require.True(t, found[fmt.Sprintf("s%d", i)], "s%d is among the biggest", i)
	}
}

func TestTableConcurrently(t *testing.T) {
	table := sources.New()
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			defer table.Watch()()
			for j := range 200 {
				table.Note(spans(fmt.Sprint(i, j%7), 2))
				if j%50 == 0 {
					table.List()
				}
			}
		})
	}
	all.Wait()
	list, _ := table.List()
	var total int64
	for _, s := range list {
		total += s.Items.Total()
	}
	require.Equal(t, int64(4*200*2), total)
}

func BenchmarkNote(b *testing.B) {
	for _, watched := range []bool{false, true} {
		b.Run(fmt.Sprintf("watched=%v", watched), func(b *testing.B) {
			table := sources.New()
			if watched {
				defer table.Watch()()
			}
			d := spans("cart", 10)
			b.ReportAllocs()
			for b.Loop() {
				if table.Watched() {
					table.Note(d)
				}
			}
		})
	}
}
