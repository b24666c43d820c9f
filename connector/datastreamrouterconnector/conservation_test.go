package datastreamrouterconnector

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-datastreams/otelcol-datastreams/internal/signal"
)

// FuzzConservation holds the router to its first promise: whatever the
// streams, the data and the failures are, every item of every stream is
// delivered, refused, rejected or counted as dropped; a refused item is found
// by a caller that retries with the same payload; and none is delivered twice
// in one call.
func FuzzConservation(f *testing.F) {
	f.Add(uint64(1), "a1 b2 c1 z3 a1")
	f.Add(uint64(2), "a1")
	f.Add(uint64(3), "b1 b1 c9 d4 e5 f0 z1 z1")
	f.Fuzz(func(t *testing.T, seed uint64, words string) {
		for word := range strings.FieldsSeq(words) {
			if len(word) != 2 || word[0] < 'a' || word[0] > 'z' || word[1] < '0' || word[1] > '9' {
				return
			}
		}
		checkConservation(t, tracesSubject, seed, words)
		checkConservation(t, metricsSubject, seed, words)
		checkConservation(t, logsSubject, seed, words)
		checkConservation(t, profilesSubject, seed, words)
	})
}

func checkConservation[D any, C signal.Consumer](t *testing.T, s subject[D, C], seed uint64, words string) {
	r := rand.New(rand.NewPCG(seed, 0))
	cfg := randomConfig(r)
	outcome := make(map[string]error)
	var pipes []*pipe[D]
	for _, stream := range cfg.Streams {
		if r.IntN(5) == 0 {
			continue // no pipeline for this signal
		}
		err := []error{nil, nil, nil, errBusy, errSpoil}[r.IntN(5)]
		outcome[stream.Name] = err
		pipes = append(pipes, &pipe[D]{name: stream.Name, mutates: r.IntN(2) == 0, fail: func() error { return err }})
	}
	b := newBench(t, s, cfg, pipes...)
	data := s.payload(words)
	want := make(map[string]int64)
	var again []string
	for word := range strings.FieldsSeq(words) {
		items := int64(word[1] - '0')
		for _, where := range expected(cfg, outcome, word[:1]) {
			want[where] += items
			if strings.HasSuffix(where, "/"+outcomeNames[refused]) && !slices.Contains(again, word[:1]) {
				again = append(again, word[:1])
			}
		}
	}
	for where, n := range want {
		if n == 0 {
			delete(want, where)
		}
	}
	err := b.consume(t.Context(), data)
	require.Equal(t, len(again) > 0 && err != nil, len(again) > 0, "%v", err)
	if len(want) > 0 {
		require.Equal(t, want, b.counts())
	}
	for _, p := range pipes {
		slices.Sort(p.items)
		require.Len(t, slices.Compact(slices.Clone(p.items)), len(p.items), "items twice in %s", p.name)
		require.Len(t, p.items, int(want[p.name+"/"+outcomeNames[delivered]]))
	}
	kept := s.read(data)
	for _, item := range s.read(s.payload(words)) {
		if slices.Contains(again, item[:1]) {
			require.Contains(t, kept, item)
		}
	}
}

// randomConfig has up to six streams over the services a to h.
func randomConfig(r *rand.Rand) *Config {
	cfg := &Config{Match: []string{matchAll, matchFirst}[r.IntN(2)]}
	for i := range r.IntN(6) + 1 {
		var names []any
		for service := 'a'; service <= 'h'; service++ {
			if r.IntN(3) == 0 {
				names = append(names, string(service))
			}
		}
		names = append(names, "none")
		cfg.Streams = append(cfg.Streams, StreamConfig{Name: fmt.Sprint("s", i), Select: services(names...)})
	}
	if r.IntN(2) == 0 {
		cfg.Streams = append(cfg.Streams, StreamConfig{Name: "rest", Default: true})
	}
	return cfg
}

// expected returns the "stream/outcome" of a service's items, worked out the
// simple way.
func expected(cfg *Config, outcome map[string]error, service string) []string {
	var taken, fallback, absent []string
	for _, s := range cfg.Streams {
		if !s.Default && !slices.Contains(s.Select[0]["service.name"].([]any), any(service)) {
			continue
		}
		err, present := outcome[s.Name]
		switch {
		case !present:
			absent = append(absent, s.Name+"/"+outcomeNames[noPipeline])
		case s.Default:
			fallback = append(fallback, s.Name+"/"+nameOf(err))
		default:
			taken = append(taken, s.Name+"/"+nameOf(err))
		}
	}
	if len(taken) == 0 {
		taken = fallback
	}
	switch {
	case len(taken) == 0 && len(absent) == 0:
		return []string{"/" + outcomeNames[unmatched]}
	case len(taken) == 0:
		return absent[:1]
	case cfg.Match == matchFirst:
		return taken[:1]
	}
	return taken
}

func nameOf(err error) string {
	switch {
	case err == nil:
		return outcomeNames[delivered]
	case errors.Is(err, errSpoil):
		return outcomeNames[rejected]
	default:
		return outcomeNames[refused]
	}
}
