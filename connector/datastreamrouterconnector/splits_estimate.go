package datastreamrouterconnector

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/match"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/membership"
	"github.com/otelcol-datastreams/otelcol-datastreams/internal/sources"
)

const (
	maxPairs       = 100 // of streams, that are reported
	maxExamples    = 5   // of traces, for each pair
	maxSourcePairs = 5   // for each pair of streams
)

// draft compiles the streams that would take traces under other definitions.
func (r *router[D, C]) draft(cfg *Config) (*match.Table, []string, error) {
	var streams []match.Stream
	var names []string
	for i := range cfg.Streams {
		s := &cfg.Streams[i]
		if r.accounts[s.Name] != nil && r.lanes[s.Name] == nil && !s.Observe {
			continue
		}
		rules, problems := s.compile(r.settings)
		if len(problems) > 0 {
			return nil, nil, problems[0]
		}
		streams, names = append(streams, rules), append(names, s.Name)
	}
	mode := match.AllStreams
	if cfg.Match == matchFirst {
		mode = match.FirstStream
	}
	return match.Compile(streams, mode), names, nil
}

// standing is where a source goes, and what it is called.
type standing struct {
	streams []int // ascending
	name    string
}

// streamPair is two streams, the first one first.
type streamPair struct{ a, b int }

// divide tells how streams divide the traces of a sealed sample. Names are those
// of the table's streams, and who names sources.
func (w *sample) divide(table *match.Table, names []string, who *sources.Table) membership.Splits {
	standings := make(map[*source]standing, len(w.sources))
	for _, s := range w.sources {
		standings[s] = standing{table.MatchResource(s.resource).Streams, who.Name(s.resource.Attributes())}
	}
	result := membership.Splits{At: w.at, Traces: len(w.traces)}
	found := make(map[streamPair][]pcommon.TraceID)
	divided := 0
	for id, of := range w.traces {
		some, all := streamsOf(of, standings)
		if len(some) == len(all) {
			continue
		}
		divided++
		for _, p := range dividedPairs(some, all) {
			found[p] = append(found[p], id)
		}
	}
	if divided == 0 {
		return result
	}
	result.Share = float64(divided) / float64(len(w.traces))
	most := slices.SortedFunc(maps.Keys(found), func(p, q streamPair) int {
		return cmp.Or(cmp.Compare(len(found[q]), len(found[p])), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b))
	})
	for _, p := range most[:min(len(most), maxPairs)] {
		result.Pairs = append(result.Pairs, w.pair(p, found[p], standings, names))
	}
	return result
}

// streamsOf returns the streams that get any of a trace, and those that get all
// of it.
func streamsOf(of []*source, standings map[*source]standing) (some, all []int) {
	some, all = standings[of[0]].streams, standings[of[0]].streams
	for _, s := range of[1:] {
		streams := standings[s].streams
		if slices.Equal(streams, some) && slices.Equal(streams, all) {
			continue
		}
		some = mergeSorted(some, streams)
		all = slices.DeleteFunc(slices.Clone(all), func(stream int) bool { return !slices.Contains(streams, stream) })
	}
	return some, all
}

// dividedPairs returns the pairs of streams of which not both get all of a trace.
func dividedPairs(some, all []int) []streamPair {
	var pairs []streamPair
	for i, a := range some {
		for _, b := range some[i+1:] {
			if !slices.Contains(all, a) || !slices.Contains(all, b) {
				pairs = append(pairs, streamPair{a, b})
			}
		}
	}
	return pairs
}

// pair describes a pair of streams between which these traces are divided.
func (w *sample) pair(p streamPair, ids []pcommon.TraceID, standings map[*source]standing, names []string) membership.Split {
	total := float64(len(w.traces))
	result := membership.Split{A: names[p.a], B: names[p.b], Share: float64(len(ids)) / total}
	slices.SortFunc(ids, func(a, b pcommon.TraceID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range ids[:min(len(ids), maxExamples)] {
		result.Examples = append(result.Examples, id.String())
	}
	counts := make(map[[2]string]int)
	for _, id := range ids {
		for between := range p.between(w.traces[id], standings) {
			counts[between]++
		}
	}
	most := slices.SortedFunc(maps.Keys(counts), func(s, t [2]string) int {
		return cmp.Or(cmp.Compare(counts[t], counts[s]), slices.Compare(s[:], t[:]))
	})
	for _, s := range most[:min(len(most), maxSourcePairs)] {
		result.Sources = append(result.Sources, membership.SourcePair{A: s[0], B: s[1], Share: float64(counts[s]) / total})
	}
	return result
}

// between returns the sources of a trace that are in one stream of the pair and
// not in the other: one for each, by name.
func (p streamPair) between(of []*source, standings map[*source]standing) map[[2]string]bool {
	found := make(map[[2]string]bool)
	for _, s := range of {
		first := standings[s]
		if !slices.Contains(first.streams, p.a) {
			continue
		}
		for _, t := range of {
			second := standings[t]
			if slices.Contains(second.streams, p.b) && (!slices.Contains(first.streams, p.b) || !slices.Contains(second.streams, p.a)) {
				found[[2]string{first.name, second.name}] = true
			}
		}
	}
	return found
}

// cloneSplits returns a copy that shares nothing.
func cloneSplits(s membership.Splits) membership.Splits {
	s.Pairs = slices.Clone(s.Pairs)
	for i := range s.Pairs {
		p := &s.Pairs[i]
		p.Examples, p.Sources = slices.Clone(p.Examples), slices.Clone(p.Sources)
	}
	return s
}
